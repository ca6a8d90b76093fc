import { expect, test } from 'vitest';
import type { Origin } from '../../../src/run/holds';
import { SliceTable } from '../../../src/run/tables/sliceTable';
import type { DueWindow } from '../../../src/run/tables/windowTable';
import type { Folding } from '../../../src/time/folding';
import { hopping } from '../../../src/time/hopping';
import { reducing } from '../../time/reducing';

const joining = reducing((a, b) => `${String(a)}${String(b)}`);

/** Windows of 10 ms every 4: [-8, 2), [-4, 6), [0, 10), [4, 14)… in slices of 2 ms. */
function tableOf({ folding = joining, slots = 1, grace = 0, out = -Infinity } = {}): SliceTable {
  return new SliceTable(hopping(10, { every: 4 }), { name: 'join', slots, grace, folding, isOut: (end) => end <= out });
}

const record = (slot: number, offset: number, stamp = -Infinity): Origin => ({ kind: 'record', slot, offset, stamp });

function resultsOf(due: DueWindow | undefined): unknown {
  return due && [due.end, ...[...{ [Symbol.iterator]: () => due.results }].map(({ key, value }) => [key, value])];
}

/** All windows that end at or before `through`. */
function takeAll(table: SliceTable, through: number): unknown[] {
  const all: unknown[] = [];
  for (let due = table.takeFirst(through); due; due = table.takeFirst(through)) all.push(resultsOf(due));
  return all;
}

test('a record is in each window that covers it', () => {
  const table = tableOf();
  expect(table.add(record(0, 0), 5, 'key', 'a')).toBeUndefined();
  expect([table.firstEnd, table.lastEnd]).toEqual([6, 14]);
  expect(table.add(record(0, 1), 8, 'key', 'b')).toBeUndefined();
  expect([table.firstEnd, table.lastEnd]).toEqual([6, 18]);
  expect(takeAll(table, Infinity)).toEqual([
    [6, ['key', 'a']],
    [10, ['key', 'ab']],
    [14, ['key', 'ab']],
    [18, ['key', 'b']],
  ]);
  expect([table.firstEnd, table.lastEnd, table.size]).toEqual([Infinity, -Infinity, 0]);
});

test('windows are taken out when it is time for them, first those that end first', () => {
  const table = tableOf();
  table.add(record(0, 0), 5, 'key', 'a');
  expect(table.takeFirst(5)).toBeUndefined();
  expect(table.takeFirst(Infinity)).toMatchObject({ start: -4, end: 6 });
});

test('where no record lies no window is', () => {
  const table = tableOf();
  table.add(record(0, 0), 1, 'key', 'a');
  table.add(record(0, 1), 101, 'key', 'b');
  expect(takeAll(table, Infinity)).toEqual([
    [2, ['key', 'a']],
    [6, ['key', 'a']],
    [10, ['key', 'a']],
    [102, ['key', 'b']],
    [106, ['key', 'b']],
    [110, ['key', 'b']],
  ]);
});

test('a record that is late for some windows counts in the others, where it lies in time', () => {
  const table = tableOf({ grace: 1 });
  table.add(record(0, 0, 6), 9, 'key', 'b');
  expect(table.add(record(0, 1, 7), 5, 'key', 'a')).toEqual({ how: 'late in some windows', window: { start: -4, end: 6 }, by: 0 });
  expect(table.add(record(0, 2, 8.5), 5, 'key', 'A')).toEqual({ how: 'late in some windows', window: { start: -4, end: 6 }, by: 1.5 });
  expect(takeAll(table, Infinity)).toEqual([
    [10, ['key', 'aAb']],
    [14, ['key', 'aAb']],
    [18, ['key', 'b']],
  ]);
});

test('a record that is late for all its windows is not folded', () => {
  const table = tableOf({ grace: 1 });
  expect(table.add(record(0, 0, 15), 5, 'key', 'a')).toEqual({ how: 'late', window: { start: 4, end: 14 }, by: 0 });
  expect([table.firstEnd, table.size, table.holdOf(0)]).toEqual([Infinity, 0, Infinity]);
});

