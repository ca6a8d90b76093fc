import type { KafkaAdmin } from '../kafka/client';
import type { FakeBroker } from './fakeBroker';
import { FakeConnection } from './fakeConnection';
import { aggregateError, type FakeKafkaError, nonRetriableError, protocolError, typeOf } from './fakeErrors';
import type { FakeRequest } from './fakeFaults';
import { FakeProcess } from './fakeProcess';
import { Bail, retrying } from './fakeRetry';

/** kafkajs' admin client on a broker in memory. */
export class FakeAdmin implements KafkaAdmin {
  readonly #connection: FakeConnection;

  constructor(
    private readonly broker: FakeBroker,
    process = new FakeProcess(),
  ) {
    this.#connection = new FakeConnection(broker.clock, process);
  }

  connect(): Promise<void> {
    return this.#ask('apiVersions', () => undefined);
  }

  disconnect(): Promise<void> {
    return this.#connection.close();
  }

  listTopics(): Promise<string[]> {
    return this.#ask('metadata', () => this.broker.topics.names);
  }

  /** Resolves to false if all of them are there already. */
  async createTopics({ topics }: Parameters<KafkaAdmin['createTopics']>[0]): Promise<boolean> {
    if (!Array.isArray(topics)) throw nonRetriableError(`Invalid topics array ${String(topics)}`);
    if (topics.some(({ topic }) => typeof topic !== 'string')) {
      throw nonRetriableError('Invalid topics array, the topic names have to be a valid string');
    }
    if (new Set(topics.map(({ topic }) => topic)).size < topics.length) {
      throw nonRetriableError('Invalid topics array, it cannot have multiple entries for the same topic');
    }
    const errors = await this.#ask('createTopics', () =>
      topics.flatMap(({ topic, numPartitions, replicationFactor }) => {
        try {
          this.broker.topics.create(topic, ofBroker(numPartitions), ofBroker(replicationFactor));
          return [];
        } catch (error) {
          return [error as FakeKafkaError];
        }
      }),
    );
    if (errors.length === 0) return true;
    if (errors.every(({ type }) => type === 'TOPIC_ALREADY_EXISTS')) return false;
    throw aggregateError(
      'Topic creation errors',
      errors.map(({ type, message }) => (type ? protocolError(type, 'KafkaJSCreateTopicError') : new Error(message))),
    );
  }

  async fetchTopicMetadata({ topics }: Parameters<KafkaAdmin['fetchTopicMetadata']>[0]): ReturnType<KafkaAdmin['fetchTopicMetadata']> {
    topics.forEach(checkTopic);
    const found = await this.#ask('metadata', () => this.broker.metadata(topics.length === 0 ? this.broker.topics.names : topics, false));
    return { topics: found.map(({ topic, partitions }) => ({ name: topic, partitions })) };
  }

  async fetchOffsets({ groupId, topics }: Parameters<KafkaAdmin['fetchOffsets']>[0]): ReturnType<KafkaAdmin['fetchOffsets']> {
    if (!groupId) throw nonRetriableError(`Invalid groupId ${groupId}`);
    const found = await this.#connection.request('offsetFetch', this.broker.coordinator, () => {
      const wanted =
        topics.length > 0
          ? topics
          : [
              ...new Set(
                this.broker
                  .group(groupId)
                  .commits.all()
                  .map(({ topic }) => topic),
              ),
            ];
      return this.broker.metadata(wanted, false).map(({ topic, partitions }) => ({
        topic,
        commits: this.broker.offsetFetch(
          groupId,
          partitions.map(({ partitionId }) => ({ topic, partition: partitionId })),
        ),
      }));
    });
    return found.map(({ topic, commits }) => ({
      topic,
      partitions: commits.map(({ partition, offset, metadata }) => ({
        partition,
        offset: String(offset),
        metadata: metadata === '' ? null : metadata,
      })),
    }));
  }

  fetchTopicOffsets(topic: string): ReturnType<KafkaAdmin['fetchTopicOffsets']> {
    return this.#aboutPartitions(topic, (partitions) => {
      const low = this.broker.listOffsets(topic, partitions, 'earliest', 'read_committed');
      const high = this.broker.listOffsets(topic, partitions, 'latest', 'read_committed');
      return high.map(({ partition, offset }, i) => ({
        partition,
        offset: String(offset),
        high: String(offset),
        low: String(low[i]?.offset),
      }));
    });
  }

  /** The end where no record is as new; without a timestamp, everywhere. */
  fetchTopicOffsetsByTimestamp(topic: string, timestamp?: number): ReturnType<KafkaAdmin['fetchTopicOffsetsByTimestamp']> {
    return this.#aboutPartitions(topic, (partitions) => {
      const at = timestamp === undefined || timestamp === -1 ? 'latest' : timestamp === -2 ? 'earliest' : timestamp;
      const high = this.broker.listOffsets(topic, partitions, 'latest', 'read_committed');
      const found = this.broker.listOffsets(topic, partitions, at, 'read_committed');
      return found.map(({ partition, offset }, i) => ({ partition, offset: String(offset >= 0 ? offset : high[i]?.offset) }));
    });
  }

  #ask<T>(kind: FakeRequest, work: () => T): Promise<T> {
    return this.#connection.request(kind, this.broker.anyNode, work);
  }

  /** An unknown topic is looked for again, as kafkajs does here: it may be on its way. */
  async #aboutPartitions<T>(topic: string, ask: (partitions: number[]) => T): Promise<T> {
    checkTopic(topic);
    return retrying(this.#connection, undefined, async () => {
      try {
        return await this.#ask('listOffsets', () => ask(this.broker.topics.partitions(topic, false).map(({ partition }) => partition)));
      } catch (error) {
        throw typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION' ? error : new Bail(error);
      }
    });
  }
}

function checkTopic(topic: string): void {
  if (!topic || typeof topic !== 'string') throw nonRetriableError(`Invalid topic ${topic}`);
}

/** -1 and undefined leave it to the broker. */
function ofBroker(count: number | undefined): number | undefined {
  return count === -1 ? undefined : count;
}
