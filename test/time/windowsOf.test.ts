import { expect, test } from 'vitest';
import { calendar } from '../../src/time/calendar';
import { global } from '../../src/time/global';
import { hopping } from '../../src/time/hopping';
import { tumbling } from '../../src/time/tumbling';
import { windowsOf } from '../../src/time/windowsOf';

test('a tumbling window is the only one of its records', () => {
  const windows = windowsOf(tumbling(10, { offset: 3 }));
  expect([0, 2.9, 3, 12, 13].map((timestamp) => windows(timestamp, null)[0]?.start)).toEqual([-7, -7, 3, 3, 13]);
  expect(windows(4, null)).toEqual([{ start: 3, end: 13 }]);
});

test('hopping windows come in the order of their ends', () => {
  expect(windowsOf(hopping(10, { every: 5 }))(-1, null)).toEqual([
    { start: -10, end: 0 },
    { start: -5, end: 5 },
  ]);
});

test('the global window has neither start nor end', () => {
  expect(windowsOf(global())(7, null)).toEqual([{ start: -Infinity, end: Infinity }]);
});

test('calendar windows are those of the time zone', () => {
  const [window] = windowsOf(calendar('month', { timeZone: 'Europe/Berlin' }))(Date.parse('2024-03-31T22:30Z'), null);
  expect(window).toEqual({ start: Date.parse('2024-03-31T22:00Z'), end: Date.parse('2024-04-30T22:00Z') });
});

test('a custom window is asked with the record, and what it gives is checked', () => {
  const windows = windowsOf<{ readonly vip: boolean }>({
    kind: 'custom',
    name: 'vip only',
    assign: (timestamp, { vip }) => (vip ? [{ start: timestamp, end: timestamp + 1 }] : []),
  });
  expect([windows(5, { vip: true }), windows(5, { vip: false })]).toEqual([[{ start: 5, end: 6 }], []]);
  expect(() => windowsOf({ kind: 'custom', name: 'none', assign: () => [{ start: 1, end: 1 }] })(1, null)).toThrow(
    'whose start is not before its end',
  );
});

test('the window of the record before is not made anew', () => {
  const windows = windowsOf(tumbling(10));
  expect(windows(9, null)).toBe(windows(1, null));
  expect(windows(10, null)).not.toBe(windows(9, null));
});
