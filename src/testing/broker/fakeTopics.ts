import { protocolError } from '../network/fakeErrors';
import { FakeLog } from './fakeLog';
import { type FakeTopicConfig, settingsOf } from './fakeSettings';

/** The topics of a cluster. */
export class FakeTopics {
  readonly #logs = new Map<string, readonly FakeLog[]>();

  constructor(
    /** How many there are; each has a replica of a topic that is made without saying how many. */
    readonly brokers: number,
    /** Of a topic that is made without saying how many. */
    readonly defaultPartitions: number,
  ) {}

  get names(): string[] {
    return [...this.#logs.keys()];
  }

  /** Makes a topic; refuses as Kafka does. */
  create(
    topic: string,
    partitions = this.defaultPartitions,
    replicas = this.brokers,
    config: FakeTopicConfig = {},
    validateOnly = false,
  ): readonly FakeLog[] {
    // Kafka's own rule: names become folders.
    if (!/^[a-zA-Z0-9._-]{1,249}$/.test(topic) || topic === '.' || topic === '..') throw protocolError('INVALID_TOPIC_EXCEPTION');
    if (this.#logs.has(topic)) throw protocolError('TOPIC_ALREADY_EXISTS');
    if (!Number.isInteger(partitions) || partitions < 1) throw protocolError('INVALID_PARTITIONS');
    if (replicas > this.brokers || replicas === 0) throw protocolError('INVALID_REPLICATION_FACTOR');
    const settings = settingsOf(config);
    const logs = Array.from({ length: partitions }, (_, partition) => new FakeLog(topic, partition, replicas, settings));
    if (!validateOnly) this.#logs.set(topic, logs);
    return logs;
  }

  /** Adds partitions, so that there are so many. */
  grow(topic: string, count: number, validateOnly = false): void {
    const logs = this.partitions(topic, false);
    const { settings, replicas = this.brokers } = logs[0] ?? {};
    if (!Number.isInteger(count) || count <= logs.length) throw protocolError('INVALID_PARTITIONS');
    const added = Array.from({ length: count - logs.length }, (_, i) => new FakeLog(topic, logs.length + i, replicas, settings));
    if (!validateOnly) this.#logs.set(topic, [...logs, ...added]);
  }

  delete(topic: string): void {
    if (!this.#logs.delete(topic)) throw protocolError('UNKNOWN_TOPIC_OR_PARTITION');
  }

  /** The partitions of a topic, which is made if it may be. */
  partitions(topic: string, create: boolean): readonly FakeLog[] {
    const logs = this.#logs.get(topic);
    if (logs) return logs;
    if (create) return this.create(topic);
    throw protocolError('UNKNOWN_TOPIC_OR_PARTITION');
  }

  find(topic: string, partition: number): FakeLog | undefined {
    return this.#logs.get(topic)?.[partition];
  }

  get(topic: string, partition: number): FakeLog {
    const log = this.find(topic, partition);
    if (!log) throw protocolError('UNKNOWN_TOPIC_OR_PARTITION');
    return log;
  }
}
