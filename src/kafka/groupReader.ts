import type { StreamError } from '../errors';
import { clientError } from './clientError';
import type {
  KafkaAdmin,
  KafkaAssignerFactory,
  KafkaBatchPayload,
  KafkaClient,
  KafkaConsumer,
  KafkaConsumerConfig,
  KafkaMessage,
} from './client';
import { unknownTopic } from './unknownTopic';

/** kafkajs' number for a topic among what has settings. */
const topicResource = 2;

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** An offset to commit. */
export interface OffsetCommit extends TopicPartition {
  /** The next one to read. */
  readonly offset: number;
  readonly metadata: string;
}

/** What the reader tells the run; each call returns at once. */
export interface ReaderEvents {
  /** The group has joined anew: every former assignment has ended. Called before anything of the new one is fetched. */
  assigned(partitions: readonly TopicPartition[]): void;
  /** Messages of one partition, in order; `next` is the offset after the last that was fetched, those without a message for us included. */
  fetched(partition: TopicPartition, messages: readonly KafkaMessage[], from: number, next: number): void;
  /** The consumer has failed for good. */
  crashed(error: unknown): void;
}

/** How the reader joins its group. */
export interface ReaderConfig {
  readonly groupId: string;
  readonly assigner: KafkaAssignerFactory['create'] | undefined;
  /** kafkajs' own options, from the user. */
  readonly consumer: Partial<KafkaConsumerConfig>;
}

/**
 * A member of a consumer group: kafkajs' consumer with its traps kept on this side.
 *
 * - A pending handler sends no heartbeats and stalls every partition of its broker, so `eachBatch` hands the batch over and returns.
 * - GROUP_JOIN is the only sign of a rebalance to trust: REBALANCING may come late or not at all. Its listeners run before the next fetch, so what is
 *   paused in them is not read.
 * - A batch of nothing but markers, aborted records or what was compacted away never reaches `eachBatch`; END_BATCH_PROCESS tells how far it went.
 * - A commit of a consumer that is stopping resolves without having been sent; only COMMIT_OFFSETS says that it was stored.
 * - `commitOffsets` of the consumer tries again with the generation of that moment, so an ack of a partition that was given away could move the new
 *   owner's offset. The one-shot commit of a batch payload does not, and is used as soon as there has been a batch.
 */
export class GroupReader {
  readonly #consumer: KafkaConsumer;
  readonly #admin: KafkaAdmin;
  #payload: KafkaBatchPayload | undefined;
  #commitsStored = 0;
  #closed = false;
  #starting: Promise<void> = Promise.resolve();
  #asking: Promise<void> = Promise.resolve();

