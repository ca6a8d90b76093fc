/** Something that is due at a time. */
export interface Timer {
  /** ms */
  readonly due: number;
  /** Of two that are due at the same time, the one with the smaller number comes first. */
  readonly order: number;
  /** Nothing is to be done any more. */
  readonly cancelled: boolean;
}

/** Timers, the next one first: a binary heap. What was cancelled stays in it until its time, and is passed over then. */
export class TimerQueue<T extends Timer> {
  readonly #heap: T[] = [];

  /** Those that are waiting, in order. */
  get waiting(): T[] {
    return this.#heap.filter(({ cancelled }) => !cancelled).sort((a, b) => (before(a, b) ? -1 : 1));
  }

  get next(): T | undefined {
    while (this.#heap[0]?.cancelled) this.#takeFirst();
    return this.#heap[0];
  }

  push(timer: T): void {
    const heap = this.#heap;
    let place = heap.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as T;
      if (!before(timer, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = timer;
  }

  shift(): T | undefined {
    const { next } = this;
    if (next) this.#takeFirst();
    return next;
  }

  /** The last one fills the gap, and sinks to where it belongs. */
  #takeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && before(heap[below + 1] as T, heap[below] as T)) below++;
      if (!before(heap[below] as T, last)) break;
      heap[place] = heap[below] as T;
      place = below;
    }
    heap[place] = last;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
