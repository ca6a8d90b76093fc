import { expect, test } from 'vitest';
import { tumbling, windowStart } from '../../src/time/tumbling';

test('a window starts at its first timestamp and ends before that of the next', () => {
  const window = tumbling('10s');
  expect([0, 9_999, 10_000].map((timestamp) => windowStart(window, timestamp))).toEqual([0, 0, 10_000]);
});

test('windows before 1970 are as long as those after it', () => {
  expect([-1, -10, -11].map((timestamp) => windowStart(tumbling(10), timestamp))).toEqual([-10, -10, -20]);
});

test('the offset shifts all windows, also to the left', () => {
  expect(windowStart(tumbling('1d', { offset: '-2h' }), Date.parse('2024-01-01T23:00Z'))).toBe(Date.parse('2024-01-01T22:00Z'));
  expect(windowStart(tumbling(10, { offset: 3 }), 2)).toBe(-7);
});

test.each([0, -1, '0s', 'soon', NaN])('a window of the size %j is refused', (size) => {
  expect(() => tumbling(size as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});

test('an offset that is no duration is refused', () => {
  expect(() => tumbling(10, { offset: 'x' as never })).toThrow('the offset of a tumbling window is "x"');
});
