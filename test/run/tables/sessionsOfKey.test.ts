import { expect, test } from 'vitest';
import { SessionsOfKey, type WholeSession } from '../../../src/run/tables/sessionsOfKey';
import { from, texts } from './origins';

function sessionsOf(...reaches: readonly (readonly [slot: number, start: number, end: number, value: string, closedThrough?: number])[]) {
  const sessions = new SessionsOfKey('k', 'k', 4);
  reaches.forEach(([slot, start, end, value, closedThrough = -Infinity], order) =>
    sessions.add(start, end, value, texts, from(order, { slot }), order, closedThrough),
  );
  return sessions;
}

const shown = (whole: WholeSession | undefined): string | undefined =>
  whole && `${whole.parts.map(({ state }) => String(state)).join(' ')} [${whole.start}, ${whole.end}) first ${String(whole.first.state)}`;

test('sessions of several partitions that overlap are one, in the order of partitions and then of time', () => {
  const sessions = sessionsOf([0, 20, 30, 'c'], [2, 0, 10, 'a'], [2, 28, 40, 'd'], [3, 9, 21, 'b']);
  expect([sessions.size, sessions.firstEnd]).toEqual([4, 40]);
  expect(shown(sessions.takeFirst())).toBe('c a d b [0, 40) first c');
  expect([sessions.size, sessions.firstEnd, sessions.takeFirst()]).toEqual([0, Infinity, undefined]);
});

test('a session that another partition goes on with ends when that does', () => {
  const sessions = sessionsOf([0, 0, 10, 'a'], [1, 9, 31, 'b'], [0, 31, 41, 'c']);
  expect([sessions.firstEnd, ...sessions.stretches()].map((one) => (typeof one === 'number' ? one : [one.start, one.end]))).toEqual([
    31,
    [0, 31],
    [31, 41],
  ]);
  expect([shown(sessions.takeFirst()), shown(sessions.takeFirst())]).toEqual(['a b [0, 31) first a', 'c [31, 41) first c']);
});

test('sessions that meet without overlapping are two', () => {
  const sessions = sessionsOf([0, 0, 10, 'a'], [1, 10, 20, 'b']);
  expect([
    shown(sessions.at({ start: 9, end: 11 })),
    shown(sessions.at({ start: 10, end: 11 })),
    sessions.at({ start: 20, end: 30 }),
  ]).toEqual(['a [0, 10) first a', 'b [10, 20) first b', undefined]);
});

test('a session that goes on is kept in few parts, however often a partition comes back to it', () => {
  const sessions = new SessionsOfKey('k', 'k', 2);
  for (let at = 0; at < 1_000; at += 10) {
    sessions.add(at, at + 6, 'a', texts, from(at), at, at);
    sessions.add(at + 5, at + 11, 'b', texts, from(at, { slot: 1 }), at, at);
  }
  expect(sessions.size).toBeLessThan(6);
  const states = sessions.takeFirst()?.parts.map(({ state }) => String(state)) ?? [];
  expect(states.join('').replaceAll('|', '')).toBe('a'.repeat(100) + 'b'.repeat(100));
});
