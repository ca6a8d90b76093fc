import { expect, test } from 'vitest';
import { wallClock } from '../../src/time/wallClock';

const shown = (timeZone: string, instant: string | number): string =>
  new Date(wallClock(timeZone)(typeof instant === 'string' ? Date.parse(instant) : instant)).toISOString().slice(0, -1);

test('clocks show what the zone says', () => {
  expect(shown('UTC', 0)).toBe('1970-01-01T00:00:00.000');
  expect(shown('Europe/Berlin', '2024-03-31T00:59:59.999Z')).toBe('2024-03-31T01:59:59.999');
  expect(shown('Europe/Berlin', '2024-03-31T01:00Z')).toBe('2024-03-31T03:00:00.000');
  expect(shown('Asia/Kathmandu', '2024-01-01T00:00Z')).toBe('2024-01-01T05:45:00.000');
});

test('midnight is the beginning of a day and not its end', () => {
  expect(shown('Asia/Tokyo', '2024-01-01T15:00Z')).toBe('2024-01-02T00:00:00.000');
});

test('times before 1970 are not rounded into the next second', () => {
  expect(shown('UTC', -1)).toBe('1969-12-31T23:59:59.999');
  expect(wallClock('UTC')(-0.5)).toBe(-0.5);
  expect(shown('America/New_York', '1967-04-30T06:59:59.500Z')).toBe('1967-04-30T01:59:59.500'); // the next second is 03:00:00
});

test('seconds of local mean time count, and so do the first centuries', () => {
  expect(shown('Africa/Monrovia', '1970-01-01T00:00Z')).toBe('1969-12-31T23:15:30.000');
  expect(shown('UTC', '0099-05-06T07:08:09Z')).toBe('0099-05-06T07:08:09.000');
  expect(shown('UTC', '-000043-03-15T12:00:00Z')).toBe('-000043-03-15T12:00:00.000');
});
