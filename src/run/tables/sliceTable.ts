import type { TimeWindow } from '../../records';
import type { HoppingWindow } from '../../time/hopping';
import { keyIdentity } from '../../time/keyIdentity';
import { endsOfSlice, sliceOf } from '../../time/slices';
import { RunningSliceQueue } from '../../time/runningSliceQueue';
import { Part, SliceQueue } from '../../time/sliceQueue';
import type { Origin } from '../holds';
import { type SliceBucket, SliceBuckets, type SlicePlace } from './sliceBuckets';
import { SliceHolds } from './sliceHolds';
import { SliceKeys } from './sliceKeys';
import type { Changed, DueWindow, Holder, Miss, Result, TableOptions, WindowTable } from './windowTable';

/**
 * Hopping windows that share slices: a record is folded once, into the bucket of its slice, and each window is merged from its slices.
 *
 * What a record counts in is settled when it comes, by its stamp. One that is late for some windows goes into a bucket of its slice that is in the later ones
 * only. When the first window of a bucket is taken out every partition's watermark has passed it, so no record is still to come for the bucket: its parts
 * enter the queues of their keys, where windows find them until the last one is out.
 *
 * Values are merged slice by slice in order of time, within a slice in order of offset, and then in order of partition. So it is for folds that do not ask for
 * the order of offsets. With `inverse` of the folding, what leaves a window is taken out of a running value.
 */
export class SliceTable implements WindowTable {
  readonly #buckets: SliceBuckets;
  readonly #keys: SliceKeys;
  readonly #holds: SliceHolds;
  /** End of the last window that was taken out. */
  #taken = -Infinity;
  /** End of the last window that has queued slices. */
  #lastQueued = -Infinity;
  #reading = false;
  /** How many parts are in buckets. */
  #inBuckets = 0;
  #arrivals = 0;
  lastEnd = -Infinity;

  constructor(
    private readonly shape: HoppingWindow,
    private readonly options: TableOptions,
  ) {
    const { folding, grace, slots } = options;
    const merge = (a: unknown, b: unknown) => folding.merge(a, b);
    const inverse = folding.inverse?.bind(folding);
    this.#buckets = new SliceBuckets(shape, grace, slots);
    this.#keys = new SliceKeys(() => (inverse ? new RunningSliceQueue(merge, inverse) : new SliceQueue(merge)), merge);
    this.#holds = new SliceHolds(slots, this.#buckets);
  }

  add(origin: Origin, timestamp: number, key: unknown, record: unknown, changed?: Changed): Miss | undefined {
    if (changed) throw new Error(`${this.options.name}: windows that share slices do not say what a record changed`);
    const bucket = this.#buckets.find(timestamp, origin.stamp);
    if (!bucket) return this.#addFirst(origin, timestamp, key, record);
    this.#fold(bucket, origin, key, record);
    return bucket.onTime ? undefined : this.#miss('late in some windows', bucket.closedEnd, origin);
  }

