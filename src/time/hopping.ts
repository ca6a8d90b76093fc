import { StreamError } from '../errors';
import type { TimeWindow } from '../records';
import type { Duration } from './duration';
import { wholeMillis } from './wholeMillis';

/** `hopping(size, { every })`: windows that overlap. */
export interface HoppingWindow {
  readonly kind: 'hopping';
  /** ms */
  readonly size: number;
  /** ms */
  readonly every: number;
  /** ms from the epoch */
  readonly offset: number;
}

/** How often windows start, and where. */
export interface HoppingOptions {
  /** From the start of one window to the start of the next, ms or a duration; greater than 0, at most the size. */
  readonly every: Duration;
  /** Shifts all windows from the epoch, ms or a duration; may be negative. Default 0. */
  readonly offset?: Duration | undefined;
}

/**
 * Windows of `size`, one starting each `every`, aligned to the epoch plus `offset`: start inclusive, end exclusive. A record belongs to each window that
 * covers it; `size` need not be a multiple of `every`, it then belongs to one more or one less depending on where it falls.
 *
 * An `every` greater than the size would leave records between two windows that are in no window at all: it is refused, as by Kafka Streams and Spark
 * (Flink takes it and loses them). Windows before 1970 are as long as those after it (Kafka Streams clips at 0).
 *
 * @param size - length of a window, ms or a duration, greater than 0, whole milliseconds
 * @throws StreamError `INVALID_OPTION` for a size or `every` of 0 or less, an `every` greater than the size, fractions of a millisecond, or text that is no
 *   duration
 * @since 0.1.0
 * @example
 * ```ts
 * import { hopping } from 'millrace';
 *
 * hopping('1m', { every: '10s' }); // => { kind: 'hopping', size: 60000, every: 10000, offset: 0 }
 * ```
 */
export function hopping(size: Duration, options: HoppingOptions): HoppingWindow {
  const { every, offset = 0 } = (options as Partial<HoppingOptions> | undefined) ?? {};
  const window: HoppingWindow = {
    kind: 'hopping',
    size: wholeMillis(size, 'the size of a hopping window', Number.MIN_VALUE),
    every: wholeMillis(every as Duration, 'every of a hopping window', Number.MIN_VALUE),
    offset: wholeMillis(offset, 'the offset of a hopping window', -Infinity),
  };
  if (window.every <= window.size) return window;
  throw new StreamError(
    'INVALID_OPTION',
    `every of a hopping window is ${window.every} ms and its size ${window.size} ms: records between two windows would be in none; make every at most the size, or drop them with filterRecords first`,
  );
}

/** The windows that cover `timestamp`, ordered by end. All edges are whole, so the fraction of a timestamp is cut off before it can be rounded up to one. */
export function hoppingWindows({ size, every, offset }: HoppingWindow, timestamp: number): TimeWindow[] {
  const windows: TimeWindow[] = [];
  const last = Math.floor((Math.floor(timestamp) - offset) / every) * every + offset;
  for (let start = last; start + size > timestamp; start -= every) windows.push({ start, end: start + size });
  return windows.reverse();
}
