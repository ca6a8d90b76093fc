import type { TimeWindow } from '../../records';
import type { HoppingWindow } from '../../time/hopping';
import { endsOfSlice, sliceOf } from '../../time/slices';
import type { Part } from '../../time/sliceQueue';
import { Holds } from '../holds';

/** The records of one slice that count in the same windows: all but those that had closed when they came. */
export interface SliceBucket {
  readonly slice: TimeWindow;
  /** End of the first window they count in that is to be given. */
  readonly firstEnd: number;
  /** End of the last window of their slice. */
  readonly lastEnd: number;
  /** Whether their stamps have closed no window of the slice. */
  readonly onTime: boolean;
  /** If they have: end of the last window that is closed to them. */
  readonly closedEnd: number;
  /** Stamps that put a record here: not less than `from`, less than `until`. */
  readonly from: number;
  readonly until: number;
  /** Per partition, by the identity of keys. */
  readonly parts: (Map<unknown, Part<unknown>> | undefined)[];
  readonly holds: Holds;
}

/** A place that a record would have, were it not late for it. */
export interface SlicePlace {
  readonly slice: TimeWindow;
  /** Ends of the first and the last window of the slice. */
  readonly first: number;
  readonly last: number;
  /** End of the first window that is open by the record's stamp, which may be later than the last of the slice. */
  readonly open: number;
}

/** The buckets that records may still go into, as none of their windows is taken out. */
export class SliceBuckets {
  readonly #bySlice = new Map<number, SliceBucket[]>();
  readonly #byFirstEnd = new Map<number, SliceBucket[]>();
  #last: SliceBucket | undefined;
  /** The first end of a window that has one of them; Infinity if there is none. */
  firstEnd = Infinity;

  constructor(
    private readonly shape: HoppingWindow,
    private readonly grace: number,
    private readonly slots: number,
  ) {}

  /** The bucket for a record, if it is there: mostly that of the record before. */
  find(timestamp: number, stamp: number): SliceBucket | undefined {
    const last = this.#last;
    if (last && timestamp >= last.slice.start && timestamp < last.slice.end && stamp >= last.from && stamp < last.until) return last;
    const { start } = sliceOf(this.shape, timestamp);
    const found = this.#bySlice.get(start)?.find(({ from, until }) => stamp >= from && stamp < until);
    if (found) this.#last = found;
    return found;
  }

  placeOf(timestamp: number, stamp: number): SlicePlace {
    const { shape, grace } = this;
    const slice = sliceOf(shape, timestamp);
    const { first, last } = endsOfSlice(shape, slice);
    const behind = stamp - (first + grace);
    return { slice, first, last, open: behind < 0 ? first : first + (Math.floor(behind / shape.every) + 1) * shape.every };
  }

  /** Opens the bucket of a place; windows that end before `firstEnd` are not to be given. */
  open({ slice, first, last, open }: SlicePlace, firstEnd = open): SliceBucket {
    const until = open + this.grace;
    const onTime = open === first;
    const bucket: SliceBucket = {
      slice,
      firstEnd,
      lastEnd: last,
      onTime,
      closedEnd: open - this.shape.every,
      from: onTime ? -Infinity : until - this.shape.every,
      until,
      parts: [],
      holds: new Holds(this.slots),
    };
    append(this.#bySlice, slice.start, bucket);
    append(this.#byFirstEnd, firstEnd, bucket);
    this.firstEnd = Math.min(this.firstEnd, firstEnd);
    return (this.#last = bucket);
  }

  /** Takes out the buckets whose first window ends at `end`, in order of time. */
  take(end: number): readonly SliceBucket[] {
    const taken = this.#byFirstEnd.get(end);
    if (!taken) return [];
    this.#byFirstEnd.delete(end);
    for (const bucket of taken) {
      const { start } = bucket.slice;
      const left = this.#bySlice.get(start)?.filter((other) => other !== bucket) ?? [];
      if (left.length > 0) this.#bySlice.set(start, left);
      else this.#bySlice.delete(start);
    }
    this.#last = undefined;
    this.firstEnd = this.#nextEnd(end + this.shape.every);
    return taken.sort((a, b) => a.slice.start - b.slice.start);
  }

  #nextEnd(likely: number): number {
    if (this.#byFirstEnd.has(likely)) return likely;
    let next = Infinity;
    for (const end of this.#byFirstEnd.keys()) next = Math.min(next, end);
    return next;
  }

  *[Symbol.iterator](): Generator<SliceBucket, void, void> {
    for (const buckets of this.#bySlice.values()) yield* buckets;
  }
}

function append(map: Map<number, SliceBucket[]>, at: number, bucket: SliceBucket): void {
  const beside = map.get(at);
  if (beside) beside.push(bucket);
  else map.set(at, [bucket]);
}
