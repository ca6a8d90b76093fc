import { expect, test } from 'vitest';
import { decodeWith } from '../../src/codecs/decodeWith';
import { encodeWith } from '../../src/codecs/encodeWith';
import { int16 } from '../../src/codecs/int16';
import { json } from '../../src/codecs/json';
import { nullable } from '../../src/codecs/nullable';

test('null goes through as no bytes at all', () => {
  expect(encodeWith(nullable(json()), null)).toBeNull();
  expect(decodeWith(nullable(int16), null)).toBeNull();
});

test('everything else is left to the codec', () => {
  expect(encodeWith(nullable(int16), 258)).toEqual(Uint8Array.of(1, 2));
  expect(decodeWith(nullable(int16), Uint8Array.of(1, 2))).toBe(258);
  expect(() => encodeWith(nullable(int16), 1.5)).toThrow(RangeError);
});
