/** How values become a state. */
export interface Folding<in V, S> {
  /** The state of one value. */
  readonly first: (value: V) => S;
  /** May change `state` in place: only its owner folds into it. */
  readonly fold: (state: S, value: V) => S;
  /** Leaves both as they were, since one partial may be part of several windows. May give one of them back. */
  readonly merge: (a: S, b: S) => S;
}
