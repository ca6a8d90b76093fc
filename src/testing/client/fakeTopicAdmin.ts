import type { KafkaAdmin } from '../../kafka/client';
import type { FakeBroker } from '../broker/fakeBroker';
import type { FakeKafkaAdmin, FakeLogger } from './fakeClients';
import { FakeConnection } from '../network/fakeConnection';
import { aggregateError, FakeKafkaError, nonRetriableError, protocolError, typeOf } from '../network/fakeErrors';
import { clientEvents, FakeEvents } from './fakeEvents';
import { silentLogger } from './fakeLogger';
import type { FakeRequest } from '../network/fakeFaults';
import type { FakeEvent } from './fakePayloads';
import { FakeProcess } from '../network/fakeProcess';
import { Bail, retrying } from './fakeRetry';

/** What kafkajs' admin client does with topics, on a broker in memory. */
export class FakeTopicAdmin {
  readonly events = clientEvents('admin');
  protected readonly connection: FakeConnection;
  readonly #events: FakeEvents;
  /** Topics that were asked about, and so those of which it knows who leads them. */
  protected readonly known = new Set<string>();

  constructor(
    protected readonly broker: FakeBroker,
    protected readonly process = new FakeProcess(),
  ) {
    this.connection = new FakeConnection(broker.clock, process, broker);
    this.#events = new FakeEvents(this.connection, 'admin', { ...this.events });
  }

  async connect(): Promise<void> {
    await this.ask('apiVersions', () => undefined);
    this.#events.emit('connect');
  }

  async disconnect(): Promise<void> {
    await this.connection.close();
    this.#events.emit('disconnect');
  }

  on(event: string, listener: (event: never) => void): () => void {
    return this.#events.on(event, listener as (event: FakeEvent) => void);
  }

  logger(): FakeLogger {
    return silentLogger;
  }

  listTopics(): Promise<string[]> {
    return this.ask('metadata', () => this.broker.topics.names);
  }

