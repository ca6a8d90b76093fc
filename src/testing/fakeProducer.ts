import type { KafkaProducer, KafkaProducerConfig, KafkaTransaction } from '../kafka/client';
import { partitionOf } from '../kafka/partitionOf';
import { StreamError } from '../errors';
import type { FakeBroker, PartitionMetadata } from './fakeBroker';
import { FakeConnection } from './fakeConnection';
import { FakeKafkaError, nonRetriableError, retriableError } from './fakeErrors';
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
  readonly #partitioner: Partitioner;
  readonly #topics = new Map<string, readonly PartitionMetadata[]>();
  #state: 'connected' | 'disconnecting' | 'disconnected' = 'disconnected';

  constructor(
    private readonly broker: FakeBroker,
    private readonly config: KafkaProducerConfig,
    process = new FakeProcess(),
  ) {
    this.#connection = new FakeConnection(broker.clock, process);
    if (config.transactionalId !== undefined) this.#connection.names.add(config.transactionalId);
    this.#partitioner = (config.createPartitioner as (() => Partitioner) | undefined)?.() ?? defaultPartitioner();
  }

  async connect(): Promise<void> {
    await this.#connection.request('apiVersions', this.broker.anyNode, () => undefined);
    this.#state = 'connected';
  }

  /** Waits for the requests under way. */
  async disconnect(): Promise<void> {
    this.#state = 'disconnecting';
    await this.#connection.close();
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
    return retrying(this.#connection, undefined, async () => {
      const partitionMetadata = await this.#metadata(topic);
      try {
        return await this.#produce(topic, this.#byPartition({ topic, messages }, partitionMetadata), acks, compression > 0);
      } catch (error) {
        throw error instanceof FakeKafkaError && error.retriable ? error : new Bail(error);
      }
    });
  }

  /** Transactions are not simulated. */
  async transaction(): Promise<KafkaTransaction> {
    throw new StreamError('UNSUPPORTED', 'FakeKafka has no transactions: is this for a test against a real Kafka?');
  }

  async #metadata(topic: string): Promise<readonly PartitionMetadata[]> {
    const known = this.#topics.get(topic);
    if (known) return known;
    const found = await this.#connection.request('metadata', this.broker.anyNode, () =>
      this.broker.metadata([topic], this.config.allowAutoTopicCreation ?? true),
    );
    const partitions = found[0]?.partitions ?? [];
    this.#topics.set(topic, partitions);
    return partitions;
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
    topic: string,
    batches: ReadonlyMap<number, readonly UnplacedMessage[]>,
    acks: number,
    isCompressed: boolean,
  ): Promise<Replies> {
    if (batches.size === 0) return [];
    const answers = await this.#connection.request('produce', this.broker.anyNode, () => this.broker.produce(topic, batches, isCompressed));
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
