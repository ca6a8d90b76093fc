import type { KafkaProducer, KafkaProducerConfig, KafkaTransaction } from '../kafka/client';
import { partitionOf } from '../kafka/partitionOf';
import { StreamError } from '../errors';
import type { FakeBroker, PartitionMetadata } from './fakeBroker';
import { FakeCluster } from './fakeCluster';
import { FakeConnection } from './fakeConnection';
import { FakeKafkaError, nodeAt, nonRetriableError, retriableError } from './fakeErrors';
import type { UnplacedMessage } from './fakeLog';
import { messageOf, type OutgoingMessage, writtenBytes } from './fakeMessages';
import { FakeProcess } from './fakeProcess';
import { Bail, retrying } from './fakeRetry';

type Send = Parameters<KafkaProducer['send']>[0];
type Replies = Awaited<ReturnType<KafkaProducer['send']>>;
type Partitioner = (args: {
  topic: string;
  partitionMetadata: readonly PartitionMetadata[];
  message: OutgoingMessage & { partition?: number };
}) => number;

/** kafkajs' producer on a broker in memory. */
export class FakeProducer implements KafkaProducer {
  readonly #connection: FakeConnection;
  readonly #cluster: FakeCluster;
  readonly #partitioner: Partitioner;
  #state: 'connected' | 'disconnecting' | 'disconnected' = 'disconnected';

  constructor(
    private readonly broker: FakeBroker,
    private readonly config: KafkaProducerConfig,
    process = new FakeProcess(),
  ) {
    this.#connection = new FakeConnection(broker.clock, process, broker);
    if (config.transactionalId !== undefined) this.#connection.names.add(config.transactionalId);
    this.#cluster = new FakeCluster(broker, this.#connection, config.allowAutoTopicCreation ?? true);
    this.#partitioner = (config.createPartitioner as (() => Partitioner) | undefined)?.() ?? defaultPartitioner();
  }

  async connect(): Promise<void> {
    await this.#cluster.connect();
    this.#state = 'connected';
  }

  /** Waits for the requests under way. */
  async disconnect(): Promise<void> {
    this.#state = 'disconnecting';
    await this.#cluster.disconnect();
    this.#state = 'disconnected';
  }

  async send({ topic, messages, acks = -1, compression = 0 }: Send): Promise<Replies> {
    if (!topic) throw nonRetriableError('Invalid topic');
    if (this.config.idempotent && acks !== -1) {
      throw nonRetriableError("Not requiring ack for all messages invalidates the idempotent producer's EoS guarantees");
    }
    if (!Array.isArray(messages)) throw nonRetriableError(`Invalid messages array [${String(messages)}] for topic "${topic}"`);
    const withoutValue = messages.find(({ value }: { value: unknown }) => value === undefined);
    if (withoutValue) throw nonRetriableError(`Invalid message without value for topic "${topic}": ${JSON.stringify(withoutValue)}`);
    if (this.#state === 'disconnecting')
      throw nonRetriableError("The producer is disconnecting; therefore, it can't safely accept messages anymore");
    if (this.#state === 'disconnected') throw retriableError('The producer is disconnected');
    const answers = new Map<number, Replies>();
    const retries = this.config.idempotent ? Infinity : undefined;
    return retrying(this.#connection, retries, async () => {
      await this.#cluster.addTargets([topic]);
      try {
        await this.#cluster.refreshIfOld();
        const partitionMetadata = this.#cluster.partitionsOf(topic);
        const byLeader = new Map<number, Map<number, UnplacedMessage[]>>();
        for (const [partition, batch] of this.#byPartition({ topic, messages }, partitionMetadata)) {
          const leader = this.#cluster.leaderOf({ topic, partition }) ?? 0;
          byLeader.set(leader, (byLeader.get(leader) ?? new Map<number, UnplacedMessage[]>()).set(partition, batch));
        }
        for (const leader of byLeader.keys()) await this.#cluster.find(leader);
        const requests = [...byLeader]
          .filter(([leader]) => !answers.has(leader))
          .map(async ([leader, batches]) => answers.set(leader, await this.#produce(leader, topic, batches, acks, compression > 0)));
        await Promise.all(requests);
        return [...answers.values()].flat();
      } catch (error) {
        await this.#recover(error);
        throw error instanceof FakeKafkaError && error.retriable ? error : new Bail(error);
      }
    });
  }

  async #recover(error: unknown): Promise<void> {
    if (!(error instanceof FakeKafkaError)) return;
    const { name, retriable, port = 0 } = error;
    if (name === 'KafkaJSConnectionClosedError') this.#cluster.removeBroker(nodeAt(port));
    if (!this.#cluster.isConnected) await this.#cluster.connect();
    const isStale =
      ['KafkaJSConnectionError', 'KafkaJSConnectionClosedError'].includes(name) || (name === 'KafkaJSProtocolError' && retriable);
    if (isStale) await this.#cluster.refresh();
  }

  /** Transactions are not simulated. */
  async transaction(): Promise<KafkaTransaction> {
    throw new StreamError('UNSUPPORTED', 'FakeKafka has no transactions: is this for a test against a real Kafka?');
  }

  /** Messages to a partition that does not exist are left out without a word, as kafkajs does. */
  #byPartition(
    { topic, messages }: Pick<Send, 'topic' | 'messages'>,
    partitionMetadata: readonly PartitionMetadata[],
  ): Map<number, UnplacedMessage[]> {
    const now = String(this.#connection.now());
    const batches = new Map<number, UnplacedMessage[]>(partitionMetadata.map(({ partitionId }) => [partitionId, []]));
    for (const message of messages)
      batches.get(this.#partitioner({ topic, partitionMetadata, message }))?.push(messageOf(message, now, writtenBytes));
    for (const [partition, batch] of batches) if (batch.length === 0) batches.delete(partition);
    return batches;
  }

  async #produce(
    leader: number,
    topic: string,
    batches: ReadonlyMap<number, readonly UnplacedMessage[]>,
    acks: number,
    isCompressed: boolean,
  ): Promise<Replies> {
    const answers = await this.#connection.request('produce', leader, () => {
      for (const partition of batches.keys()) this.broker.mustLead(leader, topic, partition);
      return this.broker.produce(topic, batches, isCompressed);
    });
    if (acks === 0) return [];
    return answers.map(({ partition, baseOffset, logAppendTime, logStartOffset }) => ({
      topicName: topic,
      partition,
      errorCode: 0,
      baseOffset: String(baseOffset),
      logAppendTime: String(logAppendTime),
      logStartOffset: String(logStartOffset),
    }));
  }
}

/** kafkajs' default: by the key as Kafka's own producers do, in turn without one. kafkajs begins at a random partition, this one at 0. */
function defaultPartitioner(): Partitioner {
  const turns = new Map<string, number>();
  return ({ topic, partitionMetadata, message: { key, partition } }) => {
    if (typeof partition === 'number') return partition;
    if (key !== undefined && key !== null) return partitionOf(writtenBytes(key), partitionMetadata.length);
    const turn = turns.get(topic) ?? 0;
    turns.set(topic, turn + 1);
    return turn % partitionMetadata.length;
  };
}
