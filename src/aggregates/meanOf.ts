import { type Aggregate, aggregateOf } from './aggregate';
import { addTo, emptySum, mergedSum, totalOf } from './exactSum';
import { numberOf } from './numberOf';

/**
 * The mean of a number of each value. Its state is the sum, exact as that of `sumOf`, and the count: means of means would give a partition with few records
 * the weight of one with many. `NaN` and `Infinity` as for `sumOf`.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { meanOf } from 'millrace';
 *
 * const summary = { mean: meanOf((order: { amount: number }) => order.amount) }; // for summarizeByKey
 * ```
 */
export function meanOf<V>(of: (value: V) => number): Aggregate<V, number> {
  return aggregateOf(
    () => ({ sum: emptySum(), count: 0 }),
    (state, value: V) => {
      addTo(state.sum, numberOf('meanOf', of, value));
      state.count++;
      return state;
    },
    (a, b) => ({ sum: mergedSum(a.sum, b.sum), count: a.count + b.count }),
    ({ sum, count }) => totalOf(sum) / count,
  );
}
