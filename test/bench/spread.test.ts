import { expect, test } from 'vitest';
import { median, rounded, spread } from '../../bench/spread';

test('the median is the number in the middle, or half way between two', () => {
  expect(median([3, 100, 1])).toBe(3);
  expect(median([4, 1, 100, 2])).toBe(3);
});

test('numbers are told to three digits', () => {
  expect([rounded(123_456), rounded(0.98765)]).toEqual(['123,000', '0.988']);
  expect(spread([3, 1, 2_000])).toBe('3 (1 to 2,000)');
});
