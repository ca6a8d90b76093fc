import { expect, test } from 'vitest';
import { toMillis } from '../../src/time/duration';

test.each([
  [0, 0],
  [1_500, 1_500],
  ['250ms', 250],
  ['30s', 30_000],
  ['1.5s', 1_500],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1d', 86_400_000],
] as const)('%j is %d ms', (duration, millis) => {
  expect(toMillis(duration, 'grace')).toBe(millis);
});

test.each(['10', '10 s', '10 seconds', 's', '1.2.3s', '', '1w', NaN, Infinity, null, undefined, {}])('%j is no duration', (duration) => {
  expect(() => toMillis(duration as never, 'grace')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});

test('a negative duration is refused where it makes no sense', () => {
  expect(() => toMillis('-1s', 'grace')).toThrow(
    `grace is "-1s": write a number of milliseconds, or text such as '250ms', '30s', '5m', '1h' or '1d'; it must be not negative`,
  );
  expect(toMillis('-1s', 'offset', -Infinity)).toBe(-1_000);
});

test('nothing is refused where it must be something', () => {
  expect(() => toMillis(0, 'size', Number.MIN_VALUE)).toThrow('it must be greater than 0');
  expect(toMillis(0.5, 'size', Number.MIN_VALUE)).toBe(0.5);
});
