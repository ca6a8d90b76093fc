import type { OperatorFunction } from 'rxjs';
import type { StreamRecord, WindowedRecord } from '../records';
import { counting, type Emitted, type KeyedRecord, windowed } from './windowed';
import type { ByKeyOptions } from './windowOptions';

/**
 * Counts the records of each key and window, and gives the count when the window closes; earlier too, if `emit` says so.
 *
 * As `reduceByKey`, whose page says when windows close, what is late, and what happens to offsets and memory, also without a window; keys without records give
 * nothing.
 *
 * @param options - all may be left out: `window` (default `global()`: one that closes when the source completes), `grace` (ms or a duration, default 0), `emit`
 *   (default `'onClose'`), `late` (default: dropped and counted), `clock` (default `'event'`), `scheduler`, `maxKeys` (1,000,000), `maxBytes` (256 MiB), `onFull`
 *   (default `'error'`); `ByKeyOptions` says more
 * @throws StreamError `INVALID_OPTION` at the call, for options that make no sense. In the error channel `NULL_KEY` for a record without a key, `CALLBACK_FAILED`, `STATE_FULL`, and `UNSUPPORTED` where
 *   windows could not be rebuilt after a crash, for results that are not final, and as `reduceByKey` says
 * @since 0.1.0
 * @example
 * ```ts
 * import { countByKey, fromTopic, print, text, tumbling } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('visits', [{ key: 'ann', value: '/', timestamp: 1 }, { key: 'bob', value: '/', timestamp: 2 }, { key: 'ann', value: '/docs', timestamp: 3 }]);
 * fromTopic(kafka, 'visits', { key: text, value: text, until: 'latest' })
 *   .pipe(countByKey({ window: tumbling('1m') }), print())
 *   .subscribe();
 * ```
 */
export function countByKey<R extends StreamRecord, L extends 'emit' | undefined = undefined>(
  options: ByKeyOptions<R, L> = {},
): OperatorFunction<R & KeyedRecord, WindowedRecord<R['key'], number> | Emitted<R, L>> {
  return windowed({ name: 'countByKey', by: 'key', folding: counting }, options);
}
