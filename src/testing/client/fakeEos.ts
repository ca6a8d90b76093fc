import type { FakeBroker } from '../broker/fakeBroker';
import type { PartitionMessages, SendingProducer } from '../broker/fakeProtocol';
import type { FakeCluster } from './fakeCluster';
import type { FakeConnection } from '../network/fakeConnection';
import { FakeKafkaError, nonRetriableError, typeOf } from '../network/fakeErrors';
import type { FakeRequest } from '../network/fakeFaults';
import { keyOf, type TopicOffsets } from './fakeOffsets';
import { Bail, retrying } from './fakeRetry';
import type { Outcome } from '../broker/fakeTransactionIndex';
import type { ProducerLife } from '../broker/fakeTransactions';

type State = 'UNINITIALIZED' | 'READY' | 'TRANSACTING' | 'COMMITTING' | 'ABORTING';

const following: Readonly<Record<State, readonly State[]>> = {
  UNINITIALIZED: ['READY'],
  READY: ['READY', 'TRANSACTING'],
  TRANSACTING: ['COMMITTING', 'ABORTING'],
  COMMITTING: ['READY'],
  ABORTING: ['READY'],
};

/** The errors after which an id is asked for again. */
const mayInitializeAgain = [
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'CONCURRENT_TRANSACTIONS',
];

/** What the id of a producer is for. */
export interface EosConfig {
  /** With one, for transactions; without, only so that what is sent again is stored once. */
  readonly transactionalId?: string | undefined;
  /** ms */
  readonly timeout: number;
}

/**
 * kafkajs' manager of "exactly once semantics": the id of a producer, how much it has sent to each partition, and the state of its transaction.
 *
 * A commit or an abort that fails leaves the state where it is, so that the producer can never begin another transaction; kafkajs has no way out either.
 */
export class FakeEos {
  #state: State = 'UNINITIALIZED';
  #life: ProducerLife | undefined;
  /** How many messages were sent to each partition. */
  #sent = new Map<string, number>();
  /** The last request to each broker. */
  #last = new Map<number, Promise<unknown>>();
  /** What takes part in the transaction under way. */
  #partitions = new Set<string>();
  #hasOffsets = false;

  constructor(
    private readonly broker: FakeBroker,
    private readonly cluster: FakeCluster,
    private readonly connection: FakeConnection,
    private readonly config: EosConfig,
  ) {}

  get isInitialized(): boolean {
    return this.#life !== undefined;
  }

  get isInTransaction(): boolean {
    return this.#state === 'TRANSACTING';
  }

