import type { HeldWindow } from './heldWindow';

/** The open windows of an operator, by their edges; several may begin at the same time. */
export class OpenWindows implements Iterable<HeldWindow> {
  readonly #byStart = new Map<number, HeldWindow[]>();

  get(start: number, end: number): HeldWindow | undefined {
    return this.#byStart.get(start)?.find((window) => window.end === end);
  }

  add(window: HeldWindow): void {
    const beside = this.#byStart.get(window.start);
    if (beside) beside.push(window);
    else this.#byStart.set(window.start, [window]);
  }

  delete(window: HeldWindow): void {
    const left = this.#byStart.get(window.start)?.filter((other) => other !== window) ?? [];
    if (left.length > 0) this.#byStart.set(window.start, left);
    else this.#byStart.delete(window.start);
  }

  *[Symbol.iterator](): Iterator<HeldWindow> {
    for (const windows of this.#byStart.values()) yield* windows;
  }
}
