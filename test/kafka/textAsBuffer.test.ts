import { afterEach, expect, test, vi } from 'vitest';
import { textAsBuffer } from '../../src/kafka/textAsBuffer';

afterEach(() => vi.unstubAllGlobals());

const texts = ['', 'abc', 'naïve', '日本', '😀', '\ud800 half a pair'];

test('text becomes a Buffer of its UTF-8', () => {
  for (const text of texts) {
    const bytes = textAsBuffer(text);
    expect(Buffer.isBuffer(bytes)).toBe(true);
    expect([...bytes]).toEqual([...new TextEncoder().encode(text)]);
  }
});

test('where there is no Buffer it becomes the same bytes', () => {
  const expected = texts.map((text) => [...textAsBuffer(text)]);
  vi.stubGlobal('Buffer', undefined);
  const written = texts.map((text) => [...textAsBuffer(text)]);
  vi.unstubAllGlobals();
  expect(written).toEqual(expected);
});
