import { expect, test } from 'vitest';
import { sumOf } from '../../src/aggregates/sumOf';
import { resultOf } from './run';

test('numbers are added without rounding errors', () => {
  expect(
    resultOf(
      sumOf((n: number) => n / 10),
      [1, 2, 3],
    ),
  ).toBe(0.6);
  expect(0.1 + 0.2 + 0.3).not.toBe(0.6);
});

test('what is no number is an error and not a text', () => {
  expect(() =>
    resultOf(
      sumOf((n: number) => n),
      ['1' as never],
    ),
  ).toThrow('sumOf got a value of type string');
});
