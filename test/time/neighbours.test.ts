import { expect, test } from 'vitest';
import { calendar } from '../../src/time/calendar';
import { hopping } from '../../src/time/hopping';
import { neighbours } from '../../src/time/neighbours';
import { tumbling } from '../../src/time/tumbling';

test('windows side by side follow one another where they meet', () => {
  const beside = neighbours(tumbling(10));
  const window = beside.endingAt(0);
  expect([beside.before(window), window, beside.after(window)]).toEqual([
    { start: -20, end: -10 },
    { start: -10, end: 0 },
    { start: 0, end: 10 },
  ]);
});

test('windows that overlap begin one after the other', () => {
  const beside = neighbours(hopping(10, { every: 3 }));
  const window = beside.endingAt(10);
  expect([beside.before(window), window, beside.after(window)]).toEqual([
    { start: -3, end: 7 },
    { start: 0, end: 10 },
    { start: 3, end: 13 },
  ]);
});

test('days are as long as the calendar has them', () => {
  const beside = neighbours(calendar('day', { timeZone: 'Europe/Berlin' }));
  const day = beside.endingAt(Date.parse('2024-03-31T22:00Z'));
  const [before, after] = [beside.before(day), beside.after(day)];
  expect([before, day, after].map(({ start, end }) => (end - start) / 3_600_000)).toEqual([24, 23, 24]);
  expect([before.end, after.start]).toEqual([day.start, day.end]);
});
