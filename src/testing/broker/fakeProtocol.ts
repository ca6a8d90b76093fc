import type { Isolation, LogSlice, UnplacedMessage } from './fakeLog';
import type { AbortedTransaction } from './fakeTransactionIndex';
import type { ProducerLife } from './fakeTransactions';

// What brokers are asked, and what they answer.

/** A partition of a topic, as kafkajs' metadata has it. */
export interface PartitionMetadata {
  readonly partitionErrorCode: 0;
  readonly partitionId: number;
  readonly leader: number;
  readonly replicas: number[];
  readonly isr: number[];
  readonly offlineReplicas: number[];
}

/** What to read of a partition. */
export interface PartitionFetch {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A long poll: it is answered when there are `minBytes`, or after `maxWait`. */
export interface FetchRequest {
  readonly partitions: readonly PartitionFetch[];
  /** ms */
  readonly maxWait: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
  readonly isolation: Isolation;
}

/** What was read of a partition, from the offset that was asked for. */
export interface PartitionData extends PartitionFetch, LogSlice {
  readonly highWatermark: number;
  /** For who reads what is committed. In the order of their ends. */
  readonly aborted?: readonly AbortedTransaction[] | undefined;
}

/** Messages for one partition. */
export interface PartitionMessages {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly UnplacedMessage[];
  /** Of a producer with an id: how many messages it has sent to the partition before. */
  readonly sequence: number;
}

/** Who sends, if it has an id. */
export interface SendingProducer extends ProducerLife {
  /** If it sends in a transaction. */
  readonly transactionalId?: string | undefined;
}

/** Where a batch was stored. */
export interface Produced {
  readonly topic: string;
  readonly partition: number;
  readonly baseOffset: number;
  /** ms since the epoch; -1 where records keep their own time. */
  readonly logAppendTime: number;
  readonly logStartOffset: number;
}

/** Node's `Buffer` where its types are there. */
type NodeBuffer = typeof globalThis extends { Buffer: { isBuffer(value: unknown): value is infer Buffer } } ? Buffer : Uint8Array;

/** A consumer group, as kafkajs describes it. */
export interface FakeGroupDescription {
  groupId: string;
  /** `Dead` is one that does not exist. */
  state: 'Unknown' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead' | 'Empty';
  protocolType: string;
  /** The name of the assigner. */
  protocol: string;
  members: {
    memberId: string;
    clientId: string;
    clientHost: string;
    memberMetadata: NodeBuffer;
    memberAssignment: NodeBuffer;
  }[];
}
