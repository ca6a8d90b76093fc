import type { Fold } from '../../src/time/fold';

/** A fold whose elements and states are of one kind. */
export function reducing<V>(reduce: (a: V, b: V) => V): Fold<V, V> {
  return { first: (value) => value, add: reduce, merge: reduce };
}
