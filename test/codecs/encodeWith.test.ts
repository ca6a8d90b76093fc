import { expect, test } from 'vitest';
import { encodeWith } from '../../src/codecs/encodeWith';

test('bytes, text and null stay what they are', () => {
  const bytes = Uint8Array.of(1, 2);
  for (const given of [bytes, 'aé', '', null]) expect(encodeWith({ encode: () => given }, 1)).toBe(given);
});

test('what is neither bytes nor text nor null is refused', () => {
  expect(() => encodeWith({ encode: () => undefined as never }, 1)).toThrow(
    'an encoder gives bytes, text or null; this one gave undefined',
  );
  expect(() => encodeWith({ encode: () => 1 as never }, 1)).toThrow('this one gave number');
});

test('what the encoder throws comes out', () => {
  const error = new Error('no');
  const encode = (): never => {
    throw error;
  };
  expect(() => encodeWith({ encode }, 1)).toThrow(error);
});
