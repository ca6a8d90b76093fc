import type { TimeWindow } from '../../records';
import type { Holds, Origin } from '../../run/holds';
import type { Changed, DueWindow, Miss, Result, TableOptions, WindowTable } from '../../run/tables/windowTable';

/** A state, and the records that it was folded from, each as often as it was. */
interface Traced {
  readonly state: unknown;
  readonly from: ReadonlyMap<Origin, number>;
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

/** A table that remembers which records are in which window; the windows themselves remember only the first. */
export class TracedTable implements WindowTable {
  readonly #table: WindowTable;
  readonly #taken = new WeakMap<Holds, Set<Origin>>();
  #folding: Origin | undefined;

  constructor(make: (options: TableOptions) => WindowTable, options: TableOptions) {
    const { folding } = options;
    const inverse = folding.inverse?.bind(folding);
    const here = (): Traced['from'] => new Map(this.#folding && [[this.#folding, 1]]);
    this.#table = make({
      ...options,
      folding: {
        first: (value): Traced => ({ state: folding.first(value), from: here() }),
        fold: (traced, value): Traced => {
          const { state, from } = traced as Traced;
          return { state: folding.fold(state, value), from: together(from, here()) };
        },
        merge: (a, b): Traced => {
          const [one, other] = [a as Traced, b as Traced];
          return { state: folding.merge(one.state, other.state), from: together(one.from, other.from) };
        },
        ...(inverse && {
          inverse: (reduced, leaving): Traced => {
            const [all, some] = [reduced as Traced, leaving as Traced];
            return { state: inverse(all.state, some.state), from: together(all.from, some.from, -1) };
          },
        }),
      },
    });
  }

  /** Whether the record is in an open window. */
  keeps(record: Origin): boolean {
    for (const state of this.#table.states()) if ((state as Traced).from.has(record)) return true;
    return false;
  }

  /** Whether the record was in the window that holds this. */
  wasIn(holds: Holds, record: Origin): boolean {
    return this.#taken.get(holds)?.has(record) ?? false;
  }

  add(origin: Origin, timestamp: number, key: unknown, record: unknown, changed?: Changed): Miss | undefined {
    this.#folding = origin;
    return this.#table.add(origin, timestamp, key, record, changed);
  }

  takeFirst(through: number): DueWindow | undefined {
    const due = this.#table.takeFirst(through);
    if (!due) return undefined;
    const records = new Set<Origin>();
    this.#taken.set(due.holds, records);
    const { results } = due;
    function* untraced(): Generator<Result, void, void> {
      for (let next = results.next(); next.done !== true; next = results.next()) {
        const { state, from } = next.value.value as Traced;
        for (const record of from.keys()) records.add(record);
        yield { ...next.value, value: state };
      }
    }
    return { ...due, results: untraced() };
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

  get size(): number {
    return this.#table.size;
  }

  states(): Iterable<unknown> {
    return this.#table.states();
  }

  hasKey(identity: unknown, window: TimeWindow): boolean {
    return this.#table.hasKey(identity, window);
  }
}
