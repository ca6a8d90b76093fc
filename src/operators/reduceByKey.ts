import type { OperatorFunction } from 'rxjs';
import type { StreamRecord, WindowedRecord } from '../records';
import type { Folding } from '../time/folding';
import { type Emitted, type KeyedRecord, windowed } from './windowed';
import type { ByKeyOptions } from './windowOptions';

/** Options of `reduceByKey`. */
export interface ReduceByKeyOptions<R extends StreamRecord = StreamRecord, L extends 'emit' | undefined = undefined> extends ByKeyOptions<
  R,
  L
> {
  /**
   * Takes a value out of a reduced one, as `(sum, leaving) => sum - leaving` does: hopping windows are then updated by what enters and what leaves, instead of
   * merged. It is only asked for what is oldest in the reduced value, and leaves both as they were. A key is dropped when no record of it is left in the
   * window, whatever its value is. Sums of fractions may come out with other roundings. Not used where results are given early. Default: none.
   */
  readonly inverse?: ((reduced: R['value'], leaving: R['value']) => R['value']) | undefined;
}

/**
 * Combines the values of each key and window, and gives the result when the window closes; earlier too, if `emit` says so.
 *
 * A window `[start, end)` closes when the watermark has reached `end + grace`: by later records, or, when the topic goes quiet, by the clock (L6). A record that
 * comes after its window has closed, judged by the watermark of its own partition, is late: it is dropped and counted, or goes where `late` says. A result has
 * the timestamp `end - 1` (that of the newest record, where a window has no end), its window, and says whether it is `final`. Those of windows that close together
 * come by end, then start, then each key's first record.
 *
 * Records are absorbed: their credit goes back at once, and the window holds the smallest offset folded into it until its results are acked. Nothing is lost in
 * a crash: the input of open windows is read again, and each window gives its one right result (at least once). So a commit stays behind the oldest open window;
 * if that is further than `maxReplay` of the source, it is `REPLAY_TOO_LONG`. When the run is stopped, open windows give nothing, and stay held for the next one.
 * With another window, `grace` or `emit` a group that goes on fails with `WINDOWS_CHANGED`, unless `onChange` of the source says otherwise.
 *
 * Memory is one value for each key of each open window and partition, as far as `maxKeys` and `maxBytes` allow. While the results of a closed window wait for the
 * sink, its partitions wait too.
 *
 * Hopping windows that overlap share slices of time, one or two in each `every`: a record is combined once, into its slice, and a slice costs three calls of
 * `reduce`, or one and one of `inverse`, however many windows it is in. Memory is then three values at most for each key of each slice and partition that has
 * records. With early results (`emit`, or `onFull: 'emitEarly'`) each window has values of its own, so there time and memory grow with `size / every`.
 *
 * Keys that come straight from a topic are taken to live in one partition each. One that is in the same window of two is an error, `UNSUPPORTED`, that names
 * `keyBy`, after which windows merge over partitions, and one instance owns all of them.
 *
 * Without a window, and with `clock: 'processing'`, no watermark closes windows, so it need not be known when the source is subscribed: it works within
 * `windowTime`, `windowCount` or `groupBy` and `mergeMap`, where it reduces until that part completes. Nothing is lost there either: what went in is held until the
 * result is acked. But where such windows begin and end is not in the topic, so after a crash they fall otherwise; when the run is stopped they give nothing and
 * stay held; and one that is unsubscribed before it completes (by `switchMap` or `take`) keeps its records held for as long as the run lasts. They go over all
 * partitions that the instance reads; without `keyBy` each instance reduces what it reads itself.
 *
 * @param reduce - combines two values of a key; it must be associative. Within a partition it is called in offset order; where windows overlap so it is within
 *   a slice, and slices are combined in order of time. Across partitions partial results are combined in partition order, so after `keyBy`, or where records of
 *   overlapping windows are out of order, it must be commutative too. It must leave both as they were: a value may count in several windows. A throw is
 *   `CALLBACK_FAILED`
 * @param options - all may be left out: `window` (default `global()`: one that closes when the source completes), `grace` (ms or a duration, default 0), `emit`
 *   (default `'onClose'`), `late` (default: dropped and counted), `clock` (default `'event'`), `scheduler`, `maxKeys` (1,000,000), `maxBytes` (256 MiB), `onFull`
 *   (default `'error'`), `inverse` (default: none); `ByKeyOptions` says more
 * @throws StreamError `INVALID_OPTION` at the call, for options that make no sense. In the error channel: `NULL_KEY` for a record without a key; `CALLBACK_FAILED`;
 *   `STATE_FULL` at `maxKeys` or `maxBytes`; `UNSUPPORTED` where windows could not be rebuilt after a crash (the source is not known at subscription, or is two),
 *   for results that are not final, for sessions, sliding windows or windows of your own over the results of other windows, and for a key in two partitions
 * @since 0.1.0
 * @example
 * ```ts
 * import { fromTopic, int32, print, reduceByKey, text, tumbling } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * const amount = (n: number) => int32.encode(n) as Uint8Array;
 * kafka.append('orders', [{ key: 'ann', value: amount(3), timestamp: 1 }, { key: 'ann', value: amount(4), timestamp: 2 }]);
 * fromTopic(kafka, 'orders', { key: text, value: int32, until: 'latest' })
 *   .pipe(reduceByKey((a, b) => a + b, { window: tumbling('10s'), grace: '2s' }), print())
 *   .subscribe();
 * ```
 */
export function reduceByKey<R extends StreamRecord, L extends 'emit' | undefined = undefined>(
  reduce: (a: R['value'], b: R['value']) => R['value'],
  options: ReduceByKeyOptions<R, L> = {},
): OperatorFunction<R & KeyedRecord, WindowedRecord<R['key'], R['value']> | Emitted<R, L>> {
  const { inverse } = options;
  const folding: Folding<R, R['value']> = {
    first: ({ value }) => value,
    fold: (reduced, { value }) => reduce(reduced, value),
    merge: reduce,
    ...(inverse && { inverse }),
  };
  return windowed({ name: 'reduceByKey', by: 'key', folding }, options);
}
