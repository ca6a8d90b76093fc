import type { TimeWindow } from '../../records';
import { Holds, type Origin } from '../holds';
import { KeyState, KeyStates } from './keyStates';
import { type SlidingEntry, SlidingSet } from './slidingSet';
import type { DueWindow, Holder, Miss, Result, TableOptions, WindowTable } from './windowTable';

interface Changed {
  readonly of: KeyState<SlidingSet>;
  readonly first: SlidingEntry;
}

/**
 * Sliding windows: for each key one wherever the set of records at most `span` apart changes.
 *
 * As a window of that length moves over time, its set changes when a record comes in, and just after one has gone out. Time is whole milliseconds here, as it is
 * in Kafka; a fraction is cut off. A record that is late for its own window still counts in every open window that covers it, whether or not that window
 * existed before it.
 *
 * A record is held until the first window without it is out too. Rebuilt without that record, the set would seem to be the same as in the windows before, which
 * are out, and would never be given.
 */
export class SlidingTable implements WindowTable {
  readonly #keys: KeyStates<KeyState<SlidingSet>>;
  #size = 0;
  #arrived = 0;
  #lastEnd = -Infinity;
  #closedThrough = -Infinity;
  /** Windows that end by then have closed, also those in which nothing changed, which are not taken out. */
  #passed = -Infinity;

  constructor(
    /** From the first to the last record of a window at most, ms. */
    private readonly span: number,
    private readonly options: TableOptions,
  ) {
    this.#keys = new KeyStates(options.slots, (identity, key, slots) => new KeyState(identity, key, slots));
  }

  add(origin: Origin, timestamp: number, key: unknown, record: unknown): Miss | undefined {
    const { span } = this;
    const at = Math.floor(timestamp);
    const closedThrough = origin.stamp - this.options.grace;
    // A window that ends with `x` is closed when x + 1, its end, is not after `closedThrough`.
    const from = Math.max(at, Math.floor(closedThrough));
    if (from <= at + span) this.#fold(origin, at, from, key, record);
    if (from === at) return undefined;
    const end = Math.min(from, at + span + 1);
    return { how: from <= at + span ? 'late in some windows' : 'late', window: this.#windowAt(end), by: closedThrough - end };
  }

  #fold(origin: Origin, at: number, from: number, key: unknown, record: unknown): void {
    const { name, folding } = this.options;
    if (from < this.#closedThrough)
      throw new Error(`${name}: a record that counts from ${from} on came when windows had closed that end at ${this.#closedThrough}`);
    const state = this.#keys.of(key);
    const set = (state.partitions[origin.slot] ??= new SlidingSet(this.span));
    if (set.add(at, from, record, folding, origin, this.#arrived++)) this.#size++;
    this.#keys.endsAt(state, from + 1);
    this.#keys.came(origin);
    this.#lastEnd = Math.max(this.#lastEnd, at + this.span + 2);
  }

  #windowAt(end: number): TimeWindow {
    return { start: end - 1 - this.span, end };
  }

  get firstEnd(): number {
    return this.#keys.first?.due ?? Infinity;
  }

  get lastEnd(): number {
    return this.#lastEnd;
  }

  lastEndBy(limit: number): number | undefined {
    if (this.#lastEnd <= limit) return this.#keys.isEmpty ? undefined : this.#lastEnd;
    let last: number | undefined;
    const consider = (end: number) => {
      if (end > this.#passed && end <= limit && (last === undefined || end > last)) last = end;
    };
    for (const { due, partitions } of this.#keys) {
      consider(due);
      for (const set of partitions) {
        for (const { at, from } of set ?? []) {
          consider(from + 1);
          consider(at + this.span + 1);
          consider(at + this.span + 2); // where it has gone out
        }
      }
    }
    return last;
  }

  takeFirst(through: number): DueWindow | undefined {
    for (let end = this.firstEnd; end <= through && end < Infinity; end = this.firstEnd) {
      this.#closedThrough = end;
      if (end > this.#passed) this.#passed = end;
      const isOut = this.options.isOut(end);
      const changed: Changed[] = [];
      let holds: Holds | undefined;
      for (let of = this.#keys.first; of?.due === end; of = this.#keys.first) {
        const gone: SlidingEntry[] = [];
        const moved = this.#move(of, end - 1, gone);
        const first = moved && !isOut ? firstOf(of) : undefined;
        if (first) {
          changed.push({ of, first });
          holds ??= new Holds(this.options.slots);
          for (const set of of.partitions) set?.first?.giveOffset(holds);
          for (const entry of gone) entry.giveOffset(holds);
        }
        for (const entry of gone) if (entry.hasSources) entry.giveSources((holds ??= new Holds(this.options.slots)));
        this.#letGo(of, gone);
      }
      if (this.#keys.isEmpty) this.#lastEnd = -Infinity;
      if (!holds) continue;
      changed.sort((a, b) => (a.first.isBefore(b.first) ? -1 : 1));
      const window = this.#windowAt(end);
      return { ...window, holds, results: this.#results(changed, window), keys: changed.map(({ of }) => [of.identity, of.key] as const) };
    }
    if (through > this.#passed) this.#passed = through;
    return undefined;
  }

  /** Whether other records of the key are in the window that ends with `x` than in the one before; adds those that have gone out to `gone`. */
  #move({ partitions }: KeyState<SlidingSet>, x: number, gone: SlidingEntry[]): boolean {
    let changed = false;
    for (const set of partitions) if (set?.moveTo(x, gone)) changed = true;
    return changed;
  }

  /** Lets go of entries of the key that comes first, and finds when its set changes next. */
  #letGo(of: KeyState<SlidingSet>, gone: readonly SlidingEntry[]): void {
    for (const entry of gone) this.#keys.gone(entry);
    this.#size -= gone.length;
    let next = Infinity;
    for (const set of of.partitions) if (set) next = Math.min(next, set.nextChange);
    if (next === Infinity) this.#keys.dropFirst();
    else this.#keys.putBack(of, next + 1);
  }

  *#results(changed: readonly Changed[], window: TimeWindow): Generator<Result, void, void> {
    const { folding } = this.options;
    for (const { of } of changed) {
      const states = of.partitions.filter((set) => set?.first).map((set) => set?.state(folding));
      yield { key: of.key, value: states.reduce((a, b) => folding.merge(a, b)), window };
    }
  }

  holdOf(slot: number): number {
    return this.#keys.holds.offsetOf(slot);
  }

  stampOf(slot: number): number {
    return this.#keys.holds.stampOf(slot);
  }

  holderOf(slot: number): Holder | undefined {
    const holder = this.#keys.holderOf(slot);
    return holder && { window: this.#windowAt(holder.part.at + this.span + 1), key: holder.state.key };
  }

  get size(): number {
    return this.#size;
  }

  *states(): Iterable<unknown> {
    yield* this.#keys.states();
  }

  hasKey(identity: unknown, { end }: TimeWindow): boolean {
    const x = end - 1;
    if (x < this.#closedThrough) return false;
    for (const set of this.#keys.get(identity)?.partitions ?? [])
      for (const { at, from } of set ?? []) if (from <= x && at >= x - this.span) return true;
    return false;
  }
}

function firstOf({ partitions }: KeyState<SlidingSet>): SlidingEntry | undefined {
  for (const set of partitions) if (set?.first) return set.first;
  return undefined;
}
