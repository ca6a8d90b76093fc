import { StreamError } from '../errors';
import { type Aggregate, aggregateOf } from './aggregate';
import { numberOf } from './numberOf';
import { byPosition, type Position } from './position';

interface Scored<V> {
  readonly value: V;
  readonly score: number;
  readonly position: Position;
}

/**
 * The `n` values with the largest score, largest first. Of equal scores the one that came first by timestamp, then place, stands before the other, so the
 * list does not depend on the speed of partitions. A score of `NaN` stands behind every other. Keeps `n` values per key and window, no more.
 *
 * @param n - how many, a whole number, 1 or more
 * @param score - the number to rank by; a pure function
 * @throws StreamError `INVALID_OPTION` for an `n` that is not a whole number, or is less than 1
 * @since 0.1.0
 * @example
 * ```ts
 * import { topK } from 'millrace';
 *
 * const summary = { largest: topK(3, (order: { amount: number }) => order.amount) }; // for summarizeByKey
 * ```
 */
export function topK<V>(n: number, score: (value: V) => number): Aggregate<V, readonly V[]> {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new StreamError('INVALID_OPTION', `the number of values that topK keeps is ${String(n)}: it must be a whole number, 1 or more`);
  return aggregateOf<V, Scored<V>[], readonly V[]>(
    () => [],
    (best, value, position) => {
      insert(best, { value, score: numberOf('topK', score, value), position }, n);
      return best;
    },
    (a, b) => {
      const best = [...a];
      for (const scored of b) insert(best, scored, n);
      return best;
    },
    (best) => best.map(({ value }) => value),
  );
}

function insert<V>(best: Scored<V>[], scored: Scored<V>, n: number): void {
  let low = 0;
  for (let high = best.length; low < high;) {
    const middle = (low + high) >> 1;
    const other = best[middle];
    if (other && stands(other, scored) <= 0) low = middle + 1;
    else high = middle;
  }
  if (low >= n) return;
  best.splice(low, 0, scored);
  if (best.length > n) best.pop();
}

/** Less than 0 if `a` stands before `b`. */
function stands<V>(a: Scored<V>, b: Scored<V>): number {
  if (a.score > b.score) return -1;
  if (a.score < b.score) return 1;
  return Number(Number.isNaN(a.score)) - Number(Number.isNaN(b.score)) || byPosition(a.position, b.position);
}
