import { expect, test } from 'vitest';
import { calendar } from '../../src/time/calendar';
import { calendarWindows } from '../../src/time/calendarWindows';

const minute = (instant: number): string => new Date(instant).toISOString().replace(/:00\.000Z$/, 'Z');
const windowAt = (unit: 'day' | 'week' | 'month', timeZone: string, instant: string): readonly [string, string] => {
  const { start, end } = calendarWindows(calendar(unit, { timeZone }))(Date.parse(instant));
  return [minute(start), minute(end)];
};

test.each([
  ['a day in UTC', 'day', 'UTC', '2024-02-29T23:59Z', '2024-02-29T00:00Z', '2024-03-01T00:00Z'],
  ['a day before 1970', 'day', 'UTC', '1969-12-31T23:59Z', '1969-12-31T00:00Z', '1970-01-01T00:00Z'],
  ['a day of 23 hours', 'day', 'Europe/Berlin', '2024-03-31T12:00Z', '2024-03-30T23:00Z', '2024-03-31T22:00Z'],
  ['a day of 25 hours', 'day', 'America/New_York', '2024-11-03T12:00Z', '2024-11-03T04:00Z', '2024-11-04T05:00Z'],
  ['a day of 24 and a half hours', 'day', 'Australia/Lord_Howe', '2024-04-07T00:00Z', '2024-04-06T13:00Z', '2024-04-07T13:30Z'],
  ['a day without midnight', 'day', 'America/Sao_Paulo', '2018-11-04T12:00Z', '2018-11-04T03:00Z', '2018-11-05T02:00Z'],
  ['the day before it', 'day', 'America/Sao_Paulo', '2018-11-04T02:59Z', '2018-11-03T03:00Z', '2018-11-04T03:00Z'],
  ['a day whose last hour comes twice', 'day', 'America/Sao_Paulo', '2018-02-18T02:30Z', '2018-02-17T02:00Z', '2018-02-18T03:00Z'],
  ['another day without midnight', 'day', 'Asia/Beirut', '2022-03-27T12:00Z', '2022-03-26T22:00Z', '2022-03-27T21:00Z'],
  ['the day before the skipped one', 'day', 'Pacific/Apia', '2011-12-30T09:59Z', '2011-12-29T10:00Z', '2011-12-30T10:00Z'],
  ['the day after the skipped one', 'day', 'Pacific/Apia', '2011-12-30T10:00Z', '2011-12-30T10:00Z', '2011-12-31T10:00Z'],
  ['a week of six days', 'week', 'Pacific/Apia', '2011-12-31T00:00Z', '2011-12-26T10:00Z', '2012-01-01T10:00Z'],
  ['a week begins on Monday', 'week', 'UTC', '1970-01-01T00:00Z', '1969-12-29T00:00Z', '1970-01-05T00:00Z'],
  ['Sunday ends a week', 'week', 'Europe/Berlin', '2024-03-31T21:59Z', '2024-03-24T23:00Z', '2024-03-31T22:00Z'],
  ['a month across the change', 'month', 'Europe/Berlin', '2024-03-01T00:00Z', '2024-02-29T23:00Z', '2024-03-31T22:00Z'],
  ['December', 'month', 'America/New_York', '2025-01-01T04:59Z', '2024-12-01T05:00Z', '2025-01-01T05:00Z'],
  ['a month before 1970', 'month', 'Asia/Kolkata', '1960-02-10T00:00Z', '1960-01-31T18:30Z', '1960-02-29T18:30Z'],
  ['clocks put ahead by 24 hours', 'day', 'Pacific/Kwajalein', '1993-08-21T12:00Z', '1993-08-21T12:00Z', '1993-08-22T12:00Z'],
] as const)('%s', (_, unit, timeZone, instant, start, end) => {
  expect(windowAt(unit, timeZone, instant)).toEqual([start, end]);
});

test('clocks that go back from one minute past midnight do not bring the old day back', () => {
  // At 02:31 UTC clocks went from 00:01 to 23:01 of the day before.
  expect(windowAt('day', 'America/St_Johns', '2010-11-07T02:29Z')).toEqual(['2010-11-06T02:30Z', '2010-11-07T02:30Z']);
  expect(windowAt('day', 'America/St_Johns', '2010-11-07T02:30Z')).toEqual(['2010-11-07T02:30Z', '2010-11-08T03:30Z']);
  expect(windowAt('day', 'America/St_Johns', '2010-11-07T03:15Z')).toEqual(['2010-11-07T02:30Z', '2010-11-08T03:30Z']);
});

test('local mean time has seconds', () => {
  const { start } = calendarWindows(calendar('day', { timeZone: 'Africa/Monrovia' }))(0);
  expect(new Date(start).toISOString()).toBe('1969-12-31T00:44:30.000Z');
});

test('a window that is known is found again without asking the time zone', () => {
  const windows = calendarWindows(calendar('day', { timeZone: 'Europe/Berlin' }));
  const first = windows(Date.parse('2024-05-05T12:00Z'));
  const later = windows(Date.parse('2024-07-07T12:00Z'));
  const earlier = windows(Date.parse('2024-01-01T12:00Z'));
  expect(windows(first.start)).toBe(first);
  expect(windows(first.end - 1)).toBe(first);
  expect(windows(later.start)).toBe(later);
  expect(windows(earlier.end - 1)).toBe(earlier);
});

test('what is remembered has a limit, and forgetting changes nothing', () => {
  const windows = calendarWindows(calendar('day'));
  const first = windows(0);
  for (let day = 1; day <= 1_100; day++) expect(windows(day * 86_400_000).start).toBe(day * 86_400_000);
  expect(windows(0)).toEqual(first);
  expect(windows(0)).not.toBe(first);
});

test.each([NaN, Infinity, -8.64e15, 1.7e18])('the timestamp %d has no date', (timestamp) => {
  expect(() => calendarWindows(calendar('day'))(timestamp)).toThrow(expect.objectContaining({ code: 'BAD_TIMESTAMP' }));
});
