import type { OperatorFunction } from 'rxjs';
import type { StreamRecord, WindowedRecord } from '../records';
import type { Folding } from '../time/folding';
import { type Emitted, windowed } from './windowed';
import type { ByWindowOptions } from './windowOptions';

/**
 * Combines all values of a window, whatever their key, and gives the result when the window closes, earlier too, if `emit` says so; its key is null.
 *
 * The window is one over all partitions, so one instance must own them all. When windows close, what is late, and what it does to offsets is said at
 * `reduceByKey`; memory is one value for each open window and partition, or, where windows overlap, three at most for each slice that has records.
 *
 * @param reduce - combines two values. Within a partition it is called in offset order; where windows overlap so it is within a slice, and slices are combined
 *   in order of time. Partial results are combined in partition order, so it must be associative and commutative. It must leave both as they were: a value may
 *   count in several windows. A throw is `CALLBACK_FAILED`
 * @param options - `window` (required), `grace` (ms or a duration, default 0), `emit` (default `'onClose'`), `late` (default: dropped and counted), `clock` (default
 *   `'event'`), `scheduler`, `maxBytes` (256 MiB), `onFull` (default `'error'`); `ByWindowOptions` says more
 * @throws StreamError `INVALID_OPTION` at the call, for options that make no sense. In the error channel `CALLBACK_FAILED`, `STATE_FULL`, and `UNSUPPORTED` where
 *   windows could not be rebuilt after a crash, for results that are not final, and as `reduceByKey` says
 * @since 0.1.0
 * @example
 * ```ts
 * import { fromTopic, print, reduceByWindow, text, tumbling } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('words', [{ value: 'to', timestamp: 1 }, { value: 'be', timestamp: 2 }, { value: 'question', timestamp: 3 }]);
 * fromTopic(kafka, 'words', { value: text, until: 'latest' })
 *   .pipe(reduceByWindow((a, b) => (a.length < b.length ? b : a), { window: tumbling('10s') }), print())
 *   .subscribe();
 * ```
 */
export function reduceByWindow<R extends StreamRecord, L extends 'emit' | undefined = undefined>(
  reduce: (a: R['value'], b: R['value']) => R['value'],
  options: ByWindowOptions<R, L>,
): OperatorFunction<R, WindowedRecord<null, R['value']> | Emitted<R, L>> {
  const folding: Folding<R, R['value']> = {
    first: ({ value }) => value,
    fold: (reduced, { value }) => reduce(reduced, value),
    merge: reduce,
  };
  return windowed({ name: 'reduceByWindow', by: 'window', folding }, options);
}
