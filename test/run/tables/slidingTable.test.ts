import { expect, test } from 'vitest';
import { SlidingTable } from '../../../src/run/tables/slidingTable';
import type { TableOptions } from '../../../src/run/tables/windowTable';
import { Source } from './drivenTable';
import { from, options, read, readAll, texts } from './origins';

const tableOf = (span: number, changed?: Partial<TableOptions>): SlidingTable => new SlidingTable(span, options(changed));

function filled(...records: readonly (readonly [timestamp: number, value: string, slot?: number, stamp?: number])[]): SlidingTable {
  const table = tableOf(10);
  records.forEach(([timestamp, value, slot = 0, stamp = -Infinity], offset) =>
    table.add(from(offset, { slot, stamp }), timestamp, 'k', value),
  );
  return table;
}

test('there is a window that ends at each record, and one that starts just after it', () => {
  expect(readAll(filled([0, 'a'], [5, 'b']), 100)).toEqual([['k a [-10, 1)'], ['k a|b [-5, 6)'], ['k b [1, 12)']]);
});

test('a window that ends at a record and starts just after another is one', () => {
  expect(readAll(filled([0, 'a'], [5, 'b'], [11, 'c']), 100)).toEqual([
    ['k a [-10, 1)'],
    ['k a|b [-5, 6)'],
    ['k b|c [1, 12)'],
    ['k c [6, 17)'],
  ]);
});

test('both ends are inclusive, records of one millisecond share their windows, and a fraction is cut off', () => {
  expect(readAll(filled([0.5, 'a'], [10.9, 'b'], [0, 'c']), 100).flat()).toEqual(['k ac [-10, 1)', 'k ac|b [0, 11)', 'k b [1, 12)']);
});

test('states merge in partition order, then in the order of time', () => {
  const table = filled([5, 'd'], [4, 'e', 1], [3, 'c']);
  expect(readAll(table, 5)).toEqual([['k c [-7, 4)'], ['k c|e [-6, 5)']]);
  expect(readAll(table, 6)).toEqual([['k c|d|e [-5, 6)']]);
});

test('a window is due when the millisecond after its last is reached', () => {
  const table = filled([0, 'a']);
  expect([table.firstEnd, table.takeFirst(0.9)]).toEqual([1, undefined]);
  expect(read(table.takeFirst(1))).toEqual(['k a [-10, 1)']);
});

test('a record that came late counts in the windows that are open for it, whether or not they were there before', () => {
  const table = filled([0, 'a']);
  expect(table.add(from(1, { stamp: 5 }), -5, 'k', 'late')).toEqual({ how: 'late in some windows', window: { start: -6, end: 5 }, by: 0 });
  expect(table.add(from(2, { stamp: 5.5 }), -6, 'k', 'later')).toEqual({ how: 'late', window: { start: -6, end: 5 }, by: 0.5 });
  expect(table.add(from(3, { stamp: 5.5 }), 5, 'k', 'b')).toBeUndefined();
  expect(readAll(table, 100).flat()).toEqual(['k a [-10, 1)', 'k late|a|b [-5, 6)', 'k a|b [-4, 7)', 'k b [1, 12)']);
});

test('grace lets records count in windows that the watermark has passed', () => {
  const table = tableOf(10, { grace: 4 });
  expect(table.add(from(0, { stamp: 5 }), 1, 'k', 'a')).toBeUndefined();
  expect(table.add(from(1, { stamp: 5 }), 0, 'k', 'b')).toMatchObject({
    how: 'late in some windows',
    window: { start: -10, end: 1 },
    by: 0,
  });
});

test('keys that change with one millisecond come together, by their first record in order of partition and offset', () => {
  const table = tableOf(10);
  table.add(from(3, { slot: 1 }), 0, 'd', '1');
  table.add(from(9), 0, 'c', '2');
  table.add(from(8), 0, 'b', '3');
  table.add(from(8), 0, 'a', '4'); // another value of the same record
  table.add(from(10), -5, 'e', '5');
  const [, due] = [read(table.takeFirst(1)), table.takeFirst(1)];
  expect([due?.start, due?.end, [...(due?.keys ?? [])].map(([identity]) => identity)]).toEqual([-10, 1, ['b', 'a', 'c', 'd']]);
  expect(read(due)).toEqual(['b 3 [-10, 1)', 'a 4 [-10, 1)', 'c 2 [-10, 1)', 'd 1 [-10, 1)']);
});

