import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeWith } from '../../src/codecs/decodeWith';
import type { Encoded } from '../../src/codecs/codec';
import { encodeWith } from '../../src/codecs/encodeWith';
import { json } from '../../src/codecs/json';
import { text } from '../../src/codecs/text';

/** What a reader gets: Kafka stores text as UTF-8. */
const stored = (encoded: Encoded): Uint8Array | null => (typeof encoded === 'string' ? Buffer.from(encoded, 'utf8') : encoded);

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 130 }), fc.string({ unit: 'binary-ascii', minLength: 60, maxLength: 70 }));

test('text gives back what it wrote', () => {
  fc.assert(
    fc.property(anyText, (value) => {
      expect(decodeWith(text, stored(encodeWith(text, value)))).toBe(value);
    }),
  );
});

test('text takes bytes if and only if they are UTF-8', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.array(fc.constantFrom(0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0xff)).map((list) => Uint8Array.from(list)),
  );
  fc.assert(
    fc.property(bytes, (value) => {
      const lenient = Buffer.from(value).toString('utf8');
      if (Buffer.from(lenient, 'utf8').equals(value)) expect(text.decode(value)).toBe(lenient);
      else expect(() => text.decode(value)).toThrow(TypeError);
    }),
    { numRuns: 1_000 },
  );
});

test('json gives back what it wrote', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(decodeWith(json(), stored(encodeWith(json(), value)))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
