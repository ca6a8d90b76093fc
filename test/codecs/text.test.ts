import { expect, test } from 'vitest';
import { text } from '../../src/codecs/text';

test('a byte order mark stays', () => {
  expect(text.decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
});

test('the codec works on after bytes that are not UTF-8', () => {
  expect(() => text.decode(Uint8Array.of(0x61, 0xe2, 0x82))).toThrow();
  expect(text.decode(Uint8Array.of(0x62))).toBe('b');
});

test('what is not text is refused', () => {
  expect(() => text.encode(1 as never)).toThrow('text writes a string, not a number');
  expect(() => text.encode(null as never)).toThrow('text writes a string, not null');
});
