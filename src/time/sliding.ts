import type { Duration } from './duration';
import { wholeMillis } from './wholeMillis';

/** `sliding(span)`: a window for each distinct set of records at most `span` apart. */
export interface SlidingWindow {
  readonly kind: 'sliding';
  /** ms */
  readonly span: number;
}

/**
 * For each record the window `[t - span, t]`, both ends inclusive, and the ones that start just after a record, one millisecond later; each distinct set of
 * records once, and records of the same millisecond share their windows.
 *
 * As `SlidingWindows` of Kafka Streams. What Spark and Flink call sliding is `hopping`, whose windows follow the clock and not the records. The result's
 * `window` is half open as everywhere: `[t - span, t + 1)`.
 *
 * @param span - from the first to the last record of a window at most, ms or a duration, greater than 0, whole milliseconds
 * @throws StreamError `INVALID_OPTION` for a span of 0 or less, fractions of a millisecond, or text that is no duration
 * @since 0.1.0
 * @example
 * ```ts
 * import { sliding } from 'millrace';
 *
 * sliding('5m'); // => { kind: 'sliding', span: 300000 }
 * ```
 */
export function sliding(span: Duration): SlidingWindow {
  return { kind: 'sliding', span: wholeMillis(span, 'the span of a sliding window', Number.MIN_VALUE) };
}
