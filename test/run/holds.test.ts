import { expect, test, vi } from 'vitest';
import { Holds, type ResultOrigin } from '../../src/run/holds';

test('the smallest offset of each partition is held, with the stamp of that record', () => {
  const holds = new Holds(2);
  for (const [offset, stamp] of [
    [7, 70],
    [5, 50],
    [6, 60],
  ] as const)
    holds.take({ kind: 'record', slot: 1, offset, stamp });
  expect([holds.offsetOf(1), holds.stampOf(1)]).toEqual([5, 50]);
});

test('a partition that gave no record is not held', () => {
  const holds = new Holds(2);
  holds.take({ kind: 'record', slot: 1, offset: 7, stamp: 70 });
  expect([holds.offsetOf(0), holds.stampOf(0)]).toEqual([Infinity, -Infinity]);
});

test('a result of an earlier operator counts as absorbed once for each time it is taken, and holds no offset', () => {
  const source: ResultOrigin = { kind: 'window', slot: 0, offset: Infinity, stamp: -Infinity, absorb: vi.fn(), unabsorb: vi.fn() };
  const holds = new Holds(1);
  holds.take(source);
  holds.take(source);
  expect(source.absorb).toHaveBeenCalledTimes(2);
  expect(holds.sources).toEqual(new Map([[source, 2]]));
  expect(holds.offsetOf(0)).toBe(Infinity);
});

test('what covers others holds the smallest offset of all of them, and leaves their sources with them', () => {
  const source: ResultOrigin = { kind: 'window', slot: 0, offset: Infinity, stamp: -Infinity, absorb: vi.fn(), unabsorb: vi.fn() };
  const [one, other, both] = [new Holds(2), new Holds(2), new Holds(2)];
  one.hold(0, 4, 40);
  other.hold(0, 3, 30);
  other.hold(1, 9, 90);
  other.take(source);
  both.cover(one);
  both.cover(other);
  expect([both.offsetOf(0), both.stampOf(0), both.offsetOf(1), both.stampOf(1)]).toEqual([3, 30, 9, 90]);
  expect(both.sources.size).toBe(0);
});
