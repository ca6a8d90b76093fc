import { expect, test } from 'vitest';
import { type SlidingEntry, SlidingSet } from '../../../src/run/tables/slidingSet';
import type { Folding } from '../../../src/time/folding';
import { from, texts } from './origins';

function setOf(...records: readonly (readonly [at: number, value: string, from?: number])[]): SlidingSet {
  const set = new SlidingSet(10);
  records.forEach(([at, value, first = at], offset) => set.add(at, first, value, texts, from(offset), offset));
  return set;
}

const stateAt = (set: SlidingSet, x: number): unknown => (set.moveTo(x, []) ? set.state(texts) : 'unchanged');

test('records of the same millisecond that count from the same window on are folded into one state', () => {
  const set = new SlidingSet(10);
  const added = [[5, 5], [3, 3], [5, 5], [5, 6]].map(([at = 0, first = 0], offset) => set.add(at, first, `${offset}`, texts, from(offset), offset)); // prettier-ignore
  expect(added).toEqual([true, true, false, true]);
  expect([...set].map(({ at, from: first, state }) => [at, first, state])).toEqual([
    [3, 3, '1'],
    [5, 5, '02'],
    [5, 6, '3'],
  ]);
});

test('that holds too of those that came late', () => {
  expect([...setOf([3, 'a', 7], [5, 'b', 7], [3, 'c', 7], [4, 'd', 6])].map(({ at, state }) => [at, state])).toEqual([
    [4, 'd'],
    [3, 'ac'],
    [5, 'b'],
  ]);
});

test('entries come in with their first window, and go out when they are more than the span behind', () => {
  const set = setOf([0, 'a'], [5, 'b'], [11, 'c']);
  expect([0, 3, 5, 10, 11, 15, 16, 21].map((x) => stateAt(set, x))).toEqual([
    'a',
    'unchanged',
    'a|b',
    'unchanged',
    'b|c',
    'unchanged',
    'c',
    'unchanged',
  ]);
});

test('one that came late stands where its time is, in the front and in the back', () => {
  const front = setOf([0, 'a'], [6, 'c'], [4, 'b', 7]);
  expect([0, 6, 7].map((x) => stateAt(front, x))).toEqual(['a', 'a|c', 'a|b|c']);
  const back = setOf([0, 'a'], [3, 'b'], [6, 'd'], [5, 'c', 7], [8, 'e']);
  expect([0, 3, 6, 7, 8, 11, 14].map((x) => stateAt(back, x))).toEqual(['a', 'a|b', 'a|b|d', 'a|b|c|d', 'a|b|c|d|e', 'b|c|d|e', 'c|d|e']);
});

test('the entry whose record came first is known, wherever it stands', () => {
  const set = setOf([4, 'e'], [3, 'd'], [8, 'b'], [1, 'a'], [12, 'c']);
  const firsts = [1, 3, 4, 8, 12, 14, 15].map((x) => {
    set.moveTo(x, []);
    return set.first?.state;
  });
  expect(firsts).toEqual(['a', 'd', 'e', 'e', 'e', 'e', 'b']);
  set.moveTo(30, []);
  expect(set.first).toBeUndefined();
});

test('the next change and what has gone out are told', () => {
  const set = setOf([0, 'a'], [5, 'b']);
  const gone: SlidingEntry[] = [];
  const changes = [set.nextChange];
  for (const x of [0, 5, 10, 11, 16]) {
    set.moveTo(x, gone);
    changes.push(set.nextChange);
  }
  expect(changes).toEqual([0, 5, 11, 11, 16, Infinity]);
  expect([gone.map(({ state }) => state), [...set]]).toEqual([['a', 'b'], []]);
});

test('each entry is merged a few times, however many are in the window', () => {
  let merges = 0;
  const counting: Folding = {
    first: () => 1,
    fold: (state) => (state as number) + 1,
    merge: (a, b) => (merges++, (a as number) + (b as number)),
  };
  const set = new SlidingSet(1_000);
  for (let at = 0; at < 10_000; at++) set.add(at, at, undefined, counting, from(at), at);
  for (let x = 0; x < 10_000; x++) {
    set.moveTo(x, []);
    expect(set.state(counting)).toBe(Math.min(x + 1, 1_001));
  }
  expect(merges).toBeLessThan(30_000);
});
