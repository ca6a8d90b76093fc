import type { Aggregate } from './aggregate';
import { extremeOf, type Ordered } from './extremeOf';

/**
 * The smallest of something of each value, by `<`: numbers by size, strings by code unit (not by any language's alphabet). A `NaN` among numbers gives `NaN`,
 * as for `Math.min`; Spark takes NaN for the largest number of all. Values of different types are an error.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { minOf } from 'millrace';
 *
 * const summary = { smallest: minOf((order: { amount: number }) => order.amount) }; // for summarizeByKey
 * ```
 */
export function minOf<V, T extends Ordered>(of: (value: V) => T): Aggregate<V, T> {
  return extremeOf('minOf', of, Math.min, (a, b) => a < b);
}
