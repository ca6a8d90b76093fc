import type { Folding } from '../../src/time/folding';

/** A folding whose values and states are of one kind. */
export function reducing<V>(reduce: (a: V, b: V) => V): Folding<V, V> {
  return { first: (value) => value, fold: reduce, merge: reduce };
}
