import type { SchedulerLike } from 'rxjs';
import type { Bytes, Place, RecordHeaders } from '../records';
import type { Duration } from '../time/duration';
import type { FakeTopicConfig } from './broker/fakeSettings';

/** Options of `FakeKafka`. */
export interface FakeKafkaOptions {
  /** The clock: everything waits on it. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** How many brokers lead the partitions, each in turn; a consumer polls each of them by itself. Default 1. */
  readonly brokers?: number | undefined;
  /** Partitions of a topic that is made by its first use. Default 1. */
  readonly partitions?: number | undefined;
  /** How long each request takes, ms or a duration. Default 0: answers come with the microtasks. */
  readonly latency?: Duration | undefined;
  /** How long a client waits for an answer that does not come, ms or a duration. Default '30s', as with kafkajs. */
  readonly requestTimeout?: Duration | undefined;
}

/** Options of `createTopic`. */
export interface FakeTopicOptions {
  /** Default: the constructor's. */
  readonly partitions?: number | undefined;
  /** How many brokers have each partition. Default: all. */
  readonly replicationFactor?: number | undefined;
  /**
   * Settings by Kafka's names. Of effect are `cleanup.policy`, `max.message.bytes`, `message.timestamp.type`, `retention.bytes` and `retention.ms`; the other
   * names that Kafka knows are taken. Default: Kafka's defaults, but without retention.
   */
  readonly config?: FakeTopicConfig | undefined;
}

/** A record as a reader of the topic finds it, before any decoding. */
export interface StoredRecord extends Place {
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  /** ms since the epoch */
  readonly timestamp: number;
  readonly headers: RecordHeaders;
}

/** A record to append. Text is UTF-8; bytes are kept as they are, not copied. */
export interface AppendedRecord {
  /** Default null. */
  readonly key?: Uint8Array | string | null | undefined;
  readonly value: Uint8Array | string | null;
  /** ms since the epoch. Default: the clock's now. */
  readonly timestamp?: number | undefined;
  /** Default: by the key, as kafkajs does; in turn without one, from 0. */
  readonly partition?: number | undefined;
  /** Default none. */
  readonly headers?: RecordHeaders | undefined;
}
