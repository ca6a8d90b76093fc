import type { TimeWindow } from '../../records';
import { Holds, type Origin } from '../holds';
import { KeyStates } from './keyStates';
import { SessionsOfKey, type WholeSession } from './sessionsOfKey';
import type { Changed, DueWindow, Holder, Miss, Result, TableOptions, WindowTable } from './windowTable';

interface Ended {
  readonly of: SessionsOfKey;
  readonly session: WholeSession;
}

/**
 * Sessions: windows of each key that grow and join as records come.
 *
 * A record is late if what it reaches begins before the watermark it is judged by, less `grace`. Open sessions play no part: a closed one has ended by then, so
 * no record in time could have joined it, whichever partition is read faster.
 */
export class SessionTable implements WindowTable {
  readonly #keys: KeyStates<SessionsOfKey>;
  #size = 0;
  #arrived = 0;
  #lastEnd = -Infinity;
  #closedThrough = -Infinity;

  constructor(
    /** The stretches of time that a record would be a session of if it were alone; each covers its timestamp. */
    private readonly reachesOf: (timestamp: number, record: unknown) => readonly TimeWindow[],
    private readonly options: TableOptions,
  ) {
    this.#keys = new KeyStates(options.slots, (identity, key, slots) => new SessionsOfKey(identity, key, slots));
  }

  add(origin: Origin, timestamp: number, key: unknown, record: unknown, changed?: Changed): Miss | undefined {
    const reaches = this.reachesOf(timestamp, record);
    const closedThrough = origin.stamp - this.options.grace;
    let missed: TimeWindow | undefined;
    // All reaches of a record overlap, since each covers its timestamp: they are one.
    let start = Infinity;
    let end = -Infinity;
    for (const reach of reaches) {
      if (reach.start < closedThrough) {
        if (!missed || reach.end >= missed.end) missed = reach;
        continue;
      }
      if (reach.start < start) ({ start } = reach);
      if (reach.end > end) ({ end } = reach);
    }
    if (start < end) this.#fold(origin, start, end, key, record, changed);
    if (missed)
      return {
        how: start < end ? 'late in some windows' : 'late',
        window: { start: missed.start, end: missed.end },
        by: closedThrough - missed.start,
      };
    return reaches.length > 0 ? undefined : { how: 'in no window', window: undefined, by: 0 };
  }

  #fold(origin: Origin, start: number, end: number, key: unknown, record: unknown, changed: Changed | undefined): void {
    const { name, folding, grace } = this.options;
    if (start < this.#closedThrough)
      throw new Error(
        `${name}: a record that reaches from ${start} to ${end} came when sessions had closed that end at ${this.#closedThrough}`,
      );
    const of = this.#keys.of(key);
    const { size } = of;
    const session = of.add(start, end, record, folding, origin, this.#arrived++, origin.stamp - grace);
    this.#size += of.size - size;
    this.#keys.endsAt(of, of.firstEnd);
    this.#keys.came(origin);
    if (end > this.#lastEnd) this.#lastEnd = end;
    if (changed && !this.#isOut(of, session)) changed(of.identity, session);
  }

  /** Whether an earlier life gave the result of the session: told of now, what has been rebuilt of it would be the last word. */
  #isOut(of: SessionsOfKey, session: TimeWindow): boolean {
    const { isOut } = this.options;
    return isOut(session.end) && isOut(of.at(session)?.end ?? session.end);
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
    for (const of of this.#keys) {
      for (const { end } of of.stretches()) {
        if (end > limit) break;
        if (last === undefined || end > last) last = end;
      }
    }
    return last;
  }

  takeFirst(through: number): DueWindow | undefined {
    for (let ended = this.#takeOut(through); ended[0]; ended = this.#takeOut(through)) {
      const { end } = ended[0].session;
      this.#closedThrough = end;
      // An earlier life gave their results. They were rebuilt all the same: only now is it known that none of them goes on.
      const isOut = this.options.isOut(end);
      const holds = new Holds(this.options.slots);
      for (const { session } of ended) {
        for (const part of session.parts) {
          part.giveOffset(holds);
          part.giveSources(holds);
        }
      }
      if (isOut && holds.sources.size === 0) continue;
      ended.sort((a, b) => a.session.start - b.session.start || (a.session.first.isBefore(b.session.first) ? -1 : 1));
      const given = isOut ? [] : ended;
      return {
        start: ended[0].session.start,
        end,
        holds,
        results: this.#results(given),
        keys: given.map(({ of }) => [of.identity, of.key] as const),
      };
    }
    return undefined;
  }

  /** Takes out all sessions of the first end, if it is at or before `through`. */
  #takeOut(through: number): Ended[] {
    const keys = this.#keys;
    const ended: Ended[] = [];
    let last = through;
    for (let of = keys.first; of && of.due <= last; of = keys.first) {
      if (of.firstEnd > of.due) {
        keys.putBack(of, of.firstEnd); // its session went on
        continue;
      }
      const session = of.takeFirst();
      if (!session) throw new Error(`${this.options.name}: a key was kept without a session`);
      last = session.end;
      ended.push({ of, session });
      session.parts.forEach((part) => keys.gone(part));
      this.#size -= session.parts.length;
      if (of.size > 0) keys.putBack(of, of.firstEnd);
      else keys.dropFirst();
    }
    if (keys.isEmpty) this.#lastEnd = -Infinity;
    return ended;
  }

  *#results(ended: readonly Ended[]): Generator<Result, void, void> {
    for (const one of ended) yield this.#resultOf(one);
  }

  holdOf(slot: number): number {
    return this.#keys.holds.offsetOf(slot);
  }

  stampOf(slot: number): number {
    return this.#keys.holds.stampOf(slot);
  }

  holderOf(slot: number): Holder | undefined {
    const holder = this.#keys.holderOf(slot);
    const session = holder?.state.at(holder.part);
    return holder && session && { window: { start: session.start, end: session.end }, key: holder.state.key };
  }

  get size(): number {
    return this.#size;
  }

  *states(): Iterable<unknown> {
    yield* this.#keys.states();
  }

  hasKey(identity: unknown, window: TimeWindow): boolean {
    return this.#keys.get(identity)?.at(window) !== undefined;
  }

  /** What a session that overlaps the window came to so far. */
  current(identity: unknown, window: TimeWindow): Result | undefined {
    const of = this.#keys.get(identity);
    const session = of?.at(window);
    return of && session && this.#resultOf({ of, session });
  }

  #resultOf({ of, session: { start, end, parts } }: Ended): Result {
    const { folding } = this.options;
    const value = parts.map(({ state }) => state).reduce((a, b) => folding.merge(a, b));
    return { key: of.key, value, window: { start, end } };
  }
}
