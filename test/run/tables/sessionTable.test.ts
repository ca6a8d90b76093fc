import { expect, test } from 'vitest';
import { SessionTable } from '../../../src/run/tables/sessionTable';
import type { TableOptions } from '../../../src/run/tables/windowTable';
import type { TimeWindow } from '../../../src/records';
import { Source } from './drivenTable';
import { from, options, read, readAll, texts } from './origins';

const tableOf = (gap: number, changed?: Partial<TableOptions>): SessionTable =>
  new SessionTable((timestamp) => [{ start: timestamp, end: timestamp + gap }], options(changed));

test('a session closes as a whole, one that another partition or a later record goes on with stays', () => {
  const table = tableOf(10);
  table.add(from(0), 0, 'a', '1');
  table.add(from(0, { slot: 1 }), 9, 'a', '2');
  table.add(from(1), 5, 'b', '3');
  expect(table.firstEnd).toBe(10);
  expect([table.takeFirst(14), table.firstEnd]).toEqual([undefined, 15]);
  expect(readAll(table, 19)).toEqual([['b 3 [5, 15)'], ['a 1|2 [0, 19)']]);
});

test('sessions of one end come by start, then by the first record of each key in order of partition and offset', () => {
  const table = tableOf(10);
  table.add(from(4, { slot: 1 }), 0, 'd', '1');
  table.add(from(9), 0, 'c', '2');
  table.add(from(8), 0, 'b', '3');
  table.add(from(8), 0, 'a', '4'); // another value of the same record
  table.add(from(7), -5, 'e', '5');
  table.add(from(10), 0, 'e', '6');
  const due = table.takeFirst(10);
  expect([due?.start, due?.end, [...(due?.keys ?? [])].map(([identity]) => identity)]).toEqual([-5, 10, ['e', 'b', 'a', 'c', 'd']]);
  expect(read(due)).toEqual(['e 56 [-5, 10)', 'b 3 [0, 10)', 'a 4 [0, 10)', 'c 2 [0, 10)', 'd 1 [0, 10)']);
});

test('a record is late if it is behind its watermark by more than grace, whatever sessions are open', () => {
  const table = tableOf(10, { grace: 5 });
  table.add(from(0), 20, 'a', '1');
  expect(table.add(from(1, { stamp: 20 }), 15, 'a', '2')).toBeUndefined();
  expect(table.add(from(2, { stamp: 20 }), 14, 'a', '3')).toEqual({ how: 'late', window: { start: 14, end: 24 }, by: 1 });
  expect(readAll(table, 30)).toEqual([['a 12 [15, 30)']]);
});

test('a window of your own may reach before the record, and several of one record are one', () => {
  const reaches = new Map<string, readonly TimeWindow[]>([
    ['none', []],
    ['two', [{ start: 0, end: 6 }, { start: 4, end: 9 }]], // prettier-ignore
    ['wide', [{ start: 8, end: 20 }]],
  ]);
  const table = new SessionTable((_, record) => reaches.get(record as string) ?? [], options());
  expect(table.add(from(0), 5, 'a', 'none')).toEqual({ how: 'in no window', window: undefined, by: 0 });
  expect(table.add(from(1, { stamp: 3 }), 5, 'a', 'two')).toEqual({ how: 'late in some windows', window: { start: 0, end: 6 }, by: 3 });
  expect(table.add(from(2), 5, 'b', 'two')).toBeUndefined();
  table.add(from(3), 10, 'a', 'wide');
  expect(table.add(from(4, { stamp: 9 }), 10, 'a', 'wide')).toMatchObject({ how: 'late', by: 1 });
  expect(readAll(table, 20)).toEqual([['b two [0, 9)'], ['a twowide [4, 20)']]);
});

test('of a session that is out no change is told, of one that another partition goes on with it is', () => {
  const table = new SessionTable((start) => [{ start, end: start + 10 }], options({ isOut: (end) => end <= 15 }));
  const told: string[] = [];
  const add = (timestamp: number, slot: number): void => {
    table.add(from(timestamp, { slot }), timestamp, 'a', String(timestamp), (identity, { end }) => told.push(`${String(identity)} ${end}`));
  };
  add(0, 0);
  add(5, 0);
  expect(told).toEqual([]);
  add(9, 1);
  add(4, 0);
  expect(told).toEqual(['a 19', 'a 15']);
});

test('sessions that are out are rebuilt, and passed over when they close', () => {
  const table = tableOf(10, { isOut: (end) => end <= 15 });
  table.add(from(0), 0, 'a', '1');
  table.add(from(1), 9, 'a', '2');
  table.add(from(2), 3, 'b', '3');
  expect(readAll(table, 30)).toEqual([['a 12 [0, 19)']]);
  expect([table.size, table.holdOf(0)]).toEqual([0, Infinity]);
});

