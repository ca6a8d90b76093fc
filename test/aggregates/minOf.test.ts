import { expect, test } from 'vitest';
import { minOf } from '../../src/aggregates/minOf';
import { resultOf } from './run';

test('numbers go by size, text by code unit, and of the zeros the order does not matter', () => {
  const numbers = minOf((n: number) => n);
  const texts = minOf((text: string) => text);
  const results = [resultOf(numbers, [2, 1, 3]), resultOf(texts, ['a', 'B']), resultOf(numbers, [0, -0]), resultOf(numbers, [-0, 0])];
  expect(results.map((result) => (Object.is(result, -0) ? '-0' : String(result)))).toEqual(['1', 'B', '-0', '-0']);
});

test('NaN is seen wherever it comes', () => {
  const numbers = minOf((n: number) => n);
  expect([resultOf(numbers, [NaN, 1]), resultOf(numbers, [1, NaN])]).toEqual([NaN, NaN]);
});
