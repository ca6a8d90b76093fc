import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calendar } from '../../src/time/calendar';
import { calendarWindows } from '../../src/time/calendarWindows';

const zones = [
  ...[
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'America/Sao_Paulo',
    'America/Havana',
    'America/St_Johns',
    'America/Santiago',
    'Asia/Beirut',
  ],
  ...[
    'Asia/Gaza',
    'Africa/Cairo',
    'Africa/Casablanca',
    'Africa/Monrovia',
    'Pacific/Apia',
    'Pacific/Kwajalein',
    'Australia/Lord_Howe',
    'Asia/Manila',
  ],
];
const shapes = fc.record({ unit: fc.constantFrom('day' as const, 'week' as const, 'month' as const), zone: fc.constantFrom(...zones) });
const day = 86_400_000;
const timestamps = fc.integer({ min: Date.parse('1890-01-01T00:00Z'), max: Date.parse('2040-01-01T00:00Z') });

const dates = new Map(
  zones.map((timeZone) => [timeZone, new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })]),
);

/** The first date of the unit that is shown at an instant, found from its text alone. */
function dateShown(unit: string, zone: string, instant: number): string {
  const text = dates.get(zone)?.format(instant) ?? '';
  if (unit === 'day') return text;
  if (unit === 'month') return text.slice(0, 7);
  const noon = new Date(`${text}T12:00Z`);
  return new Date(noon.getTime() - ((noon.getUTCDay() + 6) % 7) * day).toISOString().slice(0, 10);
}

test('windows partition time: each is found from any timestamp in it, and its neighbours begin and end where it ends and begins', () => {
  fc.assert(
    fc.property(shapes, timestamps, fc.double({ min: 0, max: 1, noNaN: true }), ({ unit, zone }, timestamp, part) => {
      const fresh = () => calendarWindows(calendar(unit, { timeZone: zone }));
      const window = fresh()(timestamp);
      expect(window.start <= timestamp && timestamp < window.end).toBe(true);
      const inside = Math.min(window.start + Math.floor(part * (window.end - window.start)), window.end - 1);
      for (const other of [inside, window.start, window.end - 1]) expect(fresh()(other)).toEqual(window);
      expect(fresh()(window.end).start).toBe(window.end);
      expect(fresh()(window.start - 1).end).toBe(window.start);
    }),
    { numRuns: 150 },
  );
});

test('a window begins at the first instant of its date', () => {
  fc.assert(
    fc.property(shapes, timestamps, ({ unit, zone }, timestamp) => {
      const { start } = calendarWindows(calendar(unit, { timeZone: zone }))(timestamp);
      const date = dateShown(unit, zone, start);
      expect(dateShown(unit, zone, start - 1) < date).toBe(true);
      for (let before = start - 900_000; before > start - 26 * 3_600_000; before -= 900_000)
        expect(dateShown(unit, zone, before) < date).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('the date that is shown is that of the window, but where clocks have gone back over midnight', () => {
  fc.assert(
    fc.property(shapes, timestamps, ({ unit, zone }, timestamp) => {
      const { start } = calendarWindows(calendar(unit, { timeZone: zone }))(timestamp);
      const shown = dateShown(unit, zone, timestamp);
      if (shown === dateShown(unit, zone, start)) return;
      expect(shown < dateShown(unit, zone, start)).toBe(true);
      expect(timestamp - start).toBeLessThan(2 * 3_600_000);
    }),
    { numRuns: 200 },
  );
});

test('one that remembers gives the same as one that was just made', () => {
  fc.assert(
    fc.property(shapes, fc.array(timestamps, { maxLength: 8 }), ({ unit, zone }, times) => {
      const shape = calendar(unit, { timeZone: zone });
      const windows = calendarWindows(shape);
      for (const time of [...times, ...times]) expect(windows(time)).toEqual(calendarWindows(shape)(time));
    }),
    { numRuns: 30 },
  );
});
