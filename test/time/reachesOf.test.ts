import { expect, test } from 'vitest';
import { record } from '../../src/testing/record';
import { reachesOf } from '../../src/time/reachesOf';
import { session } from '../../src/time/session';

test('a record reaches from its timestamp to the end of its gap', () => {
  expect(reachesOf(session({ gap: '10s' }))(-5, record('a', 1))).toEqual([{ start: -5, end: 9_995 }]);
  expect(reachesOf(session({ gap: (value) => Number(value) }))(3, record('a', 0.5))).toEqual([{ start: 3, end: 3.5 }]);
});

test('a window of your own says what a record reaches', () => {
  const reaches = reachesOf({
    kind: 'custom',
    name: 'around',
    merge: true,
    assign: (timestamp) => [{ start: timestamp - 1, end: timestamp + 1 }],
  });
  expect(reaches(3, record('a', 1))).toEqual([{ start: 2, end: 4 }]);
  const elsewhere = reachesOf({ kind: 'custom', name: 'elsewhere', merge: true, assign: () => [{ start: 0, end: 1 }] });
  expect(() => elsewhere(3, record('a', 1))).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});

test.each([0, -1, NaN, Infinity, 1e-5, '1'])('a gap of %j is refused, and the key is named', (gap) => {
  const reaches = reachesOf({ kind: 'session', gapOf: () => gap as number });
  expect(() => reaches(1.7e12, record('a', 1))).toThrow(
    expect.objectContaining({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(`the gap of a session is ${gap} for the key "a"`) as string,
    }),
  );
});