  /** Asks for an id, or for the next life of the one with this transactional id, and waits until the former life's transaction has been aborted. */
  async initialize(): Promise<void> {
    this.#guard('initProducerId', 'UNINITIALIZED', 'READY');
    const { transactionalId, timeout } = this.config;
    const ask = () => this.broker.transactions.initProducerId(transactionalId, timeout);
    await retrying(this.connection, undefined, async () => {
      try {
        await this.cluster.refreshIfOld();
        // An id that is not for transactions is given out by any broker.
        const life = await (transactionalId === undefined
          ? this.connection.request('initProducerId', await this.cluster.connectedNode(), ask)
          : this.#ask('initProducerId', ask));
        this.#go('READY');
        this.#life = life;
        this.#sent = new Map();
        this.#last = new Map();
      } catch (error) {
        throw mayInitializeAgain.includes(typeOf(error) ?? '') ? error : new Bail(error);
      }
    });
  }

  begin(): void {
    this.#guard('beginTransaction', 'READY');
    this.#go('TRANSACTING');
  }

  /** Sends these to one broker: after what was sent there before, or their order could change. */
  produce<T>(
    nodeId: number,
    parts: readonly Omit<PartitionMessages, 'sequence'>[],
    send: (parts: readonly PartitionMessages[], producer?: SendingProducer) => Promise<T>,
  ): Promise<T> {
    const life = this.#life;
    if (!life)
      return send(
        parts.map((part) => ({ ...part, sequence: -1 })),
        undefined,
      );
    const work = async () => {
      await this.#addPartitions(life, parts);
      const numbered = parts.map((part) => ({ ...part, sequence: this.#count(part, part.messages.length) }));
      try {
        return await send(numbered, { ...life, transactionalId: this.config.transactionalId });
      } catch (error) {
        // The same numbers are used again: if these are there and only the answer was lost, the broker sees that.
        for (const part of parts) this.#count(part, -part.messages.length);
        throw error;
      }
    };
    const done = (this.#last.get(nodeId) ?? Promise.resolve()).then(work);
    this.#last.set(
      nodeId,
      done.catch(() => undefined),
    );
    return done;
  }

  /** That the group takes part is asked once: right after a commit, Kafka may refuse it with `CONCURRENT_TRANSACTIONS`. */
  async sendOffsets(groupId: string, topics: readonly TopicOffsets[]): Promise<void> {
    this.#guard('sendOffsets', 'TRANSACTING');
    if (!groupId) throw assertionError('Missing consumerGroupId');
    if (!(topics as unknown)) throw assertionError('Missing offset topics');
    const [transactionalId, life] = this.#claim();
    await this.#ask('addOffsetsToTxn', () => this.broker.addOffsetsToTransaction(transactionalId, life, groupId));
    this.#hasOffsets = true;
    const offsets = topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset, metadata }) => ({ topic, partition, offset: Number(offset), metadata: metadata ?? '' })),
    );
    const work = () => this.broker.transactionalOffsetCommit(transactionalId, life, groupId, offsets);
    let coordinator = await this.cluster.findCoordinator();
    await retrying(this.connection, undefined, async () => {
      try {
        await this.cluster.coordinated('txnOffsetCommit', coordinator, work);
      } catch (error) {
        if (typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
        // kafkajs would look for the coordinator after other errors too, but not under the names that it gives them.
        if (!(error instanceof FakeKafkaError) || error.code !== 'ECONNREFUSED') throw new Bail(error);
        coordinator = await this.cluster.findCoordinator();
        throw error;
      }
    });
  }

  /** A transaction in which nothing takes part ends without a request. */
  async end(outcome: Outcome): Promise<void> {
    this.#guard(outcome, 'TRANSACTING');
    this.#go(outcome === 'commit' ? 'COMMITTING' : 'ABORTING');
    if (this.#hasOffsets || this.#partitions.size > 0) {
      const [transactionalId, life] = this.#claim();
      await this.#ask('endTxn', () => this.broker.transactions.end(transactionalId, life, outcome));
    }
    this.#go('READY');
  }

  async #addPartitions(life: ProducerLife, parts: readonly Omit<PartitionMessages, 'sequence'>[]): Promise<void> {
    const { transactionalId } = this.config;
    if (transactionalId === undefined) return;
    this.#guard('addPartitionsToTransaction', 'TRANSACTING');
    const added = parts.filter(({ topic, partition }) => !this.#partitions.has(keyOf(topic, partition)));
    if (added.length === 0) return;
    await this.#ask('addPartitionsToTxn', () => this.broker.addPartitionsToTransaction(transactionalId, life, added));
    for (const { topic, partition } of added) this.#partitions.add(keyOf(topic, partition));
  }

  /** Asks the coordinator of transactions, wherever it is. */
  async #ask<T>(kind: FakeRequest, work: () => T): Promise<T> {
    return this.cluster.coordinated(kind, await this.cluster.findCoordinator(), work);
  }

  /** Adds to what was sent, and gives what was sent before. */
  #count({ topic, partition }: { readonly topic: string; readonly partition: number }, messages: number): number {
    const key = keyOf(topic, partition);
    const before = this.#sent.get(key) ?? 0;
    this.#sent.set(key, before + messages);
    return before;
  }

  #claim(): [transactionalId: string, life: ProducerLife] {
    const { transactionalId } = this.config;
    if (transactionalId === undefined || !this.#life) throw nonRetriableError('Method unavailable if non-transactional');
    return [transactionalId, this.#life];
  }

  #guard(method: string, ...legal: State[]): void {
    if (legal.includes(this.#state)) return;
    throw nonRetriableError(`Transaction state exception: Cannot call "${method}" in state "${this.#state}"`);
  }

  #go(state: State): void {
    if (!following[this.#state].includes(state)) {
      throw nonRetriableError(`Transaction state exception: Invalid transition ${this.#state} --> ${state}`);
    }
    if (state === 'READY') {
      this.#partitions = new Set();
      this.#hasOffsets = false;
    }
    this.#state = state;
  }
}

/** Where kafkajs uses Node's `assert`. */
function assertionError(message: string): Error {
  return Object.assign(new Error(message), { name: 'AssertionError', code: 'ERR_ASSERTION' });
}
