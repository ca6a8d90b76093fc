import { expect, test } from 'vitest';
import { SlidingSets } from '../../src/time/slidingSets';
import { slidingWindows } from '../../src/time/slidingWindows';

const texts = {
  first: (value: string) => value,
  fold: (state: string, value: string) => state + value,
  merge: (a: string, b: string) => `${a}|${b}`,
};

function setsOf(...records: readonly (readonly [timestamp: number, value: string, closedThrough?: number])[]): SlidingSets<string, string> {
  const sets = new SlidingSets(10, texts);
  for (const record of records) sets.add(...record);
  return sets;
}

test('there is a window that ends at each record, and one that starts just after it', () => {
  expect([...slidingWindows([setsOf([0, 'a'], [5, 'b'])], texts.merge, -Infinity, Infinity)]).toEqual([
    { start: -10, end: 1, state: 'a' },
    { start: -5, end: 6, state: 'a|b' },
    { start: 1, end: 12, state: 'b' },
  ]);
});

test('a window that ends at a record and starts just after another is one', () => {
  const windows = [...slidingWindows([setsOf([0, 'a'], [5, 'b'], [11, 'c'])], texts.merge, -Infinity, Infinity)];
  expect(windows.map(({ start, end, state }) => [start, end, state])).toEqual([
    [-10, 1, 'a'],
    [-5, 6, 'a|b'],
    [1, 12, 'b|c'],
    [6, 17, 'c'],
  ]);
});

test('both ends are inclusive', () => {
  const windows = [...slidingWindows([setsOf([0, 'a'], [10, 'b'])], texts.merge, -Infinity, Infinity)];
  expect(windows.map(({ state }) => state)).toEqual(['a', 'a|b', 'b']);
});

test('states merge in partition order, then in the order of time', () => {
  const partitions = [setsOf([5, 'd'], [3, 'c']), undefined, setsOf([4, 'e']), setsOf([3, 'f'])];
  expect([...slidingWindows(partitions, texts.merge, 5, 6)]).toEqual([{ start: -5, end: 6, state: 'c|d|e|f' }]);
});

test('a record that came late enters with the first window that was open for it, and no window it was in is lost', () => {
  const windows = [...slidingWindows([setsOf([0, 'a'], [-5, 'late', 5])], texts.merge, -Infinity, Infinity)];
  expect(windows).toEqual([
    { start: -10, end: 1, state: 'a' },
    { start: -5, end: 6, state: 'late|a' },
    { start: -4, end: 7, state: 'a' },
  ]);
});

test('there is nothing where no record is', () => {
  expect([...slidingWindows([undefined, setsOf()], texts.merge, -Infinity, Infinity)]).toEqual([]);
});
