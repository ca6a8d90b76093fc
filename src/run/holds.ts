/** A record that is folded: where it comes from, and the watermark that it is judged by. */
export interface RecordOrigin {
  readonly kind: 'record';
  /** The number of its partition among those whose windows are one. */
  readonly slot: number;
  readonly offset: number;
  /** The watermark of its partition as it was before it, ms. */
  readonly stamp: number;
}

/** The result of an earlier operator that is folded: it holds no offset of its own, and is never late. */
export interface ResultOrigin {
  readonly kind: 'window';
  readonly slot: number;
  readonly offset: number;
  readonly stamp: number;
  /** It went into a window, and is released when that is: until then it counts as one share more. */
  absorb(): void;
  /** So many of those windows are released. */
  unabsorb(count: number): void;
}

/** Where something that is folded comes from. */
export type Origin = RecordOrigin | ResultOrigin;

/**
 * What a window, or a part of one, is made of, and so keeps from being committed: per partition the smallest offset that was folded into it, with the stamp of
 * that record, and the results of an earlier operator.
 */
export class Holds {
  /** How many results of each window of the former operator. */
  readonly sources = new Map<ResultOrigin, number>();
  readonly #offsets: number[];
  readonly #stamps: number[];

  constructor(slots: number) {
    this.#offsets = new Array<number>(slots).fill(Infinity);
    this.#stamps = new Array<number>(slots).fill(-Infinity);
  }

  take(origin: Origin): void {
    if (origin.kind === 'record') this.hold(origin.slot, origin.offset, origin.stamp);
    else {
      origin.absorb();
      this.sources.set(origin, (this.sources.get(origin) ?? 0) + 1);
    }
  }

  hold(slot: number, offset: number, stamp: number): void {
    if (offset >= (this.#offsets[slot] ?? Infinity)) return;
    this.#offsets[slot] = offset;
    this.#stamps[slot] = stamp;
  }

  /** Holds the offsets that `other` holds too; its sources stay with it. */
  cover(other: Holds): void {
    other.#offsets.forEach((offset, slot) => this.hold(slot, offset, other.stampOf(slot)));
  }

  offsetOf(slot: number): number {
    return this.#offsets[slot] ?? Infinity;
  }

  stampOf(slot: number): number {
    return this.#stamps[slot] ?? -Infinity;
  }
}
