import { expect, test } from 'vitest';
import { extremeOf } from '../../src/aggregates/extremeOf';
import { resultOf } from './run';

const least = extremeOf(
  'least',
  (value: number | bigint | string) => value,
  Math.min,
  (a, b) => a < b,
);

test('numbers are compared as numbers, other values by what is given', () => {
  expect([resultOf(least, [10, 9]), resultOf(least, [10n, 9n]), resultOf(least, ['10', '9'])]).toEqual([9, 9n, '10']);
});

test.each([[[1, '2']], [['2', 1]], [[1n, 1]]])('%s have no order', (values) => {
  expect(() => resultOf(least, values)).toThrow('values of different types have no order');
});

test.each([null, undefined, {}, true])('%s is not taken for something that has an order', (value) => {
  expect(() => resultOf(least, [value as never])).toThrow('where a number, a bigint or a string is expected');
});
