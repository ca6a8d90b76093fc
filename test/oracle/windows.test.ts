import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarDays } from './calendarDays';
import { type OracleWindow, type Span, windowsOf } from './windows';

const edges = (window: OracleWindow, timestamp: number) =>
  windowsOf(window, { key: 'k', timestamp }).map(({ start, end }): [number, number] => [start, end]);

describe('a record belongs to', () => {
  const cases: readonly (readonly [string, OracleWindow, number, readonly (readonly [number, number])[]])[] = [
    ['the tumbling window that starts with it', { kind: 'tumbling', size: 10, offset: 0 }, 20, [[20, 30]]],
    ['the one that it is the last millisecond of', { kind: 'tumbling', size: 10, offset: 0 }, 19, [[10, 20]]],
    ['one that is moved by the offset', { kind: 'tumbling', size: 10, offset: 3 }, 12, [[3, 13]]],
    ['one that is moved back by the offset', { kind: 'tumbling', size: 10, offset: -3 }, 17, [[17, 27]]],
    ['one before 1970 that is as long as all others', { kind: 'tumbling', size: 10, offset: 0 }, -1, [[-10, 0]]],
    [
      'each hopping window that covers it',
      { kind: 'hopping', size: 10, every: 5, offset: 0 },
      12,
      [
        [5, 15],
        [10, 20],
      ],
    ],
    [
      'one hopping window more where it falls early, if the size is no multiple',
      { kind: 'hopping', size: 10, every: 4, offset: 0 },
      12,
      [
        [4, 14],
        [8, 18],
        [12, 22],
      ],
    ],
    [
      'and one less where it falls late',
      { kind: 'hopping', size: 10, every: 4, offset: 0 },
      14,
      [
        [8, 18],
        [12, 22],
      ],
    ],
    [
      'sliding windows from the one that it ends to the one that it starts',
      { kind: 'sliding', span: 2 },
      5,
      [
        [3, 6],
        [4, 7],
        [5, 8],
      ],
    ],
    ['a session that ends a gap after it', { kind: 'session', gap: 7 }, 5, [[5, 12]]],
    ['everything', { kind: 'global' }, 5, [[-Infinity, Infinity]]],
    [
      'what its function says, by end and start',
      {
        kind: 'custom',
        assign: (at: number) => [
          { start: at, end: at + 9 },
          { start: at - 1, end: at + 2 },
        ],
      },
      5,
      [
        [4, 7],
        [5, 14],
      ],
    ],
  ];
  test.each(cases)('%s', (_, window, timestamp, expected) => {
    expect(edges(window, timestamp)).toEqual(expected);
  });
});

test('tumbling and hopping windows are those found by trying every millisecond for a start', () => {
  const sizes = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(sizes, sizes, fc.integer({ min: -100, max: 100 }), fc.integer({ min: -500, max: 500 }), (a, b, offset, timestamp) => {
      const [size, every] = [Math.max(a, b), Math.min(a, b)];
      const found: Span[] = [];
      for (let start = timestamp - 100; start <= timestamp; start++)
        if ((start - offset) % every === 0 && timestamp < start + size) found.push({ start, end: start + size });
      expect(windowsOf({ kind: 'hopping', size, every, offset }, { key: 'k', timestamp })).toEqual(found);
      if (every === size) expect(windowsOf({ kind: 'tumbling', size, offset }, { key: 'k', timestamp })).toEqual(found);
    }),
  );
});

describe('by the calendar', () => {
  const iso = ({ start, end }: Span) => [start, end].map((edge) => new Date(edge).toISOString().replace(/:00\.000Z$/, ''));
  const cases: readonly (readonly [string, string, 'day' | 'week' | 'month', string, readonly [string, string]])[] = [
    ['a day in UTC', '2024-02-29T23:59:59.999Z', 'day', 'UTC', ['2024-02-29T00:00', '2024-03-01T00:00']],
    ['a week begins on a Monday', '2024-03-03T12:00:00Z', 'week', 'UTC', ['2024-02-26T00:00', '2024-03-04T00:00']],
    ['a month of 29 days', '2024-02-10T00:00:00Z', 'month', 'UTC', ['2024-02-01T00:00', '2024-03-01T00:00']],
    ['a day before 1970', '1969-12-31T12:00:00Z', 'day', 'UTC', ['1969-12-31T00:00', '1970-01-01T00:00']],
    ['a day of 23 hours', '2024-03-31T12:00:00Z', 'day', 'Europe/Berlin', ['2024-03-30T23:00', '2024-03-31T22:00']],
    ['a day of 25 hours', '2024-10-27T12:00:00Z', 'day', 'Europe/Berlin', ['2024-10-26T22:00', '2024-10-27T23:00']],
    ['a month in which clocks change', '2024-03-15T00:00:00Z', 'month', 'Europe/Berlin', ['2024-02-29T23:00', '2024-03-31T22:00']],
    ['a day without midnight', '2018-11-04T12:00:00Z', 'day', 'America/Sao_Paulo', ['2018-11-04T03:00', '2018-11-05T02:00']],
    ['the day before one that was skipped', '2011-12-30T09:00:00Z', 'day', 'Pacific/Apia', ['2011-12-29T10:00', '2011-12-30T10:00']],
    ['the day after it', '2011-12-30T10:00:00Z', 'day', 'Pacific/Apia', ['2011-12-30T10:00', '2011-12-31T10:00']],
    [
      'a day that begins twice, from the first time on',
      '2006-10-29T02:45:00Z',
      'day',
      'America/St_Johns',
      ['2006-10-29T02:30', '2006-10-30T03:30'],
    ],
  ];
  test.each(cases)('%s', (_, at, unit, timeZone, expected) => {
    expect(iso(calendarDays(Date.parse(at), unit, timeZone))).toEqual(expected);
  });
});
