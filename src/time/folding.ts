/** How values become a state. It is pure: after a crash it is done again. */
export interface Folding<V = unknown, S = unknown> {
  /** The state of one value. */
  first(value: V): S;
  /** May change `state` in place: only its owner folds into it. */
  fold(state: S, value: V): S;
  /** Leaves both as they were, since one partial may be part of several windows. May give one of them back. */
  merge(a: S, b: S): S;
  /** Takes a state that was merged into `reduced` first, and so is the oldest in it, out again; leaves both as they were. Where it is given, windows that overlap are updated instead of merged. */
  inverse?(reduced: S, leaving: S): S;
}
