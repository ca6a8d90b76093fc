import { expect, test } from 'vitest';
import { checkedWindows } from '../../src/time/windowShape';

test('windows come ordered by end, then start, whatever order they were given in', () => {
  const windows = [
    { start: 0, end: 20 },
    { start: 5, end: 10 },
    { start: 0, end: 10 },
  ];
  expect(checkedWindows('shifts', 7, windows)).toEqual([windows[2], windows[1], windows[0]]);
  expect(windows[0]).toEqual({ start: 0, end: 20 });
  expect(checkedWindows('shifts', 7, [])).toEqual([]);
});

test.each([
  [[{ start: 0, end: Infinity }], 'the window [0, Infinity), whose edges are not both finite numbers,'],
  [[{ start: NaN, end: 10 }], 'the window [NaN, 10), whose edges are not both finite numbers,'],
  [[{ start: 0 }], 'the window [0, undefined), whose edges are not both finite numbers,'],
  [[{ start: 7, end: 7 }], 'the window [7, 7), whose start is not before its end,'],
  [[{ start: 9, end: 0 }], 'the window [9, 0), whose start is not before its end,'],
  [[{ start: 0, end: 7 }], 'the window [0, 7), which does not cover it,'],
  [[{ start: 8, end: 9 }], 'the window [8, 9), which does not cover it,'],
  [
    [
      { start: 0, end: 10 },
      { start: 0, end: 20 },
      { start: 0, end: 10 },
    ],
    'the window [0, 10) twice',
  ],
  [undefined, 'undefined: it must give an array of windows, empty if there is none,'],
])('%j is refused', (windows, message) => {
  expect(() => checkedWindows('shifts', 7, windows as never)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: `assign of the window "shifts" gave ${message} for the timestamp 7` }),
  );
});
