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
 * Combines the values of each key and window, and gives the result when the window closes.
 *
 * A window `[start, end)` closes when the watermark has reached `end + grace`: by later records, or, when the topic goes quiet, by the clock (L6). A record that
 * comes after its window has closed, judged by the watermark of its own partition, is late: it is dropped and counted.
 *
 * Records are absorbed: their credit goes back at once, and the window holds the smallest offset folded into it. Nothing is lost in a crash: the input of open
 * windows is read again, and each window gives its one right result (at least once). Memory is one value for each key of each open window and partition. While
 * the results of a closed window wait for the sink, its partitions wait too.
 *
 * Hopping windows that overlap share slices of time, one or two in each `every`: a record is combined once, into its slice, and a slice costs three calls of
 * `reduce`, or one and one of `inverse`, however many windows it is in. Memory is then three values at most for each key of each slice and partition that has
 * records. With early results (`emit`, or `onFull: 'emitEarly'`) each window has values of its own, so there time and memory grow with `size / every`.
 *
 * Keys that come straight from a topic are taken to live in one partition each. One that is in the same window of two is an error, `UNSUPPORTED`, that names
 * `keyBy`, after which windows merge over partitions.
 *
 * @param reduce - combines two values of a key; it must be associative. Within a partition it is called in offset order; where windows overlap so it is within
 *   a slice, and slices are combined in order of time. Across partitions partial results are combined in partition order, so after `keyBy`, or where records of
 *   overlapping windows are out of order, it must be commutative too. It must leave both as they were: a value may count in several windows. A throw is
 *   `CALLBACK_FAILED`
 * @param options - `window` (required), `grace` (ms or a duration, default 0), `emit` (`'onClose'`)
 * @throws StreamError `INVALID_OPTION` for a bad window, grace or emit; in the error channel `NULL_KEY`, and `UNSUPPORTED` where the source cannot be known at subscription
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
