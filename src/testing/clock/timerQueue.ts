import { Heap, type Placed } from '../../time/heap';

/** Something that is due at a time. */
export interface Timer extends Placed {
  /** ms */
  readonly due: number;
  /** Of two that are due at the same time, the one with the smaller number comes first. */
  readonly order: number;
  /** Nothing is to be done any more. */
  readonly cancelled: boolean;
}

/** Timers, the next one first. What was cancelled stays until its time, and is passed over then. */
export class TimerQueue<T extends Timer> {
  readonly #timers = new Heap<T>(isBefore);

  /** Those that are waiting, in order. */
  get waiting(): T[] {
    return [...this.#timers].filter(({ cancelled }) => !cancelled).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  get next(): T | undefined {
    while (this.#timers.first?.cancelled) this.#timers.shift();
    return this.#timers.first;
  }

  push(timer: T): void {
    this.#timers.push(timer);
  }

  shift(): T | undefined {
    const { next } = this;
    if (next) this.#timers.shift();
    return next;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
