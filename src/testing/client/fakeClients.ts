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
} from '../../kafka/client';
import type { FakeClientPayloads, FakeEvent, FakePayloads } from './fakePayloads';
import type { FakeGroupDescription } from '../broker/fakeProtocol';

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

/** kafkajs' options of a consumer, as far as `FakeKafka` has them. Times in ms. */
export interface FakeConsumerConfig extends KafkaConsumerConfig {
  /** When what is known of topics and brokers is asked for again: new partitions are noticed then. Default 300,000. */
  metadataMaxAge?: number;
}

/** kafkajs' options of a producer, as far as `FakeKafka` has them. Times in ms. */
export interface FakeProducerConfig extends KafkaProducerConfig {
  /** When what is known of topics and brokers is asked for again. Default 300,000. */
  metadataMaxAge?: number;
}

/** kafkajs' logger; that of `FakeKafka` says nothing. */
export interface FakeLogger {
  info(message: string, extra?: object): void;
  error(message: string, extra?: object): void;
  warn(message: string, extra?: object): void;
  debug(message: string, extra?: object): void;
  namespace(namespace: string, logLevel?: number): FakeLogger;
  setLogLevel(logLevel: number): void;
}

/** The events of a producer or an admin client, by kafkajs' names for them. Nobody hears of the last three, which tell of requests on the network. */
export interface FakeClientEvents<Client extends 'producer' | 'admin'> {
  readonly CONNECT: `${Client}.connect`;
  readonly DISCONNECT: `${Client}.disconnect`;
  readonly REQUEST: `${Client}.network.request`;
  readonly REQUEST_TIMEOUT: `${Client}.network.request_timeout`;
  readonly REQUEST_QUEUE_SIZE: `${Client}.network.request_queue_size`;
}

/** kafkajs' consumer, as far as `FakeKafka` has it. */
export interface FakeKafkaConsumer extends Omit<KafkaConsumer, 'run' | 'subscribe' | 'on'> {
  /** The names of the events, for `on`. */
  readonly events: FakeConsumerEvents;
  subscribe(
    subscription: { topics: (string | RegExp)[]; fromBeginning?: boolean } | { topic: string | RegExp; fromBeginning?: boolean },
  ): Promise<void>;
  run(config?: FakeRunConfig): Promise<void>;
  describeGroup(): Promise<FakeGroupDescription>;
  on<Name extends keyof FakePayloads>(event: Name, listener: (event: FakeEvent<FakePayloads[Name]>) => void): () => void;
  on(event: string, listener: (event: FakeEvent) => void): () => void;
  logger(): FakeLogger;
}

/** kafkajs' producer, as far as `FakeKafka` has it. */
export interface FakeKafkaProducer extends KafkaProducer {
  /** To several topics at once. */
  sendBatch: KafkaTransaction['sendBatch'];
  isIdempotent(): boolean;
  /** The names of the events, for `on`. */
  readonly events: FakeClientEvents<'producer'>;
  on<Name extends keyof FakeClientPayloads<'producer'>>(
    event: Name,
    listener: (event: FakeEvent<FakeClientPayloads<'producer'>[Name]>) => void,
  ): () => void;
  on(event: string, listener: (event: FakeEvent) => void): () => void;
  logger(): FakeLogger;
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
export interface FakeKafkaAdmin extends Omit<KafkaAdmin, 'createTopics' | 'fetchOffsets' | 'fetchTopicMetadata' | 'describeConfigs'> {
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
  fetchTopicMetadata(options?: { topics: string[] }): Promise<{
    topics: {
      name: string;
      partitions: {
        partitionErrorCode: number;
        partitionId: number;
        leader: number;
        replicas: number[];
        isr: number[];
        offlineReplicas?: number[];
      }[];
    }[];
  }>;
  setOffsets(options: { groupId: string; topic: string; partitions: PartitionOffset[] }): Promise<void>;
  resetOffsets(options: { groupId: string; topic: string; earliest: boolean }): Promise<void>;
  listGroups(): Promise<{ groups: { groupId: string; protocolType: string }[] }>;
  describeGroups(groupIds: string[]): Promise<{ groups: FakeGroupDescription[] }>;
  deleteGroups(groupIds: string[]): Promise<{ groupId: string; errorCode?: number }[]>;
  /** `type` 2 is a topic, of which `FakeKafka` has the settings. Without `configNames`: all. */
  describeConfigs(options: { resources: { type: number; name: string; configNames?: string[] }[]; includeSynonyms: boolean }): Promise<{
    resources: {
      errorCode: number;
      errorMessage: string;
      resourceType: number;
      resourceName: string;
      configEntries: {
        configName: string;
        configValue: string;
        isDefault: boolean;
        configSource: number;
        isSensitive: boolean;
        readOnly: boolean;
        configSynonyms: { configName: string; configValue: string; configSource: number }[];
      }[];
    }[];
    throttleTime: number;
  }>;
  describeCluster(): Promise<{ brokers: { nodeId: number; host: string; port: number }[]; controller: number | null; clusterId: string }>;
  /** The names of the events, for `on`. */
  readonly events: FakeClientEvents<'admin'>;
  on<Name extends keyof FakeClientPayloads<'admin'>>(
    event: Name,
    listener: (event: FakeEvent<FakeClientPayloads<'admin'>[Name]>) => void,
  ): () => void;
  on(event: string, listener: (event: FakeEvent) => void): () => void;
  logger(): FakeLogger;
}

/** The rest of kafkajs' admin client. It is there so that `FakeKafka` goes wherever a `Kafka` does; all of it rejects with the `StreamError` `UNSUPPORTED`. */
export interface FakeKafkaFullAdmin extends FakeKafkaAdmin {
  alterConfigs(...args: unknown[]): Promise<never>;
  describeAcls(...args: unknown[]): Promise<never>;
  createAcls(...args: unknown[]): Promise<never>;
  deleteAcls(...args: unknown[]): Promise<never>;
  alterPartitionReassignments(...args: unknown[]): Promise<never>;
  listPartitionReassignments(...args: unknown[]): Promise<never>;
}

/** kafkajs' `Kafka`, as far as `FakeKafka` has it: `new Kafka(…)` fits too. */
export interface FakeKafkaClient extends KafkaClient {
  consumer(config: FakeConsumerConfig): FakeKafkaConsumer;
  producer(config?: FakeProducerConfig): FakeKafkaProducer;
  admin(): FakeKafkaAdmin;
}

/** What `FakeKafka` gives for one process: it goes wherever kafkajs' `Kafka` does. */
export interface FakeKafkaProcess extends FakeKafkaClient {
  admin(): FakeKafkaFullAdmin;
  logger(): FakeLogger;
}
