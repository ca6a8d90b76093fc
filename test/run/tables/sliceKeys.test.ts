import { expect, test } from 'vitest';
import { SliceKeys } from '../../../src/run/tables/sliceKeys';
import { Part, SliceQueue } from '../../../src/time/sliceQueue';

const window = { start: 0, end: 10 };

function keysOf(...parts: readonly (readonly [slot: number, start: number, key: string, arrival: number])[]): SliceKeys {
  const join = (a: unknown, b: unknown) => `${String(a)} ${String(b)}`;
  const keys = new SliceKeys(() => new SliceQueue<unknown>(join), join);
  for (const [slot, start, key, arrival] of parts) keys.add(slot, new Map([[key, new Part<unknown>({ start }, key, arrival, `${start}`)]]));
  return keys;
}

test('a key is merged by time within a partition, and then by partition', () => {
  const keys = keysOf([2, 0, 'a', 0], [0, 5, 'a', 1], [0, 1, 'a', 2], [2, 3, 'a', 3]);
  keys.order();
  expect([...keys.results(window, 0)]).toEqual([{ key: 'a', value: '1 5 0 3', window }]);
});

test('keys come by partition, then by arrival, and the order follows what is left of them', () => {
  const keys = keysOf([1, 0, 'c', 0], [0, 0, 'a', 1], [0, 1, 'b', 2], [0, 2, 'a', 3]);
  keys.order();
  expect([...keys.results(window, 1)].map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  keys.order();
  expect([...keys.results(window, 2)].map(({ key }) => key)).toEqual(['b', 'a']);
});

test('slices leave as results are read, and the keys of the window are still known', () => {
  const keys = keysOf([0, 0, 'a', 0], [0, 5, 'a', 1], [0, 0, 'b', 2]);
  keys.order();
  const known = keys.keys();
  const results = keys.results(window, 1);
  expect(keys.size).toBe(3);
  results.next();
  expect(keys.size).toBe(2);
  expect([...results]).toHaveLength(1);
  expect(keys.size).toBe(1);
  expect([...known]).toEqual([
    ['a', 'a'],
    ['b', 'b'],
  ]);
  expect([...keys.keys()]).toEqual([['a', 'a']]);
});

test('a key is there as long as it has slices', () => {
  const keys = keysOf([0, 0, 'a', 0], [0, 5, 'b', 1]);
  expect(keys.has('a', -Infinity)).toBe(true);
  keys.order();
  expect([...keys.results(window, 1)]).toHaveLength(2);
  expect([keys.size, keys.has('a', -Infinity), keys.has('b', 5), keys.has('b', 6)]).toEqual([1, false, true, false]);
});
