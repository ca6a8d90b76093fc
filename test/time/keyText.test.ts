import { expect, test } from 'vitest';
import { keyText } from '../../src/time/keyText';

test('a key is shown as it would be written', () => {
  expect(['a', 7, true, 5n, ['a', 5n], { id: 5n }, null, undefined].map(keyText)).toEqual([
    '"a"',
    '7',
    'true',
    '"5"',
    '["a","5"]',
    '{"id":"5"}',
    'null',
    'undefined',
  ]);
});
