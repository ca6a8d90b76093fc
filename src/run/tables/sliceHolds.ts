import type { TimeWindow } from '../../records';
import { Part, SliceQueue } from '../../time/sliceQueue';
import { Holds, type Origin, type ResultOrigin } from '../holds';
import type { SliceBucket } from './sliceBuckets';

/** What the buckets of slices hold: each until the last window that has it is taken out. */
export class SliceHolds {
  readonly #queue: SliceQueue<Holds>;
  /** What all of them hold, queued or not; undefined after some have left. */
  #all: Holds | undefined;
  /** Results of an earlier operator, by the end of the last window they are in. */
  readonly #sources = new Map<number, Map<ResultOrigin, number>>();

  constructor(
    private readonly slots: number,
    /** Those that are not queued, since no window they count in was taken out. */
    private readonly buckets: Iterable<SliceBucket>,
  ) {
    this.#queue = new SliceQueue((a, b) => this.#covering(a, b));
  }

  #covering(...parts: readonly Holds[]): Holds {
    const covering = new Holds(this.slots);
    for (const part of parts) covering.cover(part);
    return covering;
  }

  /** A record went into a bucket. */
  take(bucket: SliceBucket, origin: Origin): void {
    bucket.holds.take(origin);
    if (origin.kind === 'record') this.#all?.take(origin);
  }

  /** The first window of a bucket is being taken out. */
  add({ slice, lastEnd, holds }: SliceBucket): void {
    this.#queue.add(new Part(slice, undefined, 0, holds));
    if (holds.sources.size === 0) return;
    const sources = this.#sources.get(lastEnd) ?? new Map<ResultOrigin, number>();
    this.#sources.set(lastEnd, sources);
    for (const [source, count] of holds.sources) sources.set(source, (sources.get(source) ?? 0) + count);
  }

  /** Whether no window that is open has queued slices. */
  get empty(): boolean {
    return this.#queue.length === 0;
  }

  /** What a window holds that is being taken out, and the results that are in no later one. */
  of(window: TimeWindow): Holds {
    const holds = this.#covering(this.#queue.merged());
    for (const [source, count] of this.#sources.get(window.end) ?? []) holds.sources.set(source, count);
    return holds;
  }

  /** A window was taken out; the next one starts at `nextStart`. */
  leave(window: TimeWindow, nextStart: number): void {
    this.#queue.leave(nextStart);
    this.#sources.delete(window.end);
    this.#all = undefined;
  }

  /** The slice that holds the smallest offset of a partition. */
  sliceOf(slot: number): { readonly start: number } | undefined {
    let oldest: { readonly start: number } | undefined;
    let offset = Infinity;
    const consider = (slice: { readonly start: number }, holds: Holds) => {
      if (holds.offsetOf(slot) >= offset) return;
      oldest = slice;
      offset = holds.offsetOf(slot);
    };
    for (const { slice, state } of this.#queue.parts()) consider(slice, state);
    for (const { slice, holds } of this.buckets) consider(slice, holds);
    return oldest;
  }

  /** What open windows hold. */
  get all(): Holds {
    if (this.#all) return this.#all;
    const all = this.empty ? this.#covering() : this.#covering(this.#queue.merged());
    for (const { holds } of this.buckets) all.cover(holds);
    return (this.#all = all);
  }
}