test('what a record counts in does not depend on what was taken out', () => {
  const values = [];
  for (const early of [false, true]) {
    const table = tableOf({ slots: 2 });
    table.add(record(0, 0, 5), 5, 'key', 'a');
    const first = early ? takeAll(table, 6) : [];
    expect(table.add(record(1, 0, 6), 5, 'key', 'b')).toMatchObject({ how: 'late in some windows' });
    values.push([...first, ...takeAll(table, Infinity)]);
  }
  expect(values[0]).toEqual([
    [6, ['key', 'a']],
    [10, ['key', 'ab']],
    [14, ['key', 'ab']],
  ]);
  expect(values[1]).toEqual(values[0]);
});

test('partitions are merged in their order, whichever came first', () => {
  const table = tableOf({ slots: 3 });
  table.add(record(2, 0), 4, 'key', '2');
  table.add(record(0, 0), 5, 'key', '0');
  expect(takeAll(table, 6)).toEqual([[6, ['key', '02']]]);
});

test('results come in the order of the first record of each key in that window, by partition and offset', () => {
  const table = tableOf({ slots: 2 });
  table.add(record(1, 0), 5, 'other', 'a');
  table.add(record(0, 0), 5, 'first', 'b');
  table.add(record(0, 1), 5, 'second', 'c');
  table.add(record(0, 2), 15, 'second', 'd');
  table.add(record(0, 3), 15, 'first', 'e');
  table.add(record(0, 4), 15, 'other', 'f');
  expect(takeAll(table, Infinity)).toEqual([
    [6, ['first', 'b'], ['second', 'c'], ['other', 'a']],
    [10, ['first', 'b'], ['second', 'c'], ['other', 'a']],
    [14, ['first', 'b'], ['second', 'c'], ['other', 'a']],
    [18, ['second', 'd'], ['first', 'e'], ['other', 'f']],
    [22, ['second', 'd'], ['first', 'e'], ['other', 'f']],
  ]);
});

test('keys compare by value, and the result has the key of the first record', () => {
  const table = tableOf();
  const key = ['eu', 1];
  table.add(record(0, 0), 5, key, 'a');
  table.add(record(0, 1), 5, ['eu', 1], 'b');
  const due = table.takeFirst(6);
  expect([...(due?.keys ?? [])].map(([, key_]) => key_)).toEqual([['eu', 1]]);
  expect(due?.results.next().value?.key).toBe(key);
});

test('a value that is undefined is a value', () => {
  const table = tableOf({ slots: 2 });
  table.add(record(0, 0), 5, 'key', undefined);
  table.add(record(1, 0), 5, 'key', 'b');
  expect(takeAll(table, 6)).toEqual([[6, ['key', 'undefinedb']]]);
});

test('timestamps before 1970, and between two milliseconds, are in the windows that cover them', () => {
  const table = tableOf();
  table.add(record(0, 0), -0.5, 'key', 'a');
  table.add(record(0, 1), -100.25, 'key', 'b');
  expect(takeAll(table, Infinity)).toEqual([
    [-98, ['key', 'b']],
    [-94, ['key', 'b']],
    [2, ['key', 'a']],
    [6, ['key', 'a']],
  ]);
});

test('windows that are out are passed over, and a record that is in no other is not folded', () => {
  const table = tableOf({ out: 10 });
  expect(table.add(record(0, 0), 1, 'key', 'a')).toBeUndefined();
  expect(table.size).toBe(0);
  table.add(record(0, 1), 5, 'key', 'b');
  expect(table.lastEndBy(12)).toBeUndefined();
  expect([6, 10, 14].map((end) => table.hasKey('key', { start: end - 10, end }))).toEqual([false, false, true]);
  expect(takeAll(table, 10)).toEqual([]);
  expect(table.firstEnd).toBe(14);
  expect(takeAll(table, Infinity)).toEqual([[14, ['key', 'b']]]);
});

