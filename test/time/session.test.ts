import { expect, test } from 'vitest';
import { record } from '../../src/testing/record';
import { session } from '../../src/time/session';

test('a gap that is the same for all records is known beforehand', () => {
  const window = session({ gap: '30s' });
  expect([window.kind, window.gap, window.gapOf(record('a', 1))]).toEqual(['session', 30_000, 30_000]);
});

test('a gap may be computed from value and record', () => {
  const window = session({ gap: (value, { key }) => (key === 'a' ? '1s' : Number(value)) });
  expect(window.gap).toBeUndefined();
  expect([window.gapOf(record('a', 1)), window.gapOf(record('b', 7)), window.gapOf(record('b', 0.5))]).toEqual([1_000, 7, 0.5]);
});

test.each([0, -1, NaN, Infinity, 'soon', undefined])('a gap of %j is refused, and if it is computed the key is named', (gap) => {
  const refusal = (text: string): unknown =>
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(text) as string });
  expect(() => session({ gap: gap as never })).toThrow(refusal('the gap of a session is'));
  expect(() => session({ gap: () => gap as never }).gapOf(record('a', 1))).toThrow(refusal('the gap of a session for the key "a" is'));
});
