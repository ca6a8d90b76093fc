import type { Folding } from '../../time/folding';
import type { Origin } from '../holds';
import { Chain, type Link } from './chain';
import { Part } from './part';

/** What the records of one millisecond, one key and one partition came to. */
export class SlidingEntry extends Part implements Link<SlidingEntry> {
  before: SlidingEntry | undefined;
  next: SlidingEntry | undefined;
  /** Of it and those after it as far as the front goes, the one whose first record came first; undefined if it is not of the front. */
  firstFromHere: SlidingEntry | undefined;
  /** What it and those after it came to as far as the front goes, once that is known. */
  stateFromHere: unknown;

  constructor(
    /** Their timestamp, whole ms. */
    readonly at: number,
    /** The last millisecond of the first window they count in: `at`, or later if they came late for that one. */
    readonly from: number,
    state: unknown,
    origin: Origin,
    order: number,
  ) {
    super(state, origin, order);
  }
}

/**
 * What sliding windows of one key are made of, in one partition: records that no window has reached yet, and those of the window reached last.
 *
 * A window is known by its last millisecond `x` and covers `[x - span, x]`. As it moves on, entries come in at its end and go out at its start; merging all that
 * are in it each time would cost as much as there are. So they are two stacks, the front and the back: of the front each entry knows what it and those after it
 * came to, of the back the whole is kept. When the front has gone the back becomes the front. Each entry is merged twice, however many there are.
 */
export class SlidingSet implements Iterable<SlidingEntry> {
  /** By `from`, then `at`. */
  readonly #waiting = new Chain<SlidingEntry>();
  /** By `at`, then `from`. */
  readonly #inside = new Chain<SlidingEntry>();
  #frontEnd: SlidingEntry | undefined;
  /** From this one on the entries of the front know what they came to; once it has gone out, all that are left do. */
  #mergedFrom: SlidingEntry | undefined;
  #firstOfBack: SlidingEntry | undefined;
  #backState: unknown;
  /** The entry that the state of the back goes up to. */
  #mergedTo: SlidingEntry | undefined;

  constructor(private readonly span: number) {}

  /** Those that windows still to be given have part in, and those that the next is without. */
  *[Symbol.iterator](): Generator<SlidingEntry, void, void> {
    yield* this.#inside;
    yield* this.#waiting;
  }

  /** Adds a record to the windows that end with `from` or later. Whether there is one entry more. */
  add(at: number, from: number, record: unknown, folding: Folding, origin: Origin, order: number): boolean {
    let before = this.#waiting.last;
    while (before && (before.from > from || (before.from === from && before.at > at))) before = before.before;
    if (before?.from === from && before.at === at) {
      before.state = folding.fold(before.state, record);
      before.take(origin);
      return false;
    }
    this.#waiting.insert(new SlidingEntry(at, from, folding.first(record), origin, order), before);
    return true;
  }

  /** Moves on to the window that ends with `x`. Whether another set of entries is in it than in the one before; those that have gone out are added to `gone`. */
  moveTo(x: number, gone: SlidingEntry[]): boolean {
    const inside = this.#inside;
    let changed = false;
    for (let first = inside.first; first && first.at < x - this.span; first = inside.first) {
      inside.remove(first);
      gone.push(first);
      changed = true;
    }
    for (let next = this.#waiting.first; next && next.from <= x; next = this.#waiting.first) {
      this.#waiting.remove(next);
      this.#enter(next);
      changed = true;
    }
    if (inside.first && !inside.first.firstFromHere) this.#makeFront();
    return changed;
  }

  #enter(entry: SlidingEntry): void {
    let before = this.#inside.last;
    while (before && before.at > entry.at) before = before.before;
    this.#inside.insert(entry, before);
    if (entry.next?.firstFromHere) return this.#makeFront(); // it came late, into the middle of the front
    if (entry.next) this.#mergedTo = undefined; // or into that of the back
    if (!this.#firstOfBack || entry.isBefore(this.#firstOfBack)) this.#firstOfBack = entry;
  }

  #makeFront(): void {
    let first: SlidingEntry | undefined;
    for (let entry = this.#inside.last; entry; entry = entry.before) {
      if (!first || entry.isBefore(first)) first = entry;
      entry.firstFromHere = first;
    }
    this.#frontEnd = this.#inside.last;
    this.#mergedFrom = this.#firstOfBack = this.#mergedTo = this.#backState = undefined;
  }

  /** Of the window reached last, the entry whose record came first. */
  get first(): SlidingEntry | undefined {
    const first = this.#inside.first?.firstFromHere;
    return first && this.#firstOfBack?.isBefore(first) ? this.#firstOfBack : first;
  }

  /** What the window reached last came to, if anything is in it. */
  state(folding: Pick<Folding, 'merge'>): unknown {
    const end = this.#frontEnd;
    for (let entry = this.#mergedFrom ? this.#mergedFrom.before : end; entry; entry = entry.before) {
      entry.stateFromHere = entry === end ? entry.state : folding.merge(entry.state, entry.next?.stateFromHere);
      this.#mergedFrom = entry;
    }
    for (let entry = (this.#mergedTo ?? end)?.next; entry; entry = entry.next) {
      this.#backState = this.#mergedTo ? folding.merge(this.#backState, entry.state) : entry.state;
      this.#mergedTo = entry;
    }
    const front = this.#inside.first?.stateFromHere;
    return this.#mergedTo ? folding.merge(front, this.#backState) : front;
  }

  /** The last millisecond of the next window that has other entries than this one; Infinity if there is none. */
  get nextChange(): number {
    const first = this.#inside.first;
    return Math.min(this.#waiting.first?.from ?? Infinity, first ? first.at + this.span + 1 : Infinity);
  }
}
