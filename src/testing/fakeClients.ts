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
export interface FakeKafkaConsumer extends Omit<KafkaConsumer, 'run'> {
  run(config?: FakeRunConfig): Promise<void>;
}

/** kafkajs' producer, as far as `FakeKafka` has it. */
export interface FakeKafkaProducer extends KafkaProducer {
  /** To several topics at once. */
  sendBatch: KafkaTransaction['sendBatch'];
}

/** kafkajs' admin client, as far as `FakeKafka` has it. */
export interface FakeKafkaAdmin extends Omit<KafkaAdmin, 'createTopics'> {
  createTopics(options: {
    topics: { topic: string; numPartitions?: number; replicationFactor?: number; configEntries?: FakeConfigEntry[] }[];
    validateOnly?: boolean;
    waitForLeaders?: boolean;
    timeout?: number;
  }): Promise<boolean>;
  deleteTopicRecords(options: { topic: string; partitions: PartitionOffset[] }): Promise<void>;
}

/** kafkajs' `Kafka`, as far as `FakeKafka` has it: `new Kafka(…)` fits too. */
export interface FakeKafkaClient extends KafkaClient {
  consumer(config: KafkaConsumerConfig): FakeKafkaConsumer;
  producer(config?: KafkaProducerConfig): FakeKafkaProducer;
  admin(): FakeKafkaAdmin;
}
