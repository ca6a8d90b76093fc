import type { OperatorFunction } from 'rxjs';
import type { StreamRecord, WindowedRecord } from '../records';
import type { Folding } from '../time/folding';
import { type Emitted, type KeyedRecord, windowed } from './windowed';
import type { ByKeyOptions } from './windowOptions';

/**
 * Folds the values of each key and window into a state of your own, and gives it when the window closes; earlier too, if `emit` says so.
 *
 * As `reduceByKey`, which says when windows close, what is late, and what it does to offsets and memory; but the result need not be of the kind of the values. Where windows overlap, a state that
 * holds its records takes the memory it would take with a state for each window, though not the time; and a result may be part of later ones, so do not change it.
 *
 * @param seed - makes the state that a key has before its first value: a new one each time, if `fold` changes it
 * @param fold - gives the state after one more value; within a partition in offset order, or where windows overlap, in offset order within a slice. It may change
 *   `state` and give it back. A throw is `CALLBACK_FAILED`
 * @param merge - gives the state of both, where a key has values in several slices of overlapping windows, in order of time, or in several partitions, the lower
 *   one first. It must be associative, and leaves both as they were, since one of them may be part of several windows
 * @param options - all may be left out: `window` (default `global()`: one that closes when the source completes), `grace` (ms or a duration, default 0), `emit`
 *   (default `'onClose'`), `late` (default: dropped and counted), `clock` (default `'event'`), `scheduler`, `maxKeys` (1,000,000), `maxBytes` (256 MiB), `onFull`
 *   (default `'error'`); `ByKeyOptions` says more
 * @throws StreamError `INVALID_OPTION` at the call, for options that make no sense. In the error channel `NULL_KEY` for a record without a key, `CALLBACK_FAILED`, `STATE_FULL`, and `UNSUPPORTED` where
 *   windows could not be rebuilt after a crash, for results that are not final, and as `reduceByKey` says
 * @since 0.1.0
 * @example
 * ```ts
 * import { aggregateByKey, fromTopic, print, text, tumbling } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('visits', [{ key: 'ann', value: '/', timestamp: 1 }, { key: 'ann', value: '/docs', timestamp: 2 }, { key: 'ann', value: '/', timestamp: 3 }]);
 * fromTopic(kafka, 'visits', { key: text, value: text, until: 'latest' })
 *   .pipe(
 *     aggregateByKey(
 *       () => new Set<string>(),
 *       (pages, page) => pages.add(page),
 *       (a, b) => new Set([...a, ...b]),
 *       { window: tumbling('1m') },
 *     ),
 *     print({ format: (pages, { key }) => `${key} saw ${pages.size} pages` }),
 *   )
 *   .subscribe();
 * ```
 */
export function aggregateByKey<R extends StreamRecord, S, L extends 'emit' | undefined = undefined>(
  seed: () => S,
  fold: (state: S, value: R['value'], record: R) => S,
  merge: (a: S, b: S) => S,
  options: ByKeyOptions<R, L> = {},
): OperatorFunction<R & KeyedRecord, WindowedRecord<R['key'], S> | Emitted<R, L>> {
  const foldRecord = (state: S, record: R): S => fold(state, record.value, record);
  const folding: Folding<R, S> = { first: (record) => foldRecord(seed(), record), fold: foldRecord, merge };
  return windowed({ name: 'aggregateByKey', by: 'key', folding }, options);
}
