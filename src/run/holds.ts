/** Where something that is folded comes from: a record that was delivered, or the result of an earlier operator. */
export interface Origin {
  readonly kind: 'record' | 'window';
  /** The number of its partition among those of its task; 0 for a result. */
  readonly slot: number;
  /** Infinity for a result, which holds no offset of its own. */
  readonly offset: number;
  /** The watermark of its partition as it was before it, ms; -Infinity for a result, which is never late. */
  readonly stamp: number;
}

/**
 * What a window, or a part of one, is made of, and so keeps from being committed: per partition the smallest offset that was folded into it, with the stamp of
 * that record, and the results of an earlier operator.
 */
export class Holds {
  /** How many results of each window of the former operator. */
  readonly sources = new Map<Origin, number>();
  readonly #offsets: number[];
  readonly #stamps: number[];

  constructor(slots: number) {
    this.#offsets = new Array<number>(slots).fill(Infinity);
    this.#stamps = new Array<number>(slots).fill(-Infinity);
  }

  take(origin: Origin): void {
    if (origin.kind === 'window') this.sources.set(origin, (this.sources.get(origin) ?? 0) + 1);
    else this.#hold(origin.slot, origin.offset, origin.stamp);
  }

  /** Holds what `other` holds; its sources stay where they are. */
  cover(other: Holds): void {
    other.#offsets.forEach((offset, slot) => this.#hold(slot, offset, other.stampOf(slot)));
  }

  #hold(slot: number, offset: number, stamp: number): void {
    if (offset >= (this.#offsets[slot] ?? Infinity)) return;
    this.#offsets[slot] = offset;
    this.#stamps[slot] = stamp;
  }

  offsetOf(slot: number): number {
    return this.#offsets[slot] ?? Infinity;
  }

  stampOf(slot: number): number {
    return this.#stamps[slot] ?? -Infinity;
  }
}