  /** A record that has no bucket yet. */
  #addFirst(origin: Origin, timestamp: number, key: unknown, record: unknown): Miss | undefined {
    const place = this.#buckets.placeOf(timestamp, origin.stamp);
    if (place.open > place.last) return this.#miss('late', place.last, origin);
    if (!this.options.isOut(place.last)) this.#fold(this.#open(place), origin, key, record);
    return place.open === place.first ? undefined : this.#miss('late in some windows', place.open - this.shape.every, origin);
  }

  #open(place: SlicePlace): SliceBucket {
    if (place.open <= this.#taken) {
      const { start, end } = this.#windowTo(place.open);
      throw new Error(`${this.options.name}: a record was folded into the closed window [${start}, ${end})`);
    }
    this.lastEnd = Math.max(this.lastEnd, place.last);
    let firstEnd = place.open;
    while (this.options.isOut(firstEnd)) firstEnd += this.shape.every;
    return this.#buckets.open(place, firstEnd);
  }

  #miss(how: 'late' | 'late in some windows', end: number, { stamp }: Origin): Miss {
    return { how, window: this.#windowTo(end), by: stamp - (end + this.options.grace) };
  }

  #fold(bucket: SliceBucket, origin: Origin, key: unknown, record: unknown): void {
    const { folding } = this.options;
    this.#holds.take(bucket, origin);
    const parts = (bucket.parts[origin.slot] ??= new Map<unknown, Part<unknown>>());
    const identity = keyIdentity(key);
    const part = parts.get(identity);
    if (part) {
      part.state = folding.fold(part.state, record);
      return;
    }
    parts.set(identity, new Part(bucket.slice, key, this.#arrivals++, folding.first(record)));
    this.#inBuckets++;
  }

  #windowTo(end: number): TimeWindow {
    return { start: end - this.shape.size, end };
  }

  get firstEnd(): number {
    return Math.min(this.#holds.empty ? Infinity : this.#taken + this.shape.every, this.#buckets.firstEnd);
  }

  lastEndBy(limit: number): number | undefined {
    const { size, every, offset } = this.shape;
    const end = Math.floor((limit - offset - size) / every) * every + offset + size;
    let last = Math.min(end, this.#lastQueued);
    for (const { firstEnd, lastEnd } of this.#buckets) if (firstEnd <= end) last = Math.max(last, Math.min(end, lastEnd));
    return last <= this.#taken ? undefined : last;
  }

  takeFirst(through: number): DueWindow | undefined {
    if (this.#reading) throw new Error(`${this.options.name}: a window was taken out before the results of the last one had been read`);
    const end = this.firstEnd;
    if (end > through || end === Infinity) return undefined;
    this.#queue(end);
    const window = this.#windowTo(end);
    const nextStart = window.start + this.shape.every;
    const due = this.#due(window, nextStart);
    this.#taken = end;
    this.#holds.leave(window, nextStart);
    if (this.firstEnd === Infinity) this.lastEnd = this.#lastQueued = -Infinity;
    return due;
  }

  /** What the buckets hold that have their first window now is fixed. */
  #queue(end: number): void {
    for (const bucket of this.#buckets.take(end)) {
      bucket.parts.forEach((parts, slot) => {
        if (!parts) return;
        this.#keys.add(slot, parts);
        this.#inBuckets -= parts.size;
      });
      this.#holds.add(bucket);
      this.#lastQueued = Math.max(this.#lastQueued, bucket.lastEnd);
    }
  }

  #due(window: TimeWindow, nextStart: number): DueWindow {
    this.#reading = true;
    this.#keys.order();
    return { ...window, holds: this.#holds.of(window), results: this.#results(window, nextStart), keys: this.#keys.keys() };
  }

  *#results(window: TimeWindow, nextStart: number): Generator<Result, void, void> {
    yield* this.#keys.results(window, nextStart);
    this.#reading = false;
  }

  holdOf(slot: number): number {
    return this.#holds.all.offsetOf(slot);
  }

  stampOf(slot: number): number {
    return this.#holds.all.stampOf(slot);
  }

  holderOf(slot: number): Holder | undefined {
    const oldest = this.#holds.sliceOf(slot);
    return oldest && { window: this.#windowTo(endsOfSlice(this.shape, sliceOf(this.shape, oldest.start)).last) };
  }

  get size(): number {
    return this.#inBuckets + this.#keys.size;
  }

  *states(): Iterable<unknown> {
    yield* this.#keys.states();
    for (const { parts } of this.#buckets) for (const ofSlot of parts) for (const { state } of ofSlot?.values() ?? []) yield state;
  }

  hasKey(identity: unknown, { start, end }: TimeWindow): boolean {
    if (end <= this.#taken) return false;
    if (this.#keys.has(identity, start)) return true;
    for (const { slice, firstEnd, parts } of this.#buckets)
      if (firstEnd <= end && slice.start >= start && parts.some((ofSlot) => ofSlot?.has(identity))) return true;
    return false;
  }
}