  /** Resolves to false if all of them are there already. */
  async createTopics({ topics, validateOnly = false }: Parameters<FakeKafkaAdmin['createTopics']>[0]): Promise<boolean> {
    if (!Array.isArray(topics)) throw nonRetriableError(`Invalid topics array ${String(topics)}`);
    if (topics.some(({ topic }) => typeof topic !== 'string')) {
      throw nonRetriableError('Invalid topics array, the topic names have to be a valid string');
    }
    if (new Set(topics.map(({ topic }) => topic)).size < topics.length) {
      throw nonRetriableError('Invalid topics array, it cannot have multiple entries for the same topic');
    }
    for (const { topic, configEntries } of topics) checkConfigEntries(topic, configEntries);
    const errors = await this.ask('createTopics', () =>
      topics.flatMap(({ topic, numPartitions, replicationFactor, configEntries = [] }) => {
        try {
          const config = Object.fromEntries(configEntries.map(({ name, value }) => [name, value]));
          this.broker.topics.create(topic, ofBroker(numPartitions), ofBroker(replicationFactor), config, validateOnly);
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

  /** kafkajs gives nothing back, though it declares a boolean. */
  async createPartitions({ topicPartitions, validateOnly }: Parameters<FakeKafkaAdmin['createPartitions']>[0]): Promise<boolean> {
    if (!Array.isArray(topicPartitions)) throw nonRetriableError(`Invalid topic partitions array ${String(topicPartitions)}`);
    if (topicPartitions.length === 0) throw nonRetriableError('Empty topic partitions array');
    if (topicPartitions.some(({ topic }) => typeof topic !== 'string')) {
      throw nonRetriableError('Invalid topic partitions array, the topic names have to be a valid string');
    }
    if (new Set(topicPartitions.map(({ topic }) => topic)).size < topicPartitions.length) {
      throw nonRetriableError('Invalid topic partitions array, it cannot have multiple entries for the same topic');
    }
    await this.ask('createPartitions', () =>
      eachOrFirstError(topicPartitions, ({ topic, count }) => this.broker.topics.grow(topic, count, validateOnly)),
    );
    return undefined as unknown as boolean;
  }

  /** A topic that does not exist is looked for again, as kafkajs does here. */
  async deleteTopics({ topics }: Parameters<FakeKafkaAdmin['deleteTopics']>[0]): Promise<void> {
    if (!Array.isArray(topics)) throw nonRetriableError(`Invalid topics array ${String(topics)}`);
    if (topics.some((topic) => typeof topic !== 'string')) {
      throw nonRetriableError('Invalid topics array, the names must be a valid string');
    }
    await orAgain(this.connection, () =>
      this.ask('deleteTopics', () => eachOrFirstError(topics, (topic) => this.broker.deleteTopic(topic))),
    );
    for (const topic of topics) this.known.delete(topic);
  }

  async fetchTopicMetadata({ topics }: { topics: string[] } = { topics: [] }): ReturnType<FakeKafkaAdmin['fetchTopicMetadata']> {
    topics.forEach(checkTopic);
    const found = await this.ask('metadata', () => this.broker.metadata(topics.length === 0 ? this.broker.topics.names : topics, false));
    return { topics: found.map(({ topic, partitions }) => ({ name: topic, partitions })) };
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

  /** Deletes what is before each offset; -1 is the end. Of topics that this client has asked about, for it must know who leads them. */
  async deleteTopicRecords({ topic, partitions }: Parameters<FakeKafkaAdmin['deleteTopicRecords']>[0]): Promise<void> {
    if (!topic || typeof topic !== 'string') throw nonRetriableError(`Invalid topic "${topic}"`);
    if (!Array.isArray(partitions) || partitions.length === 0) throw nonRetriableError('Invalid partitions');
    if (!this.known.has(topic)) {
      throw new FakeKafkaError('KafkaJSTopicMetadataNotLoaded', 'Topic metadata not loaded', true, { topic });
    }
    const offsets = await this.fetchTopicOffsets(topic);
    const unknown = partitions.filter(({ partition }) => !offsets.some((found) => found.partition === partition));
    if (unknown.length > 0) {
      throw deleteRecordsError(
        unknown.map((entry) => ({
          ...entry,
          error: new FakeKafkaError('KafkaJSBrokerNotFound', 'Could not find the leader for the partition', false),
        })),
      );
    }
    const refused = await this.ask('deleteRecords', () =>
      partitions.flatMap((entry) => {
        try {
          this.broker.deleteRecords(topic, entry.partition, Number(entry.offset));
          return [];
        } catch (error) {
          return [{ ...entry, error: error as Error }];
        }
      }),
    );
    if (refused.length > 0) throw nonRetriableError('Error while deleting records', deleteRecordsError(refused));
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

  protected ask<T>(kind: FakeRequest, work: () => T): Promise<T> {
    return this.connection.request(kind, this.broker.anyNode, work);
  }

  async #aboutPartitions<T>(topic: string, ask: (partitions: number[]) => T): Promise<T> {
    checkTopic(topic);
    this.known.add(topic);
    return orAgain(this.connection, () =>
      this.ask('listOffsets', () => ask(this.broker.topics.partitions(topic, false).map(({ partition }) => partition))),
    );
  }
}

/** An unknown topic is looked for again: it may be on its way. */
function orAgain<T>(connection: FakeConnection, ask: () => Promise<T>): Promise<T> {
  return retrying(connection, undefined, async () => {
    try {
      return await ask();
    } catch (error) {
      throw typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION' ? error : new Bail(error);
    }
  });
}

/** Does it for each, also after one that is refused, and fails with the first error. */
function eachOrFirstError<T>(items: readonly T[], act: (item: T) => void): void {
  const errors = items.flatMap((item) => {
    try {
      act(item);
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (errors.length > 0) throw errors[0];
}

function checkTopic(topic: string): void {
  if (!topic || typeof topic !== 'string') throw nonRetriableError(`Invalid topic ${topic}`);
}

function checkConfigEntries(topic: string, configEntries: unknown): void {
  if (configEntries === undefined || configEntries === null) return;
  const invalid = `Invalid configEntries for topic "${topic}"`;
  if (!Array.isArray(configEntries)) throw nonRetriableError(`${invalid}, must be an array`);
  configEntries.forEach((entry: unknown, index) => {
    if (typeof entry !== 'object' || entry === null) throw nonRetriableError(`${invalid}. Entry ${index} must be an object`);
    for (const name of ['name', 'value']) {
      if (typeof (entry as Record<string, unknown>)[name] !== 'string') {
        throw nonRetriableError(`${invalid}. Entry ${index} must have a valid "${name}" property`);
      }
    }
  });
}

function deleteRecordsError(partitions: readonly { partition: number; offset: string; error: Error }[]): FakeKafkaError {
  return new FakeKafkaError('KafkaJSDeleteTopicRecordsError', 'Error while deleting records', false, { partitions });
}

/** -1 and undefined leave it to the broker. */
function ofBroker(count: number | undefined): number | undefined {
  return count === -1 ? undefined : count;
}
