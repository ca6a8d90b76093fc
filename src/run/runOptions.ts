import type { SchedulerLike } from 'rxjs';
import type { KafkaClient, KafkaConsumerConfig, KafkaMessage } from '../kafka/client';
import type { PartitionEpoch } from './partitionEpoch';
import type { Beginning, Ending } from './placement';
import type { TimestampOptions } from './timestampRules';

/** What a run is told once; defaults are filled in. */
export interface RunOptions extends TimestampOptions {
  readonly kafka: KafkaClient;
  readonly topics: readonly string[] | RegExp;
  readonly groupId: string | undefined;
  readonly from: Beginning;
  readonly until: Ending | undefined;
  readonly atEnd: 'close' | 'hold';
  readonly maxInFlight: number;
  readonly maxInFlightBytes: number;
  /** All durations in ms. */
  readonly outOfOrderness: number;
  readonly idleAfter: number;
  /** Infinity: no limit. */
  readonly maxSkew: number;
  readonly stallAfter: number;
  /** Records; undefined: no limit but half the topic's retention. */
  readonly maxReplay: number | undefined;
  readonly drainTimeout: number;
  readonly onChange: 'error' | 'rebuild';
  readonly consumer: Partial<KafkaConsumerConfig>;
  readonly scheduler: SchedulerLike;
}

/** Where the run's records and its ending go: the subscriber, with what only the source knows of records. */
export interface RunTarget {
  /** Gives the message to the pipeline as a record with this share of it. */
  next(message: KafkaMessage, epoch: PartitionEpoch, offset: number): void;
  error(error: unknown): void;
  complete(): void;
}
