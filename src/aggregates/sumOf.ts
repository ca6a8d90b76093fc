import { type Aggregate, aggregateOf } from './aggregate';
import { addTo, emptySum, mergedSum, totalOf } from './exactSum';
import { numberOf } from './numberOf';

/**
 * The sum of a number of each value: the number nearest to the true sum, whatever the order and however it is split between partitions. `0.1` ten times is
 * `1`; Spark, Kafka Streams and Flink add with a rounding at each step, and their last digits depend on the order.
 *
 * A `NaN` among the numbers makes the sum `NaN`, as does `Infinity` with `-Infinity`; leave them out with `filterRecords` if they mean nothing. Anything but a
 * number is an error.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { sumOf } from 'millrace';
 *
 * const summary = { total: sumOf((order: { amount: number }) => order.amount) }; // for summarizeByKey
 * ```
 */
export function sumOf<V>(of: (value: V) => number): Aggregate<V, number> {
  return aggregateOf(
    emptySum,
    (sum, value: V) => {
      addTo(sum, numberOf('sumOf', of, value));
      return sum;
    },
    mergedSum,
    totalOf,
  );
}
