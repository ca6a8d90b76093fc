import fc from 'fast-check';
import { expect } from 'vitest';
import type { Holds, Origin, ResultOrigin } from '../../../src/run/holds';
import type { DueWindow, Miss, Result, TableOptions, WindowTable } from '../../../src/run/tables/windowTable';
import type { Folding } from '../../../src/time/folding';

export const slots = 3;

/** A record as it is fed to a table. */
export interface Sample {
  readonly id: number;
  readonly slot: number;
  readonly offset: number;
  readonly key: string;
  readonly timestamp: number;
  readonly gap: number;
  /** The watermark of its partition before it. */
  readonly stamp: number;
}

/** Records by partition, as they stand in it, how they are read, and when windows are taken out. */
export interface World {
  readonly partitions: readonly (readonly Sample[])[];
  readonly grace: number;
  /** Everything that ends at or before this was given in an earlier life. */
  readonly out: number;
  readonly turns: readonly Turn[];
}

interface Turn {
  readonly slot: number;
  /** Whether windows are taken out after it. */
  readonly take: boolean;
  /** How many records are added before the first result of a window is read, and before the next. */
  readonly amid: readonly number[];
  /** An end to ask for. */
  readonly limit: number;
}

const turn = fc.record({
  slot: fc.nat(slots - 1),
  take: fc.boolean(),
  amid: fc.array(fc.nat(2), { maxLength: 3 }),
  limit: fc.integer({ min: -40, max: 80 }),
});
const step = fc.record({
  /** Of the same record as the one before: `flatMapValues` makes several of one. */
  same: fc.nat(3).map((one) => one === 0),
  step: fc.integer({ min: -6, max: 10 }),
  key: fc.constantFrom('a', 'a', 'b', 'c'),
  gap: fc.integer({ min: 1, max: 12 }),
});

export const worlds: fc.Arbitrary<World> = fc
  .record({
    steps: fc.tuple(...Array.from({ length: slots }, () => fc.array(step, { maxLength: 12 }))),
    begins: fc.tuple(...Array.from({ length: slots }, () => fc.integer({ min: -20, max: 10 }))),
    outOfOrderness: fc.constantFrom(0, 3),
    grace: fc.constantFrom(0, 0, 2, 5.5),
    out: fc.oneof(fc.constant(-Infinity), fc.integer({ min: -20, max: 30 })),
    turns: fc.array(turn, { maxLength: 40 }),
  })
  .map(({ steps, begins, outOfOrderness, grace, out, turns }) => {
    let id = 0;
    const partitions = steps.map((ofSlot, slot) => {
      const samples: Sample[] = [];
      let most = -Infinity;
      for (const { same, step, key, gap } of ofSlot) {
        const before = samples.at(-1);
        if (same && before) {
          samples.push({ ...before, id: id++, key, gap });
          continue;
        }
        const timestamp = before ? before.timestamp + step : (begins[slot] ?? 0);
        samples.push({ id: id++, slot, offset: before ? before.offset + 1 : 7, key, timestamp, gap, stamp: most - outOfOrderness });
        most = Math.max(most, timestamp);
      }
      return samples;
    });
    return { partitions, grace, out, turns };
  });

/** The state is what went into it, in the order it did; folding changes it in place. */
export const ids: Folding<Sample, number[]> = {
  first: ({ id }) => [id],
  fold: (state, { id }) => {
    state.push(id);
    return state;
  },
  merge: (a, b) => [...a, ...b],
};

/** A window whose results are folded. */
export class Source implements ResultOrigin {
  readonly kind = 'window';
  readonly slot = 0;
  readonly offset = Infinity;
  readonly stamp = -Infinity;
  absorbed = 0;

  absorb(): void {
    this.absorbed++;
  }

  unabsorb(count: number): void {
    this.absorbed -= count;
  }
}

