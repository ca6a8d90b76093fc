import { expect, test } from 'vitest';
import { shown } from '../../../src/testing/marbles/shown';

test.each<[unknown, string]>([
  ["to'be\n", "'to\\'be\\n'"],
  [1, '1'],
  [-0, '-0'],
  [1n, '1n'],
  [null, 'null'],
  [undefined, 'undefined'],
  [Symbol('s'), 'Symbol(s)'],
  [parseInt, 'function parseInt'],
  [['ann', { start: 0, 'an end': 10 }], "['ann', { start: 0, 'an end': 10 }]"],
  [{}, '{}'],
  [{ key: 'k', '~provenance': { kind: 'millrace' } }, "{ key: 'k' }"],
  [new TypeError('no'), 'TypeError: no'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [new Date(NaN), 'no date'],
  [new Uint8Array([1, 2]), 'bytes [1, 2]'],
  [new Uint8Array(9), 'bytes [0, 0, 0, 0, 0, 0, 0, 0, … 9 in all]'],
  [new Map([['a', 1]]), "Map [['a', 1]]"],
  [new Set([1]), 'Set [1]'],
  [[[[[[1]]]]], '[[[[[…]]]]]'],
  [expect.any(String), 'Any<String>'],
  [{ asymmetricMatch: () => true }, 'a matcher'],
])('%o is written %s', (value, text) => {
  expect(shown(value)).toBe(text);
});

test('what is long is cut', () => {
  expect(shown('x'.repeat(500))).toBe(`'${'x'.repeat(118)}…`);
});
