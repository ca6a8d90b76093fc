import type { Aggregate } from './aggregate';
import { edgeOf } from './edgeOf';
import { byPosition } from './position';

/**
 * Something of the value that came last, by timestamp, then place: of equal timestamps the higher partition, then the higher offset; of several values made
 * from one record the last. Not the one that arrived last, which would depend on the speed of partitions.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { lastOf } from 'millrace';
 *
 * const summary = { closing: lastOf((trade: { price: number }) => trade.price) }; // for summarizeByKey
 * ```
 */
export function lastOf<V, T>(of: (value: V) => T): Aggregate<V, T> {
  return edgeOf(of, (position, than) => byPosition(position, than) >= 0);
}