/** A result, as a batch over all records gives it. */
export interface Expected {
  readonly key: string;
  readonly value: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** What a table has to do, worked out slowly from all records that came so far. */
export interface Batch {
  /** In the order they are to be given. */
  results(samples: readonly Sample[]): Expected[];
  /** Records that windows hold that end after `through`. */
  held(samples: readonly Sample[], through: number): Sample[];
  /** Records that a window holds beside those that are in it. Default: none. */
  beside?(samples: readonly Sample[], window: Expected): Sample[];
  miss(sample: Sample): Miss | undefined;
  /** How many states there are, at least and at most. */
  size(samples: readonly Sample[], through: number): readonly [least: number, most: number];
  lastEnd(samples: readonly Sample[], through: number): number;
  hasKey(samples: readonly Sample[], through: number, key: string, end: number): boolean;
  /** The edges of a window that ends there, as tables are asked for them. */
  windowAt(end: number): { start: number; end: number };
}

/** Reads the partitions in turns, with windows taken out and records added amid their results, and compares with the batch at each step. */
export function drive({ partitions, grace, out, turns }: World, make: (options: TableOptions) => WindowTable, batch: Batch): void {
  const table = make({ name: 'the table', slots, grace, folding: ids, isOut: (end) => end <= out });
  const queues = partitions.map((samples) => [...samples]);
  const came: Sample[] = [];
  const given: Result[] = [];
  let reached = -Infinity;
  const add = (slot: number): void => {
    const sample = queues[slot]?.shift();
    if (!sample) return;
    came.push(sample);
    const origin: Origin = { kind: 'record', slot, offset: sample.offset, stamp: sample.stamp };
    expect(table.add(origin, sample.timestamp, sample.key, sample)).toEqual(batch.miss(sample));
  };
  const takeAll = (through: number, { slot, amid }: Turn): void => {
    const before = [...came];
    for (let due = table.takeFirst(through); due; due = table.takeFirst(through)) {
      expect(due.end).toBeGreaterThan(reached);
      reached = due.end;
      checkDue(due, batch, before, out);
      const more = [...amid];
      const feed = () => {
        for (let count = more.shift() ?? 0; count > 0; count--) add(slot);
      };
      feed();
      for (let next = due.results.next(); next.done !== true; next = due.results.next()) {
        given.push(next.value);
        feed();
      }
    }
    check(through, before.length === came.length);
  };
  const check = (through: number, exact: boolean): void => {
    const held = batch.held(came, through);
    for (let slot = 0; slot < slots; slot++) {
      const [first] = held.filter((sample) => sample.slot === slot).sort((a, b) => a.offset - b.offset);
      expect([table.holdOf(slot), table.stampOf(slot)]).toEqual([first?.offset ?? Infinity, first?.stamp ?? -Infinity]);
      const holder = table.holderOf(slot);
      if (!first) expect(holder).toBeUndefined();
      else {
        const { start = NaN, end = NaN } = holder?.window ?? {};
        const samples = held.filter((sample) => sample.slot === slot && sample.offset === first.offset);
        expect(samples.map(({ key }) => key)).toContain(holder?.key);
        // What is held for a window that it is not in is told by the last one that it is in.
        const isOpen = (batch.beside ? end + 1 : end) > through;
        expect([isOpen, start <= first.timestamp, first.timestamp < end]).toEqual([true, true, true]);
      }
    }
    expect(table.firstEnd).toBeGreaterThan(through);
    const open = batch.results(came).filter(({ end }) => end > through);
    expect(table.firstEnd).toBeLessThanOrEqual(Math.min(...open.map(({ end }) => end)));
    expect(table.lastEnd).toBe(batch.lastEnd(came, through));
    expect([...table.states()]).toHaveLength(table.size);
    if (!exact) return;
    const [least, most] = batch.size(came, through);
    expect(table.size).toBeGreaterThanOrEqual(least);
    expect(table.size).toBeLessThanOrEqual(most);
  };
  const throughNow = (): number => Math.min(...queues.map(([next]) => next?.stamp ?? Infinity)) - grace;
  const ask = (limit: number): void => {
    const through = Math.max(takenThrough, reached);
    const last = table.lastEndBy(limit);
    const ends = batch
      .results(came)
      .map(({ end }) => end)
      .filter((end) => end > through && end <= limit);
    if (last === undefined) expect(ends).toEqual([]);
    else {
      expect(last).toBeLessThanOrEqual(limit);
      expect(last).toBeGreaterThan(through);
      expect(last).toBeGreaterThanOrEqual(Math.max(...ends));
    }
    // Between the last end and what was asked for nothing has changed: such a window may be called open.
    if (limit > reached && limit <= takenThrough) return;
    for (const key of ['a', 'b']) expect(table.hasKey(key, batch.windowAt(limit))).toBe(batch.hasKey(came, takenThrough, key, limit));
  };
  let takenThrough = -Infinity;
  const rest = queues.flatMap((queue, slot) => queue.map(() => ({ slot, take: true, amid: [], limit: 20 })));
  for (const next of [...turns, ...rest]) {
    add(next.slot);
    if (next.take && throughNow() < Infinity) {
      const through = throughNow();
      takeAll(through, next);
      takenThrough = through;
    }
    ask(next.limit);
  }
  takeAll(Math.max(table.lastEnd, -1e9), { slot: 0, take: true, amid: [], limit: 0 });
  expect([table.firstEnd, table.lastEnd, table.size]).toEqual([Infinity, -Infinity, 0]);
  expect(given.map(({ key, value, window: { start, end } }) => ({ key, value, start, end }))).toEqual(
    batch.results(came).filter(({ end }) => end > out),
  );
}

/** A window holds the first record of each partition of all that it gives. */
function checkDue({ end, start, holds, keys }: DueWindow, batch: Batch, came: readonly Sample[], out: number): void {
  expect(end).toBeGreaterThan(out);
  const mine = batch.results(came).filter((result) => result.end === end);
  expect([...(keys ?? [])].map(([, key]) => key)).toEqual(mine.map(({ key }) => key));
  expect(start).toBe(Math.min(...mine.map((result) => result.start)));
  expect(heldBy(holds)).toEqual(
    Array.from({ length: slots }, (_, slot) => {
      const samples = mine.flatMap((result) => [
        ...came.filter(({ id }) => result.value.includes(id)),
        ...(batch.beside?.(came, result) ?? []),
      ]);
      const [first] = samples.filter((sample) => sample.slot === slot).sort((a, b) => a.offset - b.offset);
      return [first?.offset ?? Infinity, first?.stamp ?? -Infinity];
    }),
  );
}

function heldBy(holds: Holds): number[][] {
  return Array.from({ length: slots }, (_, slot) => [holds.offsetOf(slot), holds.stampOf(slot)]);
}

/** Results in the order in which they are to be given: by end, start, then each key's first record in order of partition and offset. */
export function inOrder(results: readonly Expected[], samples: readonly Sample[]): Expected[] {
  const byId = new Map(samples.map((sample) => [sample.id, sample]));
  const first = new Map(
    results.map((result) => {
      const members = result.value.map((id) => byId.get(id) as Sample);
      members.sort((a, b) => a.slot - b.slot || a.offset - b.offset || a.id - b.id);
      return [result, members[0] as Sample];
    }),
  );
  const at = (result: Expected): Sample => first.get(result) as Sample;
  return [...results].sort(
    (a, b) => a.end - b.end || a.start - b.start || at(a).slot - at(b).slot || at(a).offset - at(b).offset || at(a).id - at(b).id,
  );
}
