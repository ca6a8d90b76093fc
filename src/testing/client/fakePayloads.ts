/** What a client tells its listeners. kafkajs declares `id` as text, and gives a number. */
export interface FakeEvent<Payload = unknown> {
  readonly id: string;
  /** The event's name. */
  readonly type: string;
  /** ms since the epoch */
  readonly timestamp: number;
  readonly payload: Payload;
}

interface OfMember {
  groupId: string;
  memberId: string;
}

interface OfGeneration extends OfMember {
  groupGenerationId: number;
}

interface OfBatch {
  topic: string;
  partition: number;
  highWatermark: string;
  offsetLag: string;
  offsetLagLow: string;
  batchSize: number;
  firstOffset: string;
  lastOffset: string;
}

/** What each event of a consumer tells. Times in ms. */
export interface FakePayloads {
  'consumer.heartbeat': OfGeneration;
  'consumer.commit_offsets': OfGeneration & {
    topics: { topic: string; partitions: { partition: number; offset: string }[] }[];
  };
  'consumer.group_join': OfMember & {
    leaderId: string;
    isLeader: boolean;
    /** Partitions by topic. */
    memberAssignment: Record<string, number[]>;
    groupProtocol: string;
    duration: number;
  };
  'consumer.fetch_start': { nodeId: number };
  'consumer.fetch': { numberOfBatches: number; duration: number; nodeId: number };
  'consumer.start_batch_process': OfBatch;
  'consumer.end_batch_process': OfBatch & { duration: number };
  'consumer.connect': null;
  'consumer.disconnect': null;
  'consumer.stop': null;
  'consumer.crash': { error: Error; groupId: string; restart: boolean };
  'consumer.rebalancing': OfMember;
  'consumer.received_unsubscribed_topics': OfMember & {
    generationId: number;
    assignedTopics: string[];
    topicsSubscribed: string[];
    topicsNotSubscribed: string[];
  };
  /** Nobody hears of the requests on a network that there is not. */
  'consumer.network.request': never;
  'consumer.network.request_timeout': never;
  'consumer.network.request_queue_size': never;
}

/** What each event of a producer or an admin client tells. */
export type FakeClientPayloads<Client extends 'producer' | 'admin'> = Record<`${Client}.${'connect' | 'disconnect'}`, null> &
  Record<`${Client}.network.${'request' | 'request_timeout' | 'request_queue_size'}`, never>;
