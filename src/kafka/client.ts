import type { Bytes, RecordHeaders } from '../records';

/** The subset of kafkajs' `Kafka` that millrace needs; `new Kafka(…)` and `new FakeKafka()` fit. */
export interface KafkaClient {
  consumer(config: KafkaConsumerConfig): KafkaConsumer;
  producer(config?: KafkaProducerConfig): KafkaProducer;
  admin(): KafkaAdmin;
}

/** The subset of kafkajs' `ConsumerConfig` that millrace sets or passes on. Times in ms. */
export interface KafkaConsumerConfig {
  groupId: string;
  sessionTimeout?: number;
  rebalanceTimeout?: number;
  heartbeatInterval?: number;
  maxBytesPerPartition?: number;
  minBytes?: number;
  maxBytes?: number;
  maxWaitTimeInMs?: number;
  allowAutoTopicCreation?: boolean;
  readUncommitted?: boolean;
  rackId?: string;
  partitionAssigners?: KafkaAssignerFactory['create'][];
  retry?: { retries?: number; restartOnFailure?: (error: Error) => Promise<boolean> };
}

/** How kafkajs is told who gets which partition: it calls `create` once for each consumer. */
export interface KafkaAssignerFactory {
  create(config: { cluster: { findTopicPartitionMetadata(topic: string): { partitionId: number }[] }; groupId: string }): KafkaAssigner;
}

/** One way to share partitions out; all members of a group must offer one of the same `name`. */
export interface KafkaAssigner {
  name: string;
  version: number;
  /** What this member tells the leader when it joins. */
  protocol(subscription: { topics: string[] }): { name: string; metadata: Uint8Array };
  /** Called on the leader only. */
  assign(group: {
    members: { memberId: string; memberMetadata: Uint8Array }[];
    topics: string[];
  }): Promise<{ memberId: string; memberAssignment: Uint8Array }[]>;
}

/** The subset of kafkajs' `ProducerConfig` that millrace sets or passes on. */
export interface KafkaProducerConfig {
  idempotent?: boolean;
  transactionalId?: string;
  transactionTimeout?: number;
  maxInFlightRequests?: number;
  allowAutoTopicCreation?: boolean;
  createPartitioner?: () => (args: { message: { partition?: number } }) => number;
}

/** What the client tells its listeners; `type` is the event's name. */
export interface KafkaEvent {
  readonly type: string;
  /** ms since the epoch */
  readonly timestamp: number;
  readonly payload: unknown;
}

/** The subset of kafkajs' `Consumer` that millrace needs. */
export interface KafkaConsumer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  stop(): Promise<void>;
  subscribe(subscription: { topics: (string | RegExp)[]; fromBeginning?: boolean }): Promise<void>;
  run(config: {
    autoCommit: boolean;
    eachBatchAutoResolve: boolean;
    partitionsConsumedConcurrently: number;
    eachBatch(payload: KafkaBatchPayload): Promise<void>;
  }): Promise<void>;
  commitOffsets(offsets: { topic: string; partition: number; offset: string; metadata?: string | null }[]): Promise<void>;
  seek(place: { topic: string; partition: number; offset: string }): void;
  pause(topics: { topic: string; partitions?: number[] }[]): void;
  resume(topics: { topic: string; partitions?: number[] }[]): void;
  paused(): { topic: string; partitions: number[] }[];
  on(event: string, listener: (event: KafkaEvent) => void): () => void;
}

/** What kafkajs gives to `eachBatch`: messages of one partition, in order. */
export interface KafkaBatchPayload {
  readonly batch: {
    readonly topic: string;
    readonly partition: number;
    readonly highWatermark: string;
    readonly messages: readonly KafkaMessage[];
    /** kafkajs has it but does not declare it: the offset that was asked for. */
    readonly fetchedOffset?: string;
    lastOffset(): string;
  };
  resolveOffset(offset: string): void;
  /** One attempt, with the generation of now: unlike `commitOffsets` of the consumer it is not tried again after a rebalance. */
  commitOffsetsIfNecessary(offsets?: {
    topics: { topic: string; partitions: { partition: number; offset: string; metadata?: string | null }[] }[];
  }): Promise<void>;
  heartbeat(): Promise<void>;
  isRunning(): boolean;
  isStale(): boolean;
}

/** A record as it was fetched. Times and offsets are decimal text. */
export interface KafkaMessage {
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  readonly timestamp: string;
  readonly offset: string;
  readonly headers?: RecordHeaders | undefined;
}

/** What can send: a producer, or a transaction of one. */
export interface KafkaSender {
  send(record: {
    topic: string;
    messages: {
      key?: Bytes | string | null;
      value: Bytes | string | null;
      partition?: number;
      timestamp?: string;
      headers?: { [name: string]: Bytes | string | (Bytes | string)[] | undefined };
    }[];
    acks?: number;
    timeout?: number;
    compression?: number;
  }): Promise<{ topicName: string; partition: number; errorCode: number; baseOffset?: string }[]>;
}

/** The subset of kafkajs' `Producer` that millrace needs. */
export interface KafkaProducer extends KafkaSender {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  transaction(): Promise<KafkaTransaction>;
}

/** The subset of kafkajs' `Transaction` that millrace needs. */
export interface KafkaTransaction extends KafkaSender {
  /** To several topics at once. */
  sendBatch(batch: {
    topicMessages?: Pick<Parameters<KafkaSender['send']>[0], 'topic' | 'messages'>[];
    acks?: number;
    timeout?: number;
    compression?: number;
  }): ReturnType<KafkaSender['send']>;
  sendOffsets(offsets: {
    consumerGroupId: string;
    topics: { topic: string; partitions: { partition: number; offset: string; metadata?: string | null }[] }[];
  }): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
  /** Whether it has not ended yet, as far as the client knows. */
  isActive(): boolean;
}

/** The subset of kafkajs' `Admin` that millrace needs. */
export interface KafkaAdmin {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  listTopics(): Promise<string[]>;
  createTopics(options: {
    topics: { topic: string; numPartitions?: number; replicationFactor?: number }[];
    waitForLeaders?: boolean;
  }): Promise<boolean>;
  fetchTopicMetadata(options: { topics: string[] }): Promise<{ topics: { name: string; partitions: { partitionId: number }[] }[] }>;
  fetchOffsets(options: {
    groupId: string;
    topics: string[];
  }): Promise<{ topic: string; partitions: { partition: number; offset: string; metadata: string | null }[] }[]>;
  fetchTopicOffsets(topic: string): Promise<{ partition: number; offset: string; high: string; low: string }[]>;
  fetchTopicOffsetsByTimestamp(topic: string, timestamp?: number): Promise<{ partition: number; offset: string }[]>;
  /** Without it, how long a topic keeps its records is not known. `type` 2 is a topic. */
  describeConfigs?(options: {
    resources: { type: number; name: string; configNames?: string[] }[];
    includeSynonyms: boolean;
  }): Promise<{ resources: { configEntries: { configName: string; configValue: string }[] }[] }>;
}

/** Any of `T`'s properties except those of `Owned`. */
export type ClientOptions<T, Owned extends string> = { readonly [N in keyof T as Exclude<N, Owned>]?: T[N] | undefined };
