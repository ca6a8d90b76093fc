import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeWith } from '../../src/codecs/decodeWith';
import { encodeWith } from '../../src/codecs/encodeWith';
import { json } from '../../src/codecs/json';
import { text } from '../../src/codecs/text';

// Around 64 the way of encoding changes.
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 130 }), fc.string({ unit: 'binary-ascii', minLength: 60, maxLength: 70 }));

test('text gives back what it wrote', () => {
  fc.assert(
    fc.property(anyText, (value) => {
      expect(decodeWith(text, encodeWith(text, value))).toBe(value);
    }),
  );
});

test('text writes UTF-8', () => {
  fc.assert(
    fc.property(anyText, (value) => {
      expect(Buffer.from(encodeWith(text, value) ?? [])).toEqual(Buffer.from(value, 'utf8'));
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
      expect(decodeWith(json(), encodeWith(json(), value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
