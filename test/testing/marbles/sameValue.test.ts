import { expect, test } from 'vitest';
import { hasFields, sameValue } from '../../../src/testing/marbles/sameValue';

class Point {
  constructor(readonly x: number) {}
}

test.each<[unknown, unknown]>([
  [1, 1],
  [NaN, NaN],
  [1n, 1n],
  [{ a: [1, { b: null }] }, { a: [1, { b: null }] }],
  [{ a: 1, b: undefined }, { a: 1 }],
  [new Uint8Array([1, 2]), new Uint8Array([0, 1, 2]).subarray(1)],
  [new Date(5), new Date(5)],
  [new Map([['a', [1]]]), new Map([['a', [1]]])],
  [new Set([1]), new Set([1])],
  [new Error('no'), new Error('no')],
  [new Point(1), new Point(1)],
  [{ a: expect.any(String) as unknown }, { a: 'x' }],
])('%o is %o', (expected, actual) => {
  expect(sameValue(expected, actual)).toBe(true);
});

test.each<[unknown, unknown]>([
  [1, '1'],
  [0, -0],
  [null, undefined],
  [{}, null],
  [[], {}],
  [[1], [1, 2]],
  [{ a: 1 }, { a: 1, b: 2 }],
  [new Uint8Array([1, 2]), new Uint8Array([1, 3])],
  [new Uint8Array([1]), new Int8Array([1])],
  [new Date(5), new Date(6)],
  [new Map([['a', 1]]), new Map([['a', 2]])],
  [new Set([1]), new Set([2])],
  [new Error('no'), new Error('yes')],
  [new Error('no'), new TypeError('no')],
  [Object.assign(new Error('no'), { code: 1 }), Object.assign(new Error('no'), { code: 2 })],
  [{ a: expect.any(String) as unknown }, { a: 1 }],
])('%o is not %o', (expected, actual) => {
  expect(sameValue(expected, actual)).toBe(false);
});

test('having fields is having those that are expected', () => {
  expect(hasFields({ code: 'X' }, Object.assign(new Error('no'), { code: 'X', more: 1 }))).toBe(true);
  expect(hasFields({ code: 'X' }, { code: 'Y' })).toBe(false);
  expect(hasFields('error', 'error')).toBe(true);
  expect(hasFields({ code: 'X' }, 'X')).toBe(false);
});

test('an error that is expected as one is compared by what it says', () => {
  expect(hasFields(new Error('no'), new Error('yes'))).toBe(false);
  expect(hasFields(new Error('no'), new Error('no'))).toBe(true);
});
