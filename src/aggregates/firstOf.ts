import type { Aggregate } from './aggregate';
import { edgeOf } from './edgeOf';
import { byPosition } from './position';

/**
 * Something of the value that came first, by timestamp, then place: of equal timestamps the lower partition, then the lower offset; of several values made from
 * one record the first. Not the one that arrived first, which would depend on the speed of partitions, as `first` of Spark does.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { firstOf } from 'millrace';
 *
 * const summary = { opening: firstOf((trade: { price: number }) => trade.price) }; // for summarizeByKey
 * ```
 */
export function firstOf<V, T>(of: (value: V) => T): Aggregate<V, T> {
  return edgeOf(of, (position, than) => byPosition(position, than) < 0);
}
