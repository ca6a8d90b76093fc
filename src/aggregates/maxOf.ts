import type { Aggregate } from './aggregate';
import { extremeOf, type Ordered } from './extremeOf';

/**
 * The largest of something of each value, by `>`: numbers by size, strings by code unit (not by any language's alphabet). A `NaN` among numbers gives `NaN`,
 * as for `Math.max`; Spark takes NaN for the largest number of all. Values of different types are an error.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { maxOf } from 'millrace';
 *
 * const summary = { largest: maxOf((order: { amount: number }) => order.amount) }; // for summarizeByKey
 * ```
 */
export function maxOf<V, T extends Ordered>(of: (value: V) => T): Aggregate<V, T> {
  return extremeOf('maxOf', of, Math.max, (a, b) => a > b);
}
