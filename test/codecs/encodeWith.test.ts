import { expect, test } from 'vitest';
import { encodeWith } from '../../src/codecs/encodeWith';

test('text of any length becomes UTF-8', () => {
  const same = { encode: (value: string) => value };
  expect(encodeWith(same, '')).toEqual(new Uint8Array());
  expect(encodeWith(same, 'aé')).toEqual(Uint8Array.of(0x61, 0xc3, 0xa9));
  expect(encodeWith(same, 'a'.repeat(65))).toEqual(new Uint8Array(65).fill(0x61));
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
