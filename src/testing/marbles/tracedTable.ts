import type { TimeWindow } from '../../records';
import type { Holds, Origin } from '../../run/holds';
import type { Changed, DueWindow, Holder, Miss, Result, Spilled, TableOptions, WindowTable } from '../../run/tables/windowTable';

/** A state, and the records that it was folded from, each as often as it was. */
class Traced {
  constructor(
    readonly state: unknown,
    readonly from: ReadonlyMap<Origin, number>,
  ) {}
}

function together(from: Traced['from'], others: Traced['from'], sign: 1 | -1 = 1): Traced['from'] {
  const all = new Map(from);
  for (const [record, count] of others) {
    const left = (all.get(record) ?? 0) + sign * count;
    if (left === 0) all.delete(record);
    else all.set(record, left);
  }
  return all;
}

/**
 * Results as the table would give them; the records they are made of are added to others. That of a window without records is given as it is. All are read with
 * the first: a record whose result waits for its turn is not released.
 */
function* untraced(results: Iterator<Result, void, void>, records: Set<Origin>): Generator<Result, void, void> {
  const read: Result[] = [];
  for (let next = results.next(); next.done !== true; next = results.next()) {
    const { value } = next.value;
    if (value instanceof Traced) for (const record of value.from.keys()) records.add(record);
    read.push(value instanceof Traced ? { ...next.value, value: value.state } : next.value);
  }
  yield* read;
}

/** A table that remembers which records are in which window; the windows themselves remember only the first. */
export class TracedTable implements WindowTable {
  readonly spill?: NonNullable<WindowTable['spill']>;
  readonly #table: WindowTable;
  readonly #taken = new WeakMap<Holds | Spilled, Set<Origin>>();
  #folding: Origin | undefined;

  constructor(
    make: (options: TableOptions) => WindowTable,
    options: TableOptions,
    /** The record that is being folded. Default: what the table is told, which need not be the record itself. */
    private readonly folded: () => Origin | undefined = () => undefined,
  ) {
    const { folding } = options;
    const inverse = folding.inverse?.bind(folding);
    const here = (): Traced['from'] => new Map(this.#folding && [[this.#folding, 1]]);
    this.#table = make({
      ...options,
      folding: {
        first: (value) => new Traced(folding.first(value), here()),
        fold: (traced, value) => {
          const { state, from } = traced as Traced;
          return new Traced(folding.fold(state, value), together(from, here()));
        },
        merge: (a, b) => {
          const [one, other] = [a as Traced, b as Traced];
          return new Traced(folding.merge(one.state, other.state), together(one.from, other.from));
        },
        ...(inverse && {
          inverse: (reduced, leaving) => {
            const [all, some] = [reduced as Traced, leaving as Traced];
            return new Traced(inverse(all.state, some.state), together(all.from, some.from, -1));
          },
        }),
      },
    });
    const spill = this.#table.spill?.bind(this.#table);
    if (!spill) return;
    this.spill = () => {
      const records = new Set<Origin>();
      const { end, results } = spill();
      const spilled = { end, results: untraced(results, records) };
      this.#taken.set(spilled, records);
      return spilled;
    };
  }

  /** Whether the record is in an open window. */
  keeps(record: Origin): boolean {
    for (const state of this.#table.states()) if ((state as Traced).from.has(record)) return true;
    return false;
  }

  /** Whether the record was in the window that holds this, or in this part of one. */
  wasIn(taken: Holds | Spilled, record: Origin): boolean {
    return this.#taken.get(taken)?.has(record) ?? false;
  }

  add(origin: Origin, timestamp: number, key: unknown, record: unknown, changed?: Changed): Miss | undefined {
    this.#folding = this.folded() ?? origin;
    return this.#table.add(origin, timestamp, key, record, changed);
  }

  takeFirst(through: number): DueWindow | undefined {
    const due = this.#table.takeFirst(through);
    if (!due) return undefined;
    const records = new Set<Origin>();
    this.#taken.set(due.holds, records);
    return { ...due, results: untraced(due.results, records) };
  }

  current(identity: unknown, window: TimeWindow): Result | undefined {
    const result = this.#table.current?.(identity, window);
    return result && { ...result, value: (result.value as Traced).state };
  }

  get firstEnd(): number {
    return this.#table.firstEnd;
  }

  get lastEnd(): number {
    return this.#table.lastEnd;
  }

  lastEndBy(limit: number): number | undefined {
    return this.#table.lastEndBy(limit);
  }

  holdOf(slot: number): number {
    return this.#table.holdOf(slot);
  }

  stampOf(slot: number): number {
    return this.#table.stampOf(slot);
  }

  holderOf(slot: number): Holder | undefined {
    return this.#table.holderOf(slot);
  }

  get size(): number {
    return this.#table.size;
  }

  *states(): Iterable<unknown> {
    for (const state of this.#table.states()) yield (state as Traced).state;
  }

  hasKey(identity: unknown, window: TimeWindow): boolean {
    return this.#table.hasKey(identity, window);
  }
}
