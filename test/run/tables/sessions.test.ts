import { expect, test } from 'vitest';
import { Sessions } from '../../../src/run/tables/sessions';
import type { Folding } from '../../../src/time/folding';
import { from, texts } from './origins';

function sessionsOf(...reaches: readonly (readonly [start: number, end: number, value: string])[]): Sessions {
  const grouping: Folding = { ...texts, merge: (a, b) => `(${String(texts.merge(a, b))})` };
  const sessions = new Sessions(grouping);
  reaches.forEach(([start, end, value], offset) => sessions.add(start, end, value, from(offset), offset));
  return sessions;
}

const shown = (sessions: Sessions): string[] =>
  [...sessions].map(({ start, end, state, offset }) => `${String(state)} [${start}, ${end}) @${offset}`);

test('records less than a gap apart are one session, which ends a gap after the last', () => {
  expect(shown(sessionsOf([0, 10, 'a'], [9, 19, 'b']))).toEqual(['ab [0, 19) @0']);
});

test('a record exactly a gap after the last begins a new session', () => {
  const sessions = sessionsOf([10, 20, 'b'], [0, 10, 'a']);
  expect(shown(sessions)).toEqual(['a [0, 10) @1', 'b [10, 20) @0']);
  expect(sessions).toHaveLength(2);
});

test('a record between sessions joins them in the order of time, and the first offset is held', () => {
  const sessions = sessionsOf([40, 55, 'd'], [20, 35, 'c'], [0, 15, 'a'], [60, 75, 'e'], [10, 45, 'b']);
  expect(shown(sessions)).toEqual(['(a|(c|d))b [0, 55) @0', 'e [60, 75) @3']);
  expect(sessions).toHaveLength(2);
});

test('the furthest reach counts, not that of the last record', () => {
  expect(shown(sessionsOf([0, 100, 'a'], [50, 51, 'b'], [99, 101, 'c']))).toEqual(['abc [0, 101) @0']);
});

test('sessions that have ended become one where another partition has made them one', () => {
  const sessions = sessionsOf([0, 5, 'a'], [10, 15, 'b'], [20, 25, 'c'], [30, 35, 'd'], [40, 45, 'e']);
  const last = sessions.last;
  if (!last) throw new Error('no session');
  sessions.joinEnded(last, 10, 30);
  expect(shown(sessions)).toEqual(['a [0, 5) @0', '(b|c) [10, 25) @1', 'd [30, 35) @3', 'e [40, 45) @4']);
  sessions.joinEnded(last, 10, 35);
  expect(shown(sessions)).toEqual(['a [0, 5) @0', '((b|c)|d) [10, 35) @1', 'e [40, 45) @4']);
  expect(sessions).toHaveLength(3);
});