test('results that went into a session that is out are given with it, without any of its own', () => {
  const table = tableOf(10, { isOut: () => true });
  const source = new Source();
  table.add(source, 0, 'a', '1');
  table.add(source, 5, 'a', '2');
  expect(source.absorbed).toBe(2);
  const due = table.takeFirst(15);
  expect([due?.end, [...(due?.holds.sources ?? [])], [...(due?.keys ?? [])], read(due)]).toEqual([15, [[source, 2]], [], []]);
});

test('a session holds the smallest offset of each partition until it is taken out, and then the window does', () => {
  const table = tableOf(10);
  table.add(from(5, { stamp: -3 }), 0, 'a', '1');
  table.add(from(3, { stamp: -9 }), 4, 'a', '2');
  table.add(from(7, { slot: 1, stamp: -7 }), 8, 'a', '3');
  table.add(from(9, { stamp: 1 }), 30, 'b', '4');
  expect([0, 1].map((slot) => [table.holdOf(slot), table.stampOf(slot)])).toEqual([[3, -9], [7, -7]]); // prettier-ignore
  expect([0, 1].map((slot) => table.holderOf(slot))).toEqual([
    { window: { start: 0, end: 18 }, key: 'a' },
    { window: { start: 0, end: 18 }, key: 'a' },
  ]);
  const due = table.takeFirst(18);
  expect([0, 1].map((slot) => table.holderOf(slot))).toEqual([{ window: { start: 30, end: 40 }, key: 'b' }, undefined]);
  expect([0, 1].map((slot) => [due?.holds.offsetOf(slot), due?.holds.stampOf(slot)])).toEqual([[3, -9], [7, -7]]); // prettier-ignore
  expect([0, 1].map((slot) => [table.holdOf(slot), table.stampOf(slot)])).toEqual([[9, 1], [Infinity, -Infinity]]); // prettier-ignore
});

test('records that come amid the results of a session are of another', () => {
  const table = tableOf(10);
  for (const key of ['a', 'b']) table.add(from(0), 0, key, '1');
  const due = table.takeFirst(10);
  table.add(from(1, { stamp: 10 }), 10, 'a', '2');
  table.add(from(2, { stamp: 10 }), 10, 'b', '3');
  expect(read(due)).toEqual(['a 1 [0, 10)', 'b 1 [0, 10)']);
  expect(readAll(table, 20)).toEqual([['a 2 [10, 20)', 'b 3 [10, 20)']]);
});

test('a record for a session that must have closed is refused', () => {
  const table = tableOf(10);
  table.add(from(0), 0, 'a', '1');
  readAll(table, 10);
  expect(() => table.add(from(1), 9, 'b', '2')).toThrow('the table: a record that reaches from 9 to 19');
});

test('what merge throws is thrown where the results are read', () => {
  const merge = (): never => {
    throw new Error('no');
  };
  const table = tableOf(10, { folding: { ...texts, merge } });
  for (const slot of [0, 1]) table.add(from(0, { slot }), 0, 'a', '1');
  const due = table.takeFirst(10);
  expect(() => read(due)).toThrow('no');
});

test('the last ends are known, and what is kept', () => {
  const table = tableOf(10);
  expect([table.lastEnd, table.lastEndBy(100)]).toEqual([-Infinity, undefined]);
  table.add(from(0), 0, 'a', '1');
  table.add(from(1), 40, 'a', '2');
  table.add(from(2, { slot: 1 }), 5, 'a', '3');
  table.add(from(3), 20, 'b', '4');
  expect([table.lastEnd, ...[9, 14, 15, 30, 49, 50].map((limit) => table.lastEndBy(limit))]).toEqual([
    50,
    undefined,
    undefined,
    15,
    30,
    30,
    50,
  ]);
  expect([table.size, [...table.states()].sort()]).toEqual([4, ['1', '2', '3', '4']]);
  expect(table.hasKey('a', { start: 14, end: 40 })).toBe(true);
  expect(table.hasKey('a', { start: 15, end: 40 })).toBe(false);
  expect(table.hasKey('b', { start: 0, end: 20 })).toBe(false);
});

test('it is told which session a record changed, and what that came to can be asked for', () => {
  const table = tableOf(10);
  const changes: (readonly [unknown, TimeWindow])[] = [];
  const add = (offset: number, timestamp: number, slot = 0) =>
    table.add(from(offset, { slot }), timestamp, ['k'], String(offset), (identity, window) => changes.push([identity, window]));
  add(0, 0);
  add(1, 15);
  add(2, 7);
  add(3, 20, 1);
  const told = changes.map(([identity, window]) => table.current(identity, window));
  expect(told).toEqual(new Array(4).fill({ key: ['k'], value: '0|12|3', window: { start: 0, end: 30 } }));
  readAll(table, 30);
  expect(changes.map(([identity, window]) => table.current(identity, window))).toEqual(new Array(4).fill(undefined));
});
