import { expect, test } from 'vitest';
import { bytes } from '../../src/codecs/bytes';
import { decodeWith } from '../../src/codecs/decodeWith';
import { encodeWith } from '../../src/codecs/encodeWith';

test('bytes and null go through as they are', () => {
  const value = Uint8Array.of(1, 2);
  expect(encodeWith(bytes, value)).toBe(value);
  expect(decodeWith(bytes, value)).toBe(value);
  expect(encodeWith(bytes, null)).toBeNull();
  expect(decodeWith(bytes, null)).toBeNull();
});
