import type { TimeWindow } from '../../records';
import type { Part, SliceQueue } from '../../time/sliceQueue';
import type { Result } from './windowTable';

/** The slices of one key, per partition. */
interface KeySlices {
  readonly identity: unknown;
  readonly queues: (SliceQueue<unknown> | undefined)[];
  /** Its first record in the window, in order of partition and offset: the number of the partition, and the part. */
  slot: number;
  first: Part<unknown>;
}

/** The slices of windows that are being taken out, per key: those that are fixed, since a window they count in was taken out, and lie in one that was not. */
export class SliceKeys {
  readonly #byIdentity = new Map<unknown, KeySlices>();
  /** As in the window before, so that it is nearly in order again. */
  #inOrder: KeySlices[] = [];
  /** How many parts. */
  size = 0;

  constructor(
    private readonly queue: () => SliceQueue<unknown>,
    private readonly merge: (a: unknown, b: unknown) => unknown,
  ) {}

  add(slot: number, parts: ReadonlyMap<unknown, Part<unknown>>): void {
    this.size += parts.size;
    for (const [identity, part] of parts) {
      let slices = this.#byIdentity.get(identity);
      if (!slices) {
        slices = { identity, queues: [], slot, first: part };
        this.#byIdentity.set(identity, slices);
        this.#inOrder.push(slices);
      }
      (slices.queues[slot] ??= this.queue()).add(part);
    }
  }

  /** Lets slices that start before a time leave. A key is dropped with its last slice, whatever its value is. */
  #leave(slices: KeySlices, before: number): void {
    let left = 0;
    for (const queue of slices.queues) {
      if (!queue) continue;
      this.size -= queue.leave(before);
      left += queue.length;
    }
    if (left === 0) this.#byIdentity.delete(slices.identity);
  }

  /** Puts the keys in order for a window, the slices before which have left. */
  order(): void {
    for (const slices of this.#inOrder) {
      slices.slot = slices.queues.findIndex((queue) => queue !== undefined && queue.length > 0);
      slices.first = slices.queues[slices.slot]?.earliest ?? slices.first;
    }
    this.#inOrder.sort((a, b) => a.slot - b.slot || a.first.arrival - b.first.arrival);
  }

  /** The results of that window, merged one by one. After each the slices of its key that start before a time leave. */
  *results(window: TimeWindow, before: number): Generator<Result, void, void> {
    for (const slices of this.#inOrder) {
      const { key } = slices.first;
      const value = this.#merged(slices);
      this.#leave(slices, before);
      yield { key, value, window };
    }
    this.#inOrder = this.#inOrder.filter(({ identity }) => this.#byIdentity.has(identity));
  }

  #merged({ slot, queues }: KeySlices): unknown {
    let merged: unknown;
    for (let at = slot; at < queues.length; at++) {
      const queue = queues[at];
      if (!queue || queue.length === 0) continue;
      const { merge } = this;
      merged = at === slot ? queue.merged() : merge(merged, queue.merged());
    }
    return merged;
  }

  /** The keys of that window, by what they are compared by, whether or not its results have been read. */
  keys(): Iterable<readonly [identity: unknown, key: unknown]> {
    const inOrder = this.#inOrder;
    return {
      *[Symbol.iterator]() {
        for (const { identity, first } of inOrder) yield [identity, first.key] as const;
      },
    };
  }

  *states(): Generator<unknown, void, void> {
    for (const { queues } of this.#byIdentity.values()) for (const queue of queues) if (queue) yield* queue.states();
  }

  /** Whether a key has a slice that starts at a time or later. */
  has(identity: unknown, start: number): boolean {
    return this.#byIdentity.get(identity)?.queues.some((queue) => queue !== undefined && queue.newest >= start) ?? false;
  }
}
