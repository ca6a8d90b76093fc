import type { TimeWindow } from '../../records';
import { type Neighbours, neighbours, type RegularWindow } from '../../time/neighbours';
import { Holds, type Origin } from '../holds';
import type { Changed, DueWindow, Holder, Miss, Result, TableOptions, WindowTable } from './windowTable';

/**
 * A table that also gives the windows that no record fell into, with a value of their own: those between one that was given and the next.
 *
 * They hold nothing, and are made when it is their turn. What an earlier life has given is known by what is out; so a gap is filled once, also where a crash fell
 * into it.
 */
export class FillingTable implements WindowTable {
  readonly #neighbours: Neighbours;
  /** What is given next, if no record has fallen into it. */
  #next: TimeWindow | undefined;

  constructor(
    shape: RegularWindow,
    private readonly table: WindowTable,
    private readonly options: Pick<TableOptions, 'isOut' | 'out' | 'slots'>,
    private readonly empty: unknown,
  ) {
    this.#neighbours = neighbours(shape);
  }

  takeFirst(through: number): DueWindow | undefined {
    const { table } = this;
    if (table.size === 0 || table.firstEnd > through) return undefined;
    this.#next ??= this.#firstOfThisLife();
    while (this.#next.end < table.firstEnd) {
      const window = this.#next;
      this.#next = this.#neighbours.after(window);
      if (!this.options.isOut(window.end)) return this.#gap(window);
    }
    const due = table.takeFirst(through);
    if (due) this.#next = this.#neighbours.after(due);
    return due;
  }

  /** Where an earlier life has left off, or else where the first record is. */
  #firstOfThisLife(): TimeWindow {
    const { out = -Infinity, isOut } = this.options;
    let window = this.#neighbours.endingAt(this.table.firstEnd);
    if (out === -Infinity) return window;
    for (let before = this.#neighbours.before(window); !isOut(before.end); before = this.#neighbours.before(before)) window = before;
    return window;
  }

  #gap(window: TimeWindow): DueWindow {
    const result: Result = { key: null, value: this.empty, window };
    return { ...window, holds: new Holds(this.options.slots), keys: [], results: [result].values() };
  }

  add(origin: Origin, timestamp: number, key: unknown, record: unknown, changed?: Changed): Miss | undefined {
    return this.table.add(origin, timestamp, key, record, changed);
  }

  get firstEnd(): number {
    return this.table.firstEnd;
  }

  get lastEnd(): number {
    return this.table.lastEnd;
  }

  lastEndBy(limit: number): number | undefined {
    return this.table.lastEndBy(limit);
  }

  holdOf(slot: number): number {
    return this.table.holdOf(slot);
  }

  stampOf(slot: number): number {
    return this.table.stampOf(slot);
  }

  holderOf(slot: number): Holder | undefined {
    return this.table.holderOf(slot);
  }

  get size(): number {
    return this.table.size;
  }

  states(): Iterable<unknown> {
    return this.table.states();
  }

  hasKey(identity: unknown, window: TimeWindow): boolean {
    return this.table.hasKey(identity, window);
  }

  current(identity: unknown, window: TimeWindow): Result | undefined {
    return this.table.current?.(identity, window);
  }
}