  constructor(
    kafka: KafkaClient,
    private readonly config: ReaderConfig,
    private readonly events: ReaderEvents,
  ) {
    const { groupId, assigner, consumer } = config;
    this.#consumer = kafka.consumer({
      // A paused partition goes on when the long poll under way has ended; 5 s, kafkajs' default, would be felt.
      maxWaitTimeInMs: 100,
      // A fetch is held in memory until it is delivered, some 400 bytes a record beside its text.
      maxBytesPerPartition: 524_288,
      allowAutoTopicCreation: false,
      ...consumer,
      groupId,
      ...(assigner && { partitionAssigners: [assigner] }),
      retry: { ...consumer.retry, restartOnFailure: () => Promise.resolve(false) },
    });
    this.#admin = kafka.admin();
  }

  start(topics: readonly string[]): Promise<void> {
    return (this.#starting = this.#join(topics));
  }

  async #join(topics: readonly string[]): Promise<void> {
    const consumer = this.#consumer;
    consumer.on('consumer.group_join', ({ payload }) => {
      const { memberAssignment } = payload as { memberAssignment: Record<string, number[]> };
      const partitions = Object.entries(memberAssignment).flatMap(([topic, numbers]) => numbers.map((partition) => ({ topic, partition })));
      if (!this.#closed) this.events.assigned(partitions);
    });
    consumer.on('consumer.end_batch_process', ({ payload }) => {
      const { topic, partition, batchSize, firstOffset, lastOffset } = payload as {
        topic: string;
        partition: number;
        batchSize: number;
        firstOffset: string | null;
        lastOffset: string;
      };
      if (batchSize > 0 || this.#closed) return;
      // Without a first offset, what was asked for is the end of a batch that was compacted away: `lastOffset` is that place, and kafkajs goes on behind it.
      this.events.fetched({ topic, partition }, [], Number(firstOffset ?? lastOffset), Number(lastOffset) + 1);
    });
    consumer.on('consumer.commit_offsets', () => {
      this.#commitsStored++;
    });
    consumer.on('consumer.crash', ({ payload }) => {
      if (!this.#closed) this.events.crashed((payload as { error: unknown }).error);
    });
    await consumer.connect();
    if (this.#closed) return;
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      partitionsConsumedConcurrently: 64,
      eachBatch: (payload) => {
        this.#payload = payload;
        const { topic, partition, messages, fetchedOffset } = payload.batch;
        const first = messages[0];
        // A batch that was fetched before a seek is not of this epoch.
        if (first && !this.#closed && !payload.isStale()) {
          this.events.fetched(
            { topic, partition },
            messages,
            Number(fetchedOffset ?? first.offset),
            Number(payload.batch.lastOffset()) + 1,
          );
        }
        return Promise.resolve();
      },
    });
  }

  /** Topics that exist and match. */
  async topics(wanted: readonly string[] | RegExp): Promise<string[]> {
    await (this.#asking = this.#admin.connect());
    const existing = await this.#admin.listTopics();
    if (wanted instanceof RegExp) return existing.filter((topic) => wanted.test(topic) && !topic.startsWith('__'));
    const missing = wanted.find((topic) => !existing.includes(topic));
    if (missing !== undefined && !this.config.consumer.allowAutoTopicCreation) {
      throw unknownTopic(missing, 'consumer');
    }
    return [...wanted];
  }

  /** Every partition of the topics. */
  async partitions(topics: readonly string[]): Promise<TopicPartition[]> {
    const metadata = await this.#admin.fetchTopicMetadata({ topics: [...topics] });
    return metadata.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionId }) => ({ topic: name, partition: partitionId })),
    );
  }

  /** What the group has committed; partitions without a commit are left out. */
  async committed(
    topics: readonly string[],
  ): Promise<(OffsetCommit | (TopicPartition & { readonly offset: number; readonly metadata: null }))[]> {
    const offsets = await this.#admin.fetchOffsets({ groupId: this.config.groupId, topics: [...topics] });
    return offsets.flatMap(({ topic, partitions }) =>
      partitions
        .filter(({ offset }) => Number(offset) >= 0)
        .map(({ partition, offset, metadata }) => ({ topic, partition, offset: Number(offset), metadata })),
    );
  }

  /** The first offset of each partition and the one after its last record (the last stable one when reading committed). */
  async bounds(topic: string): Promise<{ partition: number; low: number; end: number }[]> {
    const offsets = await this.#admin.fetchTopicOffsets(topic);
    return offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), end: Number(high) }));
  }

  /** The first offset of each partition whose timestamp is at least `timestamp` (ms). */
  async offsetsAt(topic: string, timestamp: number): Promise<{ partition: number; offset: number }[]> {
    const offsets = await this.#admin.fetchTopicOffsetsByTimestamp(topic, timestamp);
    return offsets.map(({ partition, offset }) => ({ partition, offset: Number(offset) }));
  }

  /**
   * How long a topic keeps its records, ms. Undefined if it keeps them, and if that is not to be learned: the user may lack the right to describe topics, and
   * nothing depends on it so much that a broker in trouble should be an error.
   */
  async retention(topic: string): Promise<number | undefined> {
    try {
      const query = { type: topicResource, name: topic, configNames: ['retention.ms', 'cleanup.policy'] };
      const found = await this.#admin.describeConfigs?.({ resources: [query], includeSynonyms: false });
      const settings = new Map(found?.resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
      const retention = Number(settings.get('retention.ms') ?? -1);
      return settings.get('cleanup.policy')?.includes('delete') && retention >= 0 ? retention : undefined;
    } catch {
      return undefined;
    }
  }

  seek({ topic, partition }: TopicPartition, offset: number): void {
    if (!this.#closed) this.#consumer.seek({ topic, partition, offset: String(offset) });
  }

  pause(partitions: readonly TopicPartition[]): void {
    if (!this.#closed && partitions.length > 0) this.#consumer.pause(byTopic(partitions));
  }

  resume(partitions: readonly TopicPartition[]): void {
    if (!this.#closed && partitions.length > 0) this.#consumer.resume(byTopic(partitions));
  }

  /** Commits; resolves to whether the broker stored it. */
  async commit(offsets: readonly OffsetCommit[]): Promise<boolean> {
    const before = this.#commitsStored;
    const texts = offsets.map(({ topic, partition, offset, metadata }) => ({ topic, partition, offset: String(offset), metadata }));
    if (this.#payload) {
      const topics = [...new Set(offsets.map(({ topic }) => topic))];
      await this.#payload.commitOffsetsIfNecessary({
        topics: topics.map((topic) => ({ topic, partitions: texts.filter((text) => text.topic === topic) })),
      });
    } else {
      await this.#consumer.commitOffsets(texts);
    }
    return this.#commitsStored > before;
  }

  /** Leaves the group. Nothing is told any more. */
  async close(): Promise<void> {
    this.#closed = true;
    // A client that is stopped while it connects or joins would do so all the same, and nobody would be left to stop it.
    await Promise.allSettled([this.#asking, this.#starting]);
    await Promise.allSettled([this.#consumer.stop().then(() => this.#consumer.disconnect()), this.#admin.disconnect()]);
  }

  /** Names a client's error. */
  error(error: unknown, doing: string): StreamError {
    return clientError(error, doing, { groupId: this.config.groupId });
  }
}

function byTopic(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  return [...topics].map(([topic, numbers]) => ({ topic, partitions: numbers }));
}