test('a window holds its records, and the table those of windows that are open', () => {
  const table = tableOf({ slots: 2 });
  table.add(record(0, 10, 3), 5, 'key', 'a');
  table.add(record(0, 11, 4), 9, 'key', 'b');
  table.add(record(1, 20, 5), 13, 'key', 'c');
  const held: unknown[] = [];
  for (let due = table.takeFirst(Infinity); due; due = table.takeFirst(Infinity)) {
    resultsOf(due);
    held.push([
      due.end,
      due.holds.offsetOf(0),
      due.holds.stampOf(0),
      due.holds.offsetOf(1),
      table.holdOf(0),
      table.stampOf(0),
      table.holdOf(1),
    ]);
  }
  expect(held).toEqual([
    [6, 10, 3, Infinity, 10, 3, 20],
    [10, 10, 3, Infinity, 10, 3, 20],
    [14, 10, 3, 20, 11, 4, 20],
    [18, 11, 4, 20, Infinity, -Infinity, 20],
    [22, Infinity, -Infinity, 20, Infinity, -Infinity, Infinity],
  ]);
});

test('a result of an earlier operator is let go with the last window that has it', () => {
  const table = tableOf();
  let absorbed = 0;
  const source: Origin = {
    kind: 'window',
    slot: 0,
    offset: Infinity,
    stamp: -Infinity,
    absorb: () => absorbed++,
    unabsorb: () => undefined,
  };
  for (const timestamp of [4, 5, 9]) table.add(source, timestamp, 'key', 'a');
  expect(absorbed).toBe(3);
  const sources: unknown[] = [];
  for (let due = table.takeFirst(Infinity); due; due = table.takeFirst(Infinity)) {
    resultsOf(due);
    sources.push([due.end, due.holds.sources.get(source), due.holds.offsetOf(0)]);
  }
  expect(sources).toEqual([
    [6, undefined, Infinity],
    [10, undefined, Infinity],
    [14, 2, Infinity],
    [18, 1, Infinity],
  ]);
});

test('the last end by a limit is that of a window that has a record', () => {
  const table = tableOf();
  table.add(record(0, 0), 1, 'key', 'a');
  table.add(record(0, 1), 101, 'key', 'b');
  expect([1, 2, 9, 50, 102, 109, Infinity].map((limit) => table.lastEndBy(limit))).toEqual([undefined, 2, 6, 10, 102, 106, 110]);
  takeAll(table, 6);
  expect([6, 9, 10].map((limit) => table.lastEndBy(limit))).toEqual([undefined, undefined, 10]);
});

test('a key is in the windows that are open and have it', () => {
  const table = tableOf();
  const has = (end: number) => table.hasKey('key', { start: end - 10, end });
  table.add(record(0, 0), 5, 'key', 'a');
  expect([2, 6, 10, 14, 18].map(has)).toEqual([false, true, true, true, false]);
  expect(table.hasKey('other', { start: 0, end: 10 })).toBe(false);
  takeAll(table, 6);
  expect([2, 6, 10, 14, 18].map(has)).toEqual([false, false, true, true, false]);
});

test('one state is kept for each key, slice and partition, whatever the number of windows', () => {
  const table = new SliceTable(hopping('1h', { every: '1s' }), {
    name: 'join',
    slots: 2,
    grace: 0,
    folding: joining,
    isOut: () => false,
  });
  for (const slot of [0, 1]) for (let offset = 0; offset < 10; offset++) table.add(record(slot, offset), offset * 500, offset % 2, 'a');
  expect(table.size).toBe(2 * 10);
});

