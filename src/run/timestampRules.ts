import { placeOf, StreamError } from '../errors';
import type { Clock } from '../time/clock';
import type { AssignedTime, PartitionEpoch } from './partitionEpoch';

/** What becomes of a record whose timestamp is no event time: fail, drop it, or go by the newest timestamp of its partition. */
export type OnBadTimestamp = 'fail' | 'skip' | 'partitionTime';

/** What a source is told of timestamps. */
export interface TimestampOptions {
  /** How far ahead of the clock a timestamp is believed, ms; undefined is the default, which needs a clock that shows a date. */
  readonly maxAhead: number | undefined;
  readonly onBadTimestamp: OnBadTimestamp;
}

/** As brokers have it themselves since Kafka 4.0 (`message.timestamp.after.max.ms`). */
const defaultAhead = 3_600_000;
/** 2000-01-01. A clock that is before it counts from a beginning of its own, as virtual ones do, and cannot tell what is ahead of it. */
const firstDate = 946_684_800_000;

/** Decides which timestamps event time may follow: one that is no number, or far in the future, would close every window, once and for all. */
export class TimestampRules {
  /** The latest timestamp that was found to be near enough, so that the clock is asked once an hour and not for each record. */
  #believed = -Infinity;

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly options: TimestampOptions,
    /** Told of each record that is dropped. */
    private readonly skipped: (epoch: PartitionEpoch, offset: number) => void,
  ) {}

  /**
   * The timestamp that the record goes by; undefined if it is to be dropped. `giver` says for errors whose it is, `least` what it must not be below.
   *
   * @throws StreamError `BAD_TIMESTAMP`
   */
  timeOf(timestamp: number, epoch: PartitionEpoch, offset: number, giver: string, least: number): number | undefined {
    if (typeof timestamp === 'number' && timestamp >= least && timestamp <= this.#believed) return timestamp;
    const fault = this.#faultOf(timestamp, least);
    if (fault === undefined) return timestamp;
    const { onBadTimestamp } = this.options;
    if (onBadTimestamp === 'skip') {
      this.skipped(epoch, offset);
      return undefined;
    }
    const instead = onBadTimestamp === 'partitionTime' ? epoch.timeBefore(offset) : -Infinity;
    if (instead > -Infinity) return instead;
    const remedy =
      onBadTimestamp === 'partitionTime'
        ? 'No record of the partition before it has given a time to go by instead'
        : "onBadTimestamp: 'skip' goes on without such records, 'partitionTime' gives them the newest timestamp of their partition";
    const { topic, partition } = epoch;
    const place = { topic, partition, offset };
    throw new StreamError('BAD_TIMESTAMP', `the timestamp ${giver} ${placeOf(place)} is ${timestamp}, ${fault} ${remedy}`, place);
  }

  #faultOf(timestamp: number, least: number): string | undefined {
    if (!Number.isFinite(timestamp)) return 'which is no time: does every record have a date that can be read?';
    if (timestamp === -1 && least === 0) return 'which is how Kafka says that there is none: does the producer set one?';
    if (timestamp < least) return 'before 1970: are they milliseconds since the epoch? assignTimestamps takes negative ones.';
    const now = this.clock.now();
    const { maxAhead = now < firstDate ? Infinity : defaultAhead } = this.options;
    if (timestamp - now > maxAhead)
      return `${timestamp - now} ms ahead of the clock, and maxAhead is ${maxAhead}: are they milliseconds, and is the clock of the producer right?`;
    if (maxAhead < Infinity) this.#believed = now + maxAhead;
    return undefined;
  }
}

/** The same rules for timestamps that are given on the way; time may begin before 1970 there, since -1 does not mean that there is none. */
export function assignedBy(rules: TimestampRules, moved: (epoch: PartitionEpoch) => void): AssignedTime {
  const giver = 'that the callback of assignTimestamps gave for';
  return { timeOf: (timestamp, epoch, offset) => rules.timeOf(timestamp, epoch, offset, giver, -Number.MAX_VALUE), moved };
}
