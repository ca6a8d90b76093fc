import { expect, test } from 'vitest';
import { newestAllowed } from '../../src/run/skew';
import { partition } from './pieces';

/** A partition whose newest timestamp is `newest`. */
function reader(newest: number, { idle = false, joins = false, atEnd = false } = {}) {
  const epoch = partition();
  epoch.newest = newest;
  epoch.idle = idle;
  if (joins) epoch.joinsAfter = new Map();
  return { epoch, atEnd };
}

const allowed = (...[first, ...others]: [ReturnType<typeof reader>, ...ReturnType<typeof reader>[]]) =>
  newestAllowed(first, [first, ...others], 10);

test('a partition may be so far ahead of the one that is furthest behind, and no further', () => {
  expect(allowed(reader(50), reader(40), reader(20))).toBe(30);
});

test('what it has itself does not count', () => {
  expect(allowed(reader(5), reader(40))).toBe(50);
  expect(allowed(reader(5))).toBe(Infinity);
});

test('one that has not spoken yet is infinitely far behind', () => {
  expect(allowed(reader(50), reader(40), reader(-Infinity))).toBe(-Infinity);
});

test.each([
  ['is idle', { idle: true }],
  ['is at the end of a bounded read', { atEnd: true }],
  ['joins, and waits for the others itself,', { joins: true }],
])('one that %s holds nobody', (_, how) => {
  expect(allowed(reader(50), reader(20, how), reader(40))).toBe(50);
  expect(allowed(reader(50), reader(-Infinity, how))).toBe(Infinity);
});

test('without a limit nobody waits', () => {
  const first = reader(50);
  expect(newestAllowed(first, [first, reader(-Infinity)], Infinity)).toBe(Infinity);
});
