import { expect, test } from 'vitest';
import { numberOf } from '../../src/aggregates/numberOf';

test('a number is given as it is', () => {
  expect([numberOf('sumOf', Number, '7'), numberOf('sumOf', Number, 'x')]).toEqual([7, NaN]);
});

test.each([
  ['7', 'a value of type string'],
  [undefined, 'a value of type undefined'],
  [null, 'null'],
  [7n, 'a value of type bigint'],
])('%s is not taken for a number', (value, what) => {
  expect(() => numberOf('sumOf', () => value as never, 0)).toThrow(new TypeError(`sumOf got ${what} where a number is expected`));
});
