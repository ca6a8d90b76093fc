import { type Duration, toMillis } from './duration';

/** `tumbling(size)`: windows side by side. */
export interface TumblingWindow {
  readonly kind: 'tumbling';
  /** ms */
  readonly size: number;
  /** ms from the epoch */
  readonly offset: number;
}

/** Where windows start. */
export interface TumblingOptions {
  /** Shifts all windows from the epoch, ms or a duration; may be negative. Default 0. */
  readonly offset?: Duration | undefined;
}

/**
 * Windows of `size`, side by side, aligned to the epoch plus `offset`: start inclusive, end exclusive, as in Kafka Streams, Flink and Spark. Timestamps
 * before 1970 have windows too (Kafka Streams clips at 0).
 *
 * @param size - length of a window, ms or a duration, greater than 0
 * @throws StreamError `INVALID_OPTION` for a size of 0 or less, or text that is no duration
 * @since 0.1.0
 * @example
 * ```ts
 * import { tumbling } from 'millrace';
 *
 * tumbling('10s'); // => { kind: 'tumbling', size: 10000, offset: 0 }
 * ```
 */
export function tumbling(size: Duration, { offset = 0 }: TumblingOptions = {}): TumblingWindow {
  return {
    kind: 'tumbling',
    size: toMillis(size, 'the size of a tumbling window', Number.MIN_VALUE),
    offset: toMillis(offset, 'the offset of a tumbling window', -Infinity),
  };
}

/** The start of the window that `timestamp` belongs to. Division rounds down, not towards zero: windows before the epoch are as long as those after it. */
export function windowStart({ size, offset }: TumblingWindow, timestamp: number): number {
  return Math.floor((timestamp - offset) / size) * size + offset;
}
