import type { Folding } from './folding';

/** What the records of one millisecond came to. */
export interface SlidingEntry<out S> {
  /** Their timestamp, whole ms. */
  readonly at: number;
  /** The last millisecond of the first window they count in: `at`, or later if they came late for that one. */
  readonly from: number;
  readonly state: S;
}

/**
 * What sliding windows of one key are made of, for one partition. Records of the same millisecond share their windows, so they are folded into one state.
 *
 * Time is whole milliseconds here, as it is in Kafka; a fraction is cut off. A window is known by its last millisecond `x` and covers `[x - span, x]`.
 */
export class SlidingSets<in V, S> {
  /** By `at`, then `from`. */
  readonly #entries: { at: number; from: number; state: S }[] = [];

  constructor(
    readonly span: number,
    private readonly folding: Folding<V, S>,
  ) {}

  /** What is held, in order of time. */
  get entries(): readonly SlidingEntry<S>[] {
    return this.#entries;
  }

  /**
   * Adds a record; `closedThrough` is the watermark it is judged by, less `grace`. A record that is late for its own window still counts in every open window
   * that covers it. Says in which of its windows it counts: if in none, it was not added.
   */
  add(timestamp: number, value: V, closedThrough = -Infinity): 'all' | 'some' | 'none' {
    const at = Math.floor(timestamp);
    // A window that ends with `x` is closed when x + 1, its end, is not after `closedThrough`.
    const from = Math.max(at, Math.floor(closedThrough));
    if (from > at + this.span) return 'none';
    const entries = this.#entries;
    let index = entries.length;
    for (
      let before = entries[index - 1];
      before && (before.at > at || (before.at === at && before.from > from));
      before = entries[index - 1]
    )
      index--;
    const same = entries[index - 1];
    if (same?.at === at && same.from === from) same.state = this.folding.fold(same.state, value);
    else entries.splice(index, 0, { at, from, state: this.folding.first(value) });
    return from > at ? 'some' : 'all';
  }

  /** Lets go of what no window has part in that ends after `through`, the window that starts just after a record included. */
  forget(through: number): void {
    const entries = this.#entries;
    let count = 0;
    for (let entry = entries[0]; entry && entry.at + this.span + 2 <= through; entry = entries[count]) count++;
    entries.splice(0, count);
  }
}
