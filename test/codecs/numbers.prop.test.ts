import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Codec } from '../../src/codecs/codec';
import { decodeWith } from '../../src/codecs/decodeWith';
import { encodeWith } from '../../src/codecs/encodeWith';
import { float32 } from '../../src/codecs/float32';
import { float64 } from '../../src/codecs/float64';
import { int16 } from '../../src/codecs/int16';
import { int32 } from '../../src/codecs/int32';
import { int64 } from '../../src/codecs/int64';

function through<T>(codec: Codec<T>, value: T): T {
  const encoded = encodeWith(codec, value) as Uint8Array;
  // As it comes from a fetch: a part of something larger.
  const fetched = Uint8Array.of(9, 9, 9, ...encoded, 9);
  return decodeWith(codec, fetched.subarray(3, -1));
}

const inRange = [
  ['int16', int16, fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 })],
  ['int32', int32, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
  ['float32', float32, fc.float()],
  ['float64', float64, fc.double()],
] as const;

describe.each(inRange)('%s', (_, codec, values) => {
  test('gives back what it wrote', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(through(codec, value)).toBe(value === 0 && codec !== float32 && codec !== float64 ? 0 : value);
      }),
    );
  });
});

test('int64 gives back what it wrote', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      expect(through(int64, value)).toBe(value);
    }),
  );
});

test.each([
  ['int16', int16, 15],
  ['int32', int32, 31],
] as const)('%s refuses every number outside its range, and every fraction', (_, codec, bits) => {
  const refused = fc.oneof(
    fc.integer({ min: 2 ** bits, max: Number.MAX_SAFE_INTEGER }),
    fc.integer({ min: Number.MIN_SAFE_INTEGER, max: -(2 ** bits) - 1 }),
    fc.double({ noInteger: true }),
    fc.constantFrom(NaN, Infinity, -Infinity),
  );
  fc.assert(
    fc.property(refused, (value) => {
      expect(() => codec.encode(value)).toThrow(RangeError);
    }),
  );
});

test('int64 refuses every number outside its range', () => {
  const refused = fc.oneof(fc.bigInt({ min: 2n ** 63n }), fc.bigInt({ max: -(2n ** 63n) - 1n }));
  fc.assert(
    fc.property(refused, (value) => {
      expect(() => int64.encode(value)).toThrow(RangeError);
    }),
  );
});

test('float32 rounds as Kafka does, and refuses what would become infinite', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) expect(() => float32.encode(value)).toThrow(RangeError);
      else expect(through(float32, value)).toBe(Math.fround(value));
    }),
  );
});
