import type { StreamRecord } from '../records';
import { type Duration, toMillis } from './duration';
import { keyText } from './keyText';

/** `session({ gap })`: a window as long as records keep coming. */
export interface SessionWindow<in R = StreamRecord> {
  readonly kind: 'session';
  /** The gap after this record, ms. */
  readonly gapOf: (record: R) => number;
  /** The gap after every record, ms; absent if it is computed from the record. */
  readonly gap?: number | undefined;
}

/** How long a session goes on after its last record. */
export interface SessionOptions<R extends StreamRecord = StreamRecord> {
  /** From a record to the end of its session, if no other comes before; greater than 0. ms, a duration, or a pure function of the record. */
  readonly gap: Duration | ((value: R['value'], record: R) => Duration);
}

/**
 * Records less than `gap` apart are one session; one exactly `gap` after the last begins a new one. The window is `[first, last + gap)`, so that `end` means
 * what it means everywhere and a session closes by the same rule as every window.
 *
 * If the gap is computed, each record reaches from its timestamp to its timestamp plus its own gap; records whose reaches overlap are one session, which
 * ends where the furthest of them does. That does not depend on the order they come in.
 *
 * Kafka Streams and Flink join records exactly `gap` apart, and Kafka Streams ends the window at the last record. Both decide about late records after merging
 * them into open sessions, so that it depends on the speed of partitions which sessions a late record joins; here it is late if its timestamp is behind the
 * watermark by more than `grace`, whatever sessions are open.
 *
 * @throws StreamError `INVALID_OPTION` for a gap of 0 or less, or text that is no duration; for a computed gap when it is computed
 * @since 0.1.0
 * @example
 * ```ts
 * import { session } from 'millrace';
 *
 * session({ gap: '30s' }).gap; // => 30000
 * ```
 */
export function session<R extends StreamRecord = StreamRecord>(options: SessionOptions<R>): SessionWindow<R> {
  const gap = (options as Partial<SessionOptions<R>> | undefined)?.gap;
  if (typeof gap === 'function') return { kind: 'session', gapOf: (record) => gapMillis(gap(record.value, record), record) };
  const millis = gapMillis(gap as Duration);
  return { kind: 'session', gapOf: () => millis, gap: millis };
}

function gapMillis(gap: Duration, record?: StreamRecord): number {
  if (typeof gap === 'number' && gap > 0 && gap < Infinity) return gap;
  return toMillis(gap, record ? `the gap of a session for the key ${keyText(record.key)}` : 'the gap of a session', Number.MIN_VALUE);
}
