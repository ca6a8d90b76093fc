import type { OperatorFunction } from 'rxjs';
import type { Key, StreamRecord, WindowedRecord } from '../records';
import { counting, type Emitted, windowed } from './windowed';
import type { ByKeyOptions } from './windowOptions';

/**
 * Counts how often each value occurs in a window, and gives the counts when the window closes: the value becomes the key.
 *
 * The same as `keyBy((value) => value)` and `countByKey`: a value may come from several partitions, so windows merge over them, and one instance must own them
 * all. When windows close, what is late, and what it does to offsets and memory, also without a window, is said at `reduceByKey`.
 *
 * @param options - all may be left out: `window` (default `global()`: one that closes when the source completes), `grace` (ms or a duration, default 0), `emit`
 *   (default `'onClose'`), `late` (default: dropped and counted), `clock` (default `'event'`), `scheduler`, `maxKeys` (1,000,000), `maxBytes` (256 MiB), `onFull`
 *   (default `'error'`); `ByKeyOptions` says more
 * @throws StreamError `INVALID_OPTION` at the call, for options that make no sense. In the error channel `NULL_KEY` for a null value, `CALLBACK_FAILED`, `STATE_FULL`, and `UNSUPPORTED` where
 *   windows could not be rebuilt after a crash, for results that are not final, and as `reduceByKey` says
 * @since 0.1.0
 * @example
 * ```ts
 * import { countByValue, fromTopic, print, text, tumbling } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('words', [{ value: 'to', timestamp: 1 }, { value: 'be', timestamp: 2 }, { value: 'to', timestamp: 3 }]);
 * fromTopic(kafka, 'words', { value: text, until: 'latest' })
 *   .pipe(countByValue({ window: tumbling('10s') }), print())
 *   .subscribe();
 * ```
 */
export function countByValue<R extends StreamRecord<unknown, Key>, L extends 'emit' | undefined = undefined>(
  options: ByKeyOptions<R, L> = {},
): OperatorFunction<R, WindowedRecord<R['value'], number> | Emitted<R, L>> {
  return windowed({ name: 'countByValue', by: 'value', folding: counting }, options);
}
