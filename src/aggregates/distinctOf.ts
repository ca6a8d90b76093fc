import type { Key } from '../records';
import { keyIdentity } from '../time/keyIdentity';
import { type Aggregate, aggregateOf } from './aggregate';
import { byPosition, type Position } from './position';

interface Seen<T> {
  readonly value: T;
  readonly position: Position;
}

/**
 * The distinct ones of something of each value, compared by value as keys are (bytes by content, tuples and plain objects by structure), in order of first
 * appearance by timestamp, then place. Keeps every distinct one: for something with many, count it with a key of its own.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { distinctOf } from 'millrace';
 *
 * const summary = { regions: distinctOf((order: { region: string }) => order.region) }; // for summarizeByKey
 * ```
 */
export function distinctOf<V, T extends Key>(of: (value: V) => T): Aggregate<V, readonly T[]> {
  return aggregateOf<V, Map<unknown, Seen<T>>, readonly T[]>(
    () => new Map(),
    (all, value, position) => {
      const one = of(value);
      see(all, keyIdentity(one), { value: one, position });
      return all;
    },
    (a, b) => {
      const all = new Map(a);
      for (const [identity, seen] of b) see(all, identity, seen);
      return all;
    },
    (all) => [...all.values()].sort((a, b) => byPosition(a.position, b.position)).map(({ value }) => value),
  );
}

function see<T>(all: Map<unknown, Seen<T>>, identity: unknown, seen: Seen<T>): void {
  const before = all.get(identity);
  if (before && byPosition(seen.position, before.position) >= 0) return;
  all.delete(identity); // or it would stay in its old place among the values of one record, which only their order tells apart
  all.set(identity, seen);
}
