import { expect, test } from 'vitest';
import { addTo, emptySum, mergedSum, totalOf } from '../../src/aggregates/exactSum';

function total(...numbers: readonly number[]): number {
  const sum = emptySum();
  for (const number of numbers) addTo(sum, number);
  return totalOf(sum);
}

test('nothing is lost between small and large', () => {
  expect(total(1e100, 1, -1e100)).toBe(1);
  expect(total(...Array.from({ length: 10 }, () => 0.1))).toBe(1);
  expect(total(2 ** 53, 1, 1, -(2 ** 53))).toBe(2);
  expect(total(Number.MIN_VALUE, 1, -1)).toBe(Number.MIN_VALUE);
});

test('a tie is decided by what lies below it', () => {
  expect(total(2 ** 53, 1, 2 ** -60)).toBe(2 ** 53 + 2);
  expect(total(2 ** 53, 1, -(2 ** -60))).toBe(2 ** 53);
  expect(total(2 ** 53, 1)).toBe(2 ** 53);
});

test('whole numbers stay whole numbers, with no parts to keep', () => {
  const sum = emptySum();
  for (let number = 0; number < 1_000; number++) addTo(sum, number);
  expect(sum).toEqual({ whole: 499_500, parts: [], special: 0 });
});

test('what is not finite decides', () => {
  expect([total(1, NaN), total(1, Infinity), total(Infinity, -Infinity), total(-Infinity, 1e300)]).toEqual([NaN, Infinity, NaN, -Infinity]);
});

test('a sum beyond the largest number is infinite', () => {
  expect(total(Number.MAX_VALUE, Number.MAX_VALUE)).toBe(Infinity);
});

test('the sum of nothing, and of zeros of either sign, is 0', () => {
  expect([total(), total(-0), total(0.5, -0.5)]).toEqual([0, 0, 0]);
});

test('merging leaves both sums as they were', () => {
  const [a, b] = [emptySum(), emptySum()];
  addTo(a, 0.1);
  addTo(b, 0.2);
  expect(totalOf(mergedSum(a, b))).toBe(0.1 + 0.2);
  expect([totalOf(a), totalOf(b)]).toEqual([0.1, 0.2]);
});
