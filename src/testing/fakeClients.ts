import type {
  KafkaAdmin,
  KafkaBatchPayload,
  KafkaClient,
  KafkaConsumer,
  KafkaConsumerConfig,
  KafkaMessage,
  KafkaProducer,
  KafkaProducerConfig,
  KafkaTransaction,
} from '../kafka/client';

/** Offsets of one topic, by partition. */
interface PartitionOffset {
  partition: number;
  offset: string;
}

/** A setting of a topic, as `createTopics` takes it. */
export interface FakeConfigEntry {
  name: string;
  value: string;
}

/** A consumer group, as kafkajs describes it. */
export interface FakeGroupDescription {
  groupId: string;
  /** `Stable`, `PreparingRebalance`, `CompletingRebalance`, `Empty`, or `Dead` for one that does not exist. */
  state: string;
  protocolType: string;
  /** The name of the assigner. */
  protocol: string;
  members: {
    memberId: string;
    clientId: string;
    clientHost: string;
    memberMetadata: Uint8Array;
    memberAssignment: Uint8Array;
  }[];
}

/** What kafkajs gives to `eachMessage`. */
export interface FakeMessagePayload {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
  heartbeat(): Promise<void>;
  /** Pauses the partition; what it gives back resumes it. */
  pause(): () => void;
}

/** What kafkajs gives to `eachBatch`, with what millrace does without. */
export interface FakeBatchPayload extends KafkaBatchPayload {
  readonly batch: KafkaBatchPayload['batch'] & {
    isEmpty(): boolean;
    firstOffset(): string | null;
    offsetLag(): string;
    offsetLagLow(): string;
  };
  /** Pauses the partition; what it gives back resumes it. */
  pause(): () => void;
  /** What is resolved and not yet committed. */
  uncommittedOffsets(): { topics: { topic: string; partitions: PartitionOffset[] }[] };
}

/** Options of kafkajs' `consumer.run`, with its defaults. */
export interface FakeRunConfig {
  /** Commit what is resolved after each batch. Default true. */
  autoCommit?: boolean;
  /** Commit within a batch when so many ms have gone since the last commit. Default null: never. */
  autoCommitInterval?: number | null;
  /** Commit within a batch when so many offsets are resolved since the last commit. Default null: never. */
  autoCommitThreshold?: number | null;
  /** Whether a batch is done when `eachBatch` returns. Default true. */
  eachBatchAutoResolve?: boolean;
  /** Default 1. */
  partitionsConsumedConcurrently?: number;
  eachBatch?(payload: FakeBatchPayload): Promise<void>;
  /** Not called if there is an `eachBatch` and no `eachMessage`; goes before `eachBatch`. */
  eachMessage?(payload: FakeMessagePayload): Promise<void>;
}

/** kafkajs' consumer, as far as `FakeKafka` has it. */
export interface FakeKafkaConsumer extends Omit<KafkaConsumer, 'run' | 'subscribe'> {
  /** The names of the events, for `on`. */
  readonly events: FakeConsumerEvents;
  subscribe(
    subscription: { topics: (string | RegExp)[]; fromBeginning?: boolean } | { topic: string | RegExp; fromBeginning?: boolean },
  ): Promise<void>;
  run(config?: FakeRunConfig): Promise<void>;
  describeGroup(): Promise<FakeGroupDescription>;
}

/** kafkajs' producer, as far as `FakeKafka` has it. */
export interface FakeKafkaProducer extends KafkaProducer {
  /** To several topics at once. */
  sendBatch: KafkaTransaction['sendBatch'];
}

/** The events of a consumer, by kafkajs' names for them. */
export interface FakeConsumerEvents {
  readonly HEARTBEAT: 'consumer.heartbeat';
  readonly COMMIT_OFFSETS: 'consumer.commit_offsets';
  readonly GROUP_JOIN: 'consumer.group_join';
  readonly FETCH: 'consumer.fetch';
  readonly FETCH_START: 'consumer.fetch_start';
  readonly START_BATCH_PROCESS: 'consumer.start_batch_process';
  readonly END_BATCH_PROCESS: 'consumer.end_batch_process';
  readonly CONNECT: 'consumer.connect';
  readonly DISCONNECT: 'consumer.disconnect';
  readonly STOP: 'consumer.stop';
  readonly CRASH: 'consumer.crash';
  readonly REBALANCING: 'consumer.rebalancing';
  readonly RECEIVED_UNSUBSCRIBED_TOPICS: 'consumer.received_unsubscribed_topics';
  readonly REQUEST: 'consumer.network.request';
  readonly REQUEST_TIMEOUT: 'consumer.network.request_timeout';
  readonly REQUEST_QUEUE_SIZE: 'consumer.network.request_queue_size';
}

/** kafkajs' admin client, as far as `FakeKafka` has it. */
export interface FakeKafkaAdmin extends Omit<KafkaAdmin, 'createTopics' | 'fetchOffsets'> {
  createTopics(options: {
    topics: { topic: string; numPartitions?: number; replicationFactor?: number; configEntries?: FakeConfigEntry[] }[];
    validateOnly?: boolean;
    waitForLeaders?: boolean;
    timeout?: number;
  }): Promise<boolean>;
  createPartitions(options: {
    topicPartitions: { topic: string; count: number }[];
    validateOnly?: boolean;
    timeout?: number;
  }): Promise<boolean>;
  deleteTopics(options: { topics: string[]; timeout?: number }): Promise<void>;
  deleteTopicRecords(options: { topic: string; partitions: PartitionOffset[] }): Promise<void>;
  fetchOffsets(options: {
    groupId: string;
    topics?: string[];
    resolveOffsets?: boolean;
  }): Promise<{ topic: string; partitions: { partition: number; offset: string; metadata: string | null }[] }[]>;
  setOffsets(options: { groupId: string; topic: string; partitions: PartitionOffset[] }): Promise<void>;
  resetOffsets(options: { groupId: string; topic: string; earliest: boolean }): Promise<void>;
  listGroups(): Promise<{ groups: { groupId: string; protocolType: string }[] }>;
  describeGroups(groupIds: string[]): Promise<{ groups: FakeGroupDescription[] }>;
  deleteGroups(groupIds: string[]): Promise<{ groupId: string; errorCode?: number }[]>;
}

/** kafkajs' `Kafka`, as far as `FakeKafka` has it: `new Kafka(…)` fits too. */
export interface FakeKafkaClient extends KafkaClient {
  consumer(config: KafkaConsumerConfig): FakeKafkaConsumer;
  producer(config?: KafkaProducerConfig): FakeKafkaProducer;
  admin(): FakeKafkaAdmin;
}
