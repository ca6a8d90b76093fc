import { expect, test } from 'vitest';
import { decodeWith } from '../../src/codecs/decodeWith';
import { json } from '../../src/codecs/json';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test('parse decides what was read', () => {
  const positive = json((value) => {
    if (typeof value !== 'number' || value <= 0) throw new Error('not positive');
    return { value };
  });
  expect(positive.decode(utf8('12'))).toEqual({ value: 12 });
  expect(() => positive.decode(utf8('-1'))).toThrow('not positive');
});

test('text that is not JSON is refused, and so are bytes that are not text', () => {
  expect(() => json().decode(utf8('{'))).toThrow(SyntaxError);
  expect(() => json().decode(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(TypeError);
});

test('a value without JSON is refused', () => {
  expect(() => json().encode(undefined)).toThrow('there is no JSON for undefined');
  expect(() => json().encode(() => 1)).toThrow('there is no JSON for function');
  expect(() => json().encode(1n)).toThrow(TypeError);
});

test('null as JSON is text, an absent value is not', () => {
  expect(json().encode(null)).toBe('null');
  expect(() => decodeWith(json(), null)).toThrow('nullable');
});
