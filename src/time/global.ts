/** `global()`: one window that closes when the source completes. */
export interface GlobalWindow {
  readonly kind: 'global';
}

/**
 * One window over everything; gives its result at the end of a bounded source. On a source without end it never closes, and holds the commit until that is
 * the error `REPLAY_TOO_LONG`: see `maxReplay` of `fromTopic`.
 *
 * Flink's `GlobalWindows` gives nothing without a trigger; Kafka Streams' `UnlimitedWindows` gives updates and never a final result.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { global } from 'millrace';
 *
 * global(); // => { kind: 'global' }
 * ```
 */
export function global(): GlobalWindow {
  return { kind: 'global' };
}
