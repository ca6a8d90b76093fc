import { type Aggregate, aggregateOf } from './aggregate';

/**
 * How many.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { countOf } from 'millrace';
 *
 * const summary = { orders: countOf() }; // for summarizeByKey
 * ```
 */
export function countOf(): Aggregate<unknown, number> {
  return aggregateOf(
    () => 0,
    (count) => count + 1,
    (a, b) => a + b,
    (count) => count,
  );
}
