/** How the elements of a key become one state. It is pure: after a crash it is done again. */
export interface Fold<E = unknown, S = unknown> {
  /** The state after the first element. */
  first(element: E): S;
  /** The state after one more. It may change `state` and give it back: nobody else has it. */
  add(state: S, element: E): S;
  /** The state of both: of two partitions, the lower one first. It may change `a` and give it back. */
  merge(a: S, b: S): S;
}
