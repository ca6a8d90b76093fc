import { expect, test } from 'vitest';
import { closeSessions } from '../../src/time/closeSessions';
import { Sessions } from '../../src/time/sessions';

const texts = {
  first: (value: string) => value,
  fold: (state: string, value: string) => state + value,
  merge: (a: string, b: string) => `${a}|${b}`,
};

function sessionsOf(...records: readonly (readonly [start: number, end: number, value: string])[]): Sessions<string, string> {
  const sessions = new Sessions(texts);
  for (const record of records) sessions.add(...record);
  return sessions;
}

test('what has ended is taken out, in the order of ends', () => {
  const sessions = sessionsOf([0, 10, 'a'], [20, 30, 'b'], [40, 50, 'c']);
  expect(closeSessions([sessions], texts.merge, 30)).toEqual([
    { start: 0, end: 10, state: 'a' },
    { start: 20, end: 30, state: 'b' },
  ]);
  expect(sessions.open).toEqual([{ start: 40, end: 50, state: 'c' }]);
});

test('sessions of several partitions that overlap are one, merged in partition order', () => {
  const partitions = [sessionsOf([20, 30, 'c']), undefined, sessionsOf([0, 10, 'a'], [28, 40, 'd']), sessionsOf([9, 21, 'b'])];
  expect(closeSessions(partitions, texts.merge, 40)).toEqual([{ start: 0, end: 40, state: 'c|a|d|b' }]);
  expect(partitions.map((sessions) => sessions?.open.length)).toEqual([0, undefined, 0, 0]);
});

test('a session that another partition goes on with stays open as a whole', () => {
  const partitions = [sessionsOf([0, 10, 'a']), sessionsOf([9, 31, 'b'])];
  expect(closeSessions(partitions, texts.merge, 30)).toEqual([]);
  expect(closeSessions(partitions, texts.merge, 31)).toEqual([{ start: 0, end: 31, state: 'a|b' }]);
});

test('sessions that meet without overlapping are two', () => {
  expect(closeSessions([sessionsOf([0, 10, 'a']), sessionsOf([10, 20, 'b'])], texts.merge, 20)).toHaveLength(2);
});