test('a record is held until a window can be without it, and windows hold all that is in them', () => {
  const table = tableOf(10);
  table.add(from(5, { stamp: -3 }), 0, 'k', 'a');
  table.add(from(3, { stamp: -9 }), 4, 'k', 'b');
  table.add(from(7, { slot: 1, stamp: -7 }), 8, 'k', 'c');
  const holds = (): unknown => [0, 1].map((slot) => [table.holdOf(slot), table.stampOf(slot)]);
  expect(holds()).toEqual([[3, -9], [7, -7]]); // prettier-ignore
  expect(table.holderOf(0)).toEqual({ window: { start: 4, end: 15 }, key: 'k' }); // the last that has it
  const due = [table.takeFirst(5), table.takeFirst(5)];
  expect(due.map((window) => [window?.end, window?.holds.offsetOf(0), window?.holds.stampOf(0), window?.holds.offsetOf(1)])).toEqual([
    [1, 5, -3, Infinity],
    [5, 3, -9, Infinity],
  ]);
  readAll(table, 15);
  expect([table.size, holds()]).toEqual([2, [[3, -9], [7, -7]]]); // prettier-ignore
  readAll(table, 16);
  expect([table.size, holds()]).toEqual([1, [[Infinity, -Infinity], [7, -7]]]); // prettier-ignore
  expect(table.holderOf(0)).toBeUndefined();
});

test('the first window without a record is the last to end, whether or not anything is in it', () => {
  const table = filled([0, 'a'], [5, 'b']);
  expect([table.lastEnd, ...[17, 16, 15, 11, 0].map((limit) => table.lastEndBy(limit))]).toEqual([17, 17, 16, 12, 11, undefined]);
  readAll(table, 12);
  expect([table.firstEnd, table.lastEnd, table.lastEndBy(12), table.takeFirst(17)]).toEqual([17, 17, undefined, undefined]);
  expect([table.firstEnd, table.lastEnd, table.size, table.holdOf(0)]).toEqual([Infinity, -Infinity, 0, Infinity]);
});

test('the first window without a record is given once, also if that record was passed by a commit when the window before was out', () => {
  const table = filled([0, 'a'], [5, 'b']);
  readAll(table, 11);
  const held = table.holdOf(0);
  const due = table.takeFirst(12);
  expect([held, due?.holds.offsetOf(0), read(due)]).toEqual([0, 0, ['k b [1, 12)']]);
});

test('windows that are out are passed over', () => {
  const table = tableOf(10, { isOut: (end) => end <= 6 });
  table.add(from(0), 0, 'k', 'a');
  table.add(from(1), 5, 'k', 'b');
  expect(readAll(table, 100)).toEqual([['k b [1, 12)']]);
});

test('a result is given with the first window without it, even where that gives nothing', () => {
  const table = tableOf(10);
  const [one, other] = [new Source(), new Source()];
  table.add(one, 0, 'k', 'a');
  table.add(one, 0, 'k', 'b');
  table.add(other, 5, 'k', 'c');
  expect([one.absorbed, other.absorbed]).toEqual([2, 1]);
  const all: unknown[] = [];
  for (let due = table.takeFirst(17); due; due = table.takeFirst(17)) all.push([due.end, [...due.holds.sources], read(due)]);
  expect(all).toEqual([
    [1, [], ['k ab [-10, 1)']],
    [6, [], ['k ab|c [-5, 6)']],
    [12, [[one, 2]], ['k c [1, 12)']],
    [17, [[other, 1]], []],
  ]);
});

test('records that come amid the results of a window are of later ones', () => {
  const table = tableOf(10);
  for (const [offset, key] of ['a', 'b'].entries()) table.add(from(offset), 0, key, '1');
  const due = table.takeFirst(1);
  table.add(from(2, { stamp: 1 }), 0, 'a', '2');
  table.add(from(3, { stamp: 1 }), 1, 'b', '3');
  table.add(from(4, { stamp: 1 }), -8, 'b', '4');
  expect(read(due)).toEqual(['a 1 [-10, 1)', 'b 1 [-10, 1)']);
  expect(readAll(table, 3)).toEqual([['a 1|2 [-9, 2)', 'b 4|1|3 [-9, 2)']]);
});

test('a record for a window that must have closed is refused', () => {
  const table = filled([0, 'a']);
  readAll(table, 1);
  expect(() => table.add(from(1), 0, 'b', '2')).toThrow('the table: a record that counts from 0 on');
});

test('what merge throws is thrown where the results are read', () => {
  const merge = (): never => {
    throw new Error('no');
  };
  const table = tableOf(10, { folding: { ...texts, merge } });
  for (const slot of [0, 1]) table.add(from(0, { slot }), 0, 'a', '1');
  const due = table.takeFirst(1);
  expect(() => read(due)).toThrow('no');
});

test('keys are known by their window, and what is kept', () => {
  const table = filled([0, 'a'], [5, 'b']);
  readAll(table, 1);
  const has = (end: number): boolean => table.hasKey('k', { start: end - 11, end });
  expect([1, 2, 11, 16, 17].map(has)).toEqual([false, true, true, true, false]);
  expect(table.hasKey('other', { start: -9, end: 2 })).toBe(false);
  expect([table.size, [...table.states()]]).toEqual([2, ['a', 'b']]);
});

test('a window in which nothing changed is not open any more when the watermark has passed it', () => {
  const table = filled([0, 'a'], [3, 'b']);
  expect(readAll(table, 11)).toHaveLength(2); // one that ends at 11 has the same records as the one before
  expect([table.lastEndBy(11), table.lastEndBy(12)]).toEqual([undefined, 12]);
});
