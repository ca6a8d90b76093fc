import { expect, test } from 'vitest';
import { Sessions } from '../../src/time/sessions';

const texts = {
  first: (value: string) => value,
  fold: (state: string, value: string) => state + value,
  merge: (a: string, b: string) => `(${a}|${b})`,
};

test('records less than a gap apart are one session, which ends a gap after the last', () => {
  const sessions = new Sessions(texts);
  sessions.add(0, 10, 'a');
  sessions.add(9, 19, 'b');
  expect(sessions.open).toEqual([{ start: 0, end: 19, state: 'ab' }]);
});

test('a record exactly a gap after the last begins a new session', () => {
  const sessions = new Sessions(texts);
  sessions.add(10, 20, 'b');
  sessions.add(0, 10, 'a');
  expect(sessions.open).toEqual([
    { start: 0, end: 10, state: 'a' },
    { start: 10, end: 20, state: 'b' },
  ]);
});

test('a record between sessions joins them in the order of time', () => {
  const sessions = new Sessions(texts);
  for (const [start, value] of [
    [40, 'd'],
    [20, 'c'],
    [0, 'a'],
    [60, 'e'],
  ] as const)
    sessions.add(start, start + 15, value);
  sessions.add(10, 45, 'b');
  expect(sessions.open).toEqual([
    { start: 0, end: 55, state: '((a|c)|d)b' },
    { start: 60, end: 75, state: 'e' },
  ]);
});

test('the furthest reach counts, not that of the last record', () => {
  const sessions = new Sessions(texts);
  sessions.add(0, 100, 'a');
  sessions.add(50, 51, 'b');
  sessions.add(99, 101, 'c');
  expect(sessions.open).toEqual([{ start: 0, end: 101, state: 'abc' }]);
});

test('a reach that is empty is refused', () => {
  expect(() => new Sessions(texts).add(1.7e12, 1.7e12 + 1e-5, 'a')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});

test('what was given can be let go', () => {
  const sessions = new Sessions(texts);
  sessions.add(0, 10, 'a');
  sessions.add(20, 30, 'b');
  sessions.drop(1);
  expect(sessions.open).toEqual([{ start: 20, end: 30, state: 'b' }]);
});
