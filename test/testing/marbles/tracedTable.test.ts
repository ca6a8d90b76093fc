import { expect, test } from 'vitest';
import type { Origin } from '../../../src/run/holds';
import { tableFor } from '../../../src/run/tables/tableFor';
import { TracedTable } from '../../../src/testing/marbles/tracedTable';
import { hopping } from '../../../src/time/hopping';
import { session } from '../../../src/time/session';
import { tumbling } from '../../../src/time/tumbling';
import { reducing } from '../../time/reducing';

const record = (offset: number): Origin => ({ kind: 'record', slot: 0, offset, stamp: -Infinity });

test('a traced table gives what the table gives, and knows which records are in it and which were in a window', () => {
  const [one, two, three] = [record(0), record(1), record(2)];
  const table = new TracedTable((options) => tableFor(tumbling(10), options), {
    name: 'test',
    slots: 1,
    grace: 0,
    folding: reducing<number>((a, b) => a + b),
    isOut: () => false,
  });
  table.add(one, 1, 'k', 1);
  table.add(two, 2, 'k', 2);
  table.add(three, 11, 'k', 4);
  expect([table.keeps(one), table.size, table.firstEnd]).toEqual([true, 2, 10]);
  const due = table.takeFirst(10);
  expect(due?.results.next().value).toEqual({ key: 'k', value: 3, window: { start: 0, end: 10 } });
  expect(due && [one, two, three].map((each) => table.wasIn(due.holds, each))).toEqual([true, true, false]);
  expect([table.keeps(one), table.keeps(three)]).toEqual([false, true]);
  expect(table.current('k', { start: 10, end: 20 })).toMatchObject({ value: 4 });
});

test('what leaves overlapping windows is taken out of states and of the records they are made of', () => {
  const [one, two] = [record(0), record(1)];
  const taken: string[] = [];
  const table = new TracedTable((options) => tableFor(hopping(4, { every: 2 }), options), {
    name: 'test',
    slots: 1,
    grace: 0,
    folding: {
      ...reducing<number>((a, b) => a + b),
      inverse: (reduced: number, leaving: number) => {
        taken.push(`${reduced} - ${leaving}`);
        return reduced - leaving;
      },
    },
    isOut: () => false,
  });
  table.add(one, 1, 'k', 1);
  table.add(one, 1, 'k', 2); // made of the same record
  table.add(two, 3, 'k', 4);
  const windows: unknown[] = [];
  for (let due = table.takeFirst(Infinity); due; due = table.takeFirst(Infinity)) {
    const { holds, end, results } = due;
    for (let next = results.next(); next.done !== true; next = results.next())
      windows.push([end, next.value.value, table.wasIn(holds, one), table.wasIn(holds, two)]);
    windows.push([table.keeps(one), table.keeps(two)]);
  }
  expect(windows).toEqual([
    [2, 3, true, false],
    [true, true],
    [4, 7, true, true],
    [false, true],
    [6, 4, false, true],
    [false, false],
  ]);
  expect(taken).toEqual(['7 - 3']);
});

test('what a window lets go of to make room is in it no more, and in a part of its own', () => {
  const one = record(0);
  const table = new TracedTable((options) => tableFor(tumbling(10), options), {
    name: 'test',
    slots: 1,
    grace: 0,
    folding: reducing<number>((a, b) => a + b),
    isOut: () => false,
  });
  table.add(one, 1, 'k', 1);
  expect([...table.states()]).toEqual([1]);
  const part = table.spill?.();
  expect([part?.end, part?.results.next().value, part && table.wasIn(part, one), table.keeps(one)]).toEqual([
    10,
    { key: 'k', value: 1, window: { start: 0, end: 10 } },
    true,
    false,
  ]);
});

test('a table that cannot make room stays one', () => {
  const table = new TracedTable((options) => tableFor(session({ gap: 1 }), options), {
    name: 'test',
    slots: 1,
    grace: 0,
    folding: reducing<number>((a, b) => a + b),
    isOut: () => false,
  });
  expect(table.spill).toBeUndefined();
});