test('records may come while results are read, and a window is read before the next is taken out', () => {
  const table = tableOf();
  for (const key of ['a', 'b']) table.add(record(0, 0), 5, key, key);
  const due = table.takeFirst(6);
  expect(due?.results.next().value).toMatchObject({ key: 'a', value: 'a' });
  table.add(record(0, 1, 6), 5, 'b', 'B');
  expect(() => table.takeFirst(10)).toThrow('join: a window was taken out before the results of the last one had been read');
  expect(resultsOf(due)).toEqual([6, ['b', 'b']]);
  expect(takeAll(table, 10)).toEqual([[10, ['a', 'a'], ['b', 'bB']]]);
});

test('merge is called when results are read, one by one, and not before', () => {
  let merges = 0;
  const folding: Folding<number, number> = { first: (value) => value, fold: (a, b) => a + b, merge: (a, b) => (merges++, a + b) };
  const table = tableOf({ folding: folding });
  for (const timestamp of [5, 7, 9, 11]) for (const key of ['a', 'b']) table.add(record(0, 0), timestamp, key, 1);
  takeAll(table, 10);
  merges = 0;
  const due = table.takeFirst(14);
  expect(merges).toBe(0);
  expect(due?.results.next().value?.value).toBe(4);
  const forOne = merges;
  expect(due?.results.next().value?.value).toBe(4);
  expect(merges).toBe(2 * forOne);
});

test('one cannot ask for what a record changes: it may be thousands of windows', () => {
  expect(() => tableOf().add(record(0, 0), 5, 'key', 'a', () => undefined)).toThrow(
    'join: windows that share slices do not say what a record changed',
  );
});

test('a record for a window that was taken out is an error of the run, and is told', () => {
  const table = tableOf();
  table.add(record(0, 0), 5, 'key', 'a');
  takeAll(table, 10);
  expect(() => table.add(record(0, 1), 5, 'key', 'b')).toThrow('join: a record was folded into the closed window [-4, 6)');
});

test('with inverse, what leaves is taken out of the value, and a key goes with its last record and not with 0', () => {
  const calls: string[] = [];
  const folding: Folding<number, number> = {
    ...reducing<number>((a, b) => {
      calls.push('+');
      return a + b;
    }),
    inverse: (reduced, leaving) => {
      calls.push('-');
      return reduced - leaving;
    },
  };
  const table = new SliceTable(hopping(4, { every: 1 }), { name: 'sum', slots: 1, grace: 0, folding, isOut: () => false });
  for (const [timestamp, value] of [1, 2, -3, 0].entries()) table.add(record(0, timestamp), timestamp, 'key', value);
  expect(takeAll(table, Infinity)).toEqual([
    [1, ['key', 1]],
    [2, ['key', 3]],
    [3, ['key', 0]],
    [4, ['key', 0]],
    [5, ['key', -1]],
    [6, ['key', -3]],
    [7, ['key', 0]],
  ]);
  expect(calls.join('')).toBe('+++---');
});

test('what is held longest is in the last window of its slice, whether or not windows of it have been taken out', () => {
  const table = tableOf({ slots: 2 });
  table.add(record(0, 3), 5, 'key', 'a');
  table.add(record(0, 2), 8, 'key', 'b');
  table.add(record(0, 4), 9, 'key', 'c');
  expect([0, 1].map((slot) => table.holderOf(slot))).toEqual([{ window: { start: 8, end: 18 } }, undefined]);
  takeAll(table, 10);
  expect([table.holdOf(0), table.holderOf(0)]).toEqual([2, { window: { start: 8, end: 18 } }]);
  table.add(record(0, 1, 10), 11, 'key', 'd');
  table.add(record(1, 7, 10), 16, 'key', 'e');
  expect([0, 1].map((slot) => table.holderOf(slot))).toEqual([{ window: { start: 8, end: 18 } }, { window: { start: 16, end: 26 } }]);
  takeAll(table, 25);
  expect([0, 1].map((slot) => table.holderOf(slot))).toEqual([undefined, { window: { start: 16, end: 26 } }]);
});
