import type { OperatorFunction } from 'rxjs';
import type { Aggregate } from '../aggregates/aggregate';
import type { Position } from '../aggregates/position';
import { summaryOf } from '../aggregates/summaryOf';
import type { StreamRecord, WindowedRecord } from '../records';
import { shareOf } from '../run/share';
import type { Folding } from '../time/folding';
import { type Emitted, type KeyedRecord, windowed } from './windowed';
import type { ByKeyOptions } from './windowOptions';

/**
 * Several aggregates of the values of each key and window at once, as one object, given when the window closes; earlier too, if `emit` says so.
 *
 * When windows close, what is late, and what it does to offsets is said at `reduceByKey`; memory is that of all the aggregates for each key of each open window
 * and partition, or, where windows overlap, of each of their slices.
 *
 * @param aggregates - by the name that each has in the result: `sumOf`, `topK`, … or one of your own, made by `aggregate`. A throw is `CALLBACK_FAILED`
 * @param options - all may be left out: `window` (default `global()`: one that closes when the source completes), `grace` (ms or a duration, default 0), `emit`
 *   (default `'onClose'`), `late` (default: dropped and counted), `clock` (default `'event'`), `scheduler`, `maxKeys` (1,000,000), `maxBytes` (256 MiB), `onFull`
 *   (default `'error'`); `ByKeyOptions` says more
 * @throws StreamError `INVALID_OPTION` at the call, for options that make no sense. In the error channel `NULL_KEY` for a record without a key, `CALLBACK_FAILED`, `STATE_FULL`, and `UNSUPPORTED` where
 *   windows could not be rebuilt after a crash, for results that are not final, and as `reduceByKey` says
 * @since 0.1.0
 * @example
 * ```ts
 * import { countOf, fromTopic, json, maxOf, print, summarizeByKey, sumOf, text, tumbling } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('orders', [{ key: 'ann', value: '{"amount":3}', timestamp: 1 }, { key: 'ann', value: '{"amount":4}', timestamp: 2 }]);
 * fromTopic(kafka, 'orders', { key: text, value: json<{ amount: number }>(), until: 'latest' })
 *   .pipe(
 *     summarizeByKey(
 *       { orders: countOf(), total: sumOf(({ amount }) => amount), largest: maxOf(({ amount }) => amount) },
 *       { window: tumbling('1h') },
 *     ),
 *     print(),
 *   )
 *   .subscribe();
 * ```
 */
export function summarizeByKey<R extends StreamRecord, A extends object, L extends 'emit' | undefined = undefined>(
  aggregates: { readonly [N in keyof A]: Aggregate<R['value'], A[N]> },
  options: ByKeyOptions<R, L> = {},
): OperatorFunction<R & KeyedRecord, WindowedRecord<R['key'], A> | Emitted<R, L>> {
  const { seed, fold, merge, result } = summaryOf(aggregates)['~aggregate'];
  // Results of a window come in one order, whatever the interleaving, so their rank is a place as good as an offset.
  let rank = 0;
  const foldRecord = (state: unknown, record: R): unknown => {
    const { timestamp, value } = record;
    const offset = 'offset' in record ? (record.offset as number) : rank++;
    const position: Position = { timestamp, slot: shareOf(record, 'summarizeByKey').root.slot, offset };
    return fold(state, value, position);
  };
  const folding: Folding<R> = { first: (record) => foldRecord(seed(), record), fold: foldRecord, merge };
  return windowed({ name: 'summarizeByKey', by: 'key', folding, resultOf: result }, options);
}
