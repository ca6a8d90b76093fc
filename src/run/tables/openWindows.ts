import type { TimeWindow } from '../../records';

/** Windows by their edges; several may begin at the same time. */
export class OpenWindows<W extends TimeWindow> implements Iterable<W> {
  readonly #byStart = new Map<number, W[]>();

  get({ start, end }: TimeWindow): W | undefined {
    return this.#byStart.get(start)?.find((window) => window.end === end);
  }

  add(window: W): void {
    const beside = this.#byStart.get(window.start);
    if (beside) beside.push(window);
    else this.#byStart.set(window.start, [window]);
  }

  delete(window: W): void {
    const left = this.#byStart.get(window.start)?.filter((other) => other !== window) ?? [];
    if (left.length > 0) this.#byStart.set(window.start, left);
    else this.#byStart.delete(window.start);
  }

  *[Symbol.iterator](): Iterator<W> {
    for (const windows of this.#byStart.values()) yield* windows;
  }
}
