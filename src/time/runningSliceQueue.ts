import { type Part, SliceQueue } from './sliceQueue';

/**
 * A queue of slices for what can be taken out again: it keeps one running value, merged with each part that enters and `inverse`d with each that leaves, so
 * nothing is merged twice.
 *
 * Where that would not do, because a part entered in the middle or nothing is left of what the value was made of, it is made anew from the two stacks. So
 * `inverse` only ever takes out what is oldest in the value, and `merge` need not be commutative. Floating-point sums may come out with other roundings.
 */
export class RunningSliceQueue<S> extends SliceQueue<S> {
  #running: S | undefined;
  /** How many parts are in it; 0 if it has to be made anew. */
  #covered = 0;
  readonly #entered: Part<S>[] = [];
  readonly #gone: Part<S>[] = [];

  /** Makes an empty queue. `inverse` gives what is left of `running` without `leaving`, and leaves both as they were. */
  constructor(
    merge: (a: S, b: S) => S,
    private readonly inverse: (running: S, leaving: S) => S,
  ) {
    super(merge);
  }

  override add(part: Part<S>): boolean {
    const newest = super.add(part);
    if (!newest) this.#covered = 0;
    else if (this.#covered > 0) this.#entered.push(part);
    return newest;
  }

  override leave(before: number): number {
    const count = super.leave(before, this.#gone);
    if (this.#gone.length >= this.#covered) this.#covered = 0;
    if (this.#covered === 0) this.#entered.length = this.#gone.length = 0;
    return count;
  }

  override merged(): S {
    const running = this.#covered > 0 ? this.#moved(this.#running as S) : super.merged();
    this.#entered.length = this.#gone.length = 0;
    this.#covered = this.length;
    return (this.#running = running);
  }

  #moved(running: S): S {
    for (const { state } of this.#gone) running = this.inverse(running, state);
    for (const { state } of this.#entered) running = this.merge(running, state);
    return running;
  }
}
