import { expect, test } from 'vitest';
import { calendar } from '../../src/time/calendar';

test('the calendar is that of UTC unless a time zone is given, not that of the machine', () => {
  expect(calendar('day')).toEqual({ kind: 'calendar', unit: 'day', timeZone: 'UTC' });
});

test('the name of the time zone stays as it was written', () => {
  expect([calendar('week', { timeZone: 'Asia/Calcutta' }).timeZone, calendar('month', { timeZone: 'Asia/Kolkata' }).timeZone]).toEqual([
    'Asia/Calcutta',
    'Asia/Kolkata',
  ]);
});

test.each(['year', 'Day', '', undefined])('the unit %j is refused', (unit) => {
  expect(() => calendar(unit as never)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining("it can be 'day', 'week' or 'month'") as string }),
  );
});

test.each(['Mars/Olympus', 'Europe/Berln', ''])('the time zone %j is refused', (timeZone) => {
  expect(() => calendar('day', { timeZone })).toThrow(
    expect.objectContaining({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(`is ${JSON.stringify(timeZone)}, which this platform`) as string,
    }),
  );
});
