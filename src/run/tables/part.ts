import type { Holds, Origin, ResultOrigin } from '../holds';

/** What some records of one key and one partition came to, and what that holds: the smallest of their offsets, and results of an earlier operator. */
export class Part {
  /** The number of its partition. */
  readonly slot: number;
  offset: number;
  /** Of the record with that offset, ms. */
  stamp: number;
  #sources: Map<ResultOrigin, number> | undefined;

  constructor(
    public state: unknown,
    origin: Origin,
    /** When the first of them came: of several with one offset, or with none, it tells which is first. */
    public order: number,
  ) {
    this.slot = origin.slot;
    this.offset = origin.offset;
    this.stamp = origin.stamp;
    if (origin.kind === 'window') this.#absorb(origin);
  }

  /** Holds one more, which came last. */
  take(origin: Origin): void {
    if (origin.kind === 'window') this.#absorb(origin);
    else if (origin.offset < this.offset) {
      this.offset = origin.offset;
      this.stamp = origin.stamp;
    }
  }

  /** Holds what `other` does, which is of the same partition. */
  join(other: Part): void {
    if (other.isBefore(this)) {
      this.offset = other.offset;
      this.stamp = other.stamp;
      this.order = other.order;
    }
    if (other.#sources) for (const [source, count] of other.#sources) this.#addSource(source, count);
  }

  /** Whether its first record comes before that of `other`, in order of partition and offset. */
  isBefore(other: Part): boolean {
    if (this.slot !== other.slot) return this.slot < other.slot;
    return this.offset < other.offset || (this.offset === other.offset && this.order < other.order);
  }

  get hasSources(): boolean {
    return this.#sources !== undefined;
  }

  giveOffset(holds: Holds): void {
    holds.hold(this.slot, this.offset, this.stamp);
  }

  giveSources({ sources }: Holds): void {
    if (this.#sources) for (const [source, count] of this.#sources) sources.set(source, (sources.get(source) ?? 0) + count);
  }

  #absorb(source: ResultOrigin): void {
    source.absorb();
    this.#addSource(source, 1);
  }

  #addSource(source: ResultOrigin, count: number): void {
    this.#sources ??= new Map();
    this.#sources.set(source, (this.#sources.get(source) ?? 0) + count);
  }
}
