interface Mark {
  readonly position: number;
  /** ms */
  readonly at: number;
}

const mostMarks = 64;
const firstSpacing = 1_000;

/**
 * When a partition was read past which offset, in so few marks that it is known to a tenth: so for how long a record has been in hand.
 *
 * It is never taken to have been for longer than it was.
 */
export class PassedOffsets {
  #marks: Mark[] = [];
  /** Between two marks at least, ms: twice as long whenever there are too many. */
  #spacing = firstSpacing;

  /** The partition has been read up to `position`. */
  note(position: number, now: number): void {
    const last = this.#marks.at(-1);
    if (last && (position <= last.position || now - last.at < this.#spacing)) return;
    this.#marks.push({ position, at: now });
    if (this.#marks.length < mostMarks) return;
    this.#marks = this.#marks.filter((_, index) => index % 2 === 0); // a record is younger by a later mark, never older
    this.#spacing *= 2;
  }

  /** When the record at `offset` had been read, at the latest, ms; undefined if it is not known. Records before it are not asked for any more. */
  when(offset: number): number | undefined {
    const first = this.#marks.findIndex(({ position }) => position > offset);
    if (first < 0) this.#marks = [];
    else if (first > 0) this.#marks = this.#marks.slice(first);
    if (this.#marks.length <= 1) this.#spacing = firstSpacing;
    return this.#marks[0]?.at;
  }
}
