import { describe, expect, test } from 'vitest';
import { float32 } from '../../src/codecs/float32';
import { float64 } from '../../src/codecs/float64';
import { int16 } from '../../src/codecs/int16';
import { int32 } from '../../src/codecs/int32';
import { int64 } from '../../src/codecs/int64';

const hex = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString('hex');

// What Kafka's ShortSerializer, IntegerSerializer, LongSerializer, FloatSerializer and DoubleSerializer write.
test.each([
  ['int16', int16.encode(-2), 'fffe'],
  ['int32', int32.encode(0x01020304), '01020304'],
  ['int32', int32.encode(-1), 'ffffffff'],
  ['int64', int64.encode(-(2n ** 63n)), '8000000000000000'],
  ['int64', int64.encode(1_700_000_000_000n), '0000018bcfe56800'],
  ['float32', float32.encode(1.5), '3fc00000'],
  ['float32', float32.encode(-0), '80000000'],
  ['float64', float64.encode(Math.PI), '400921fb54442d18'],
  ['float64', float64.encode(NaN), '7ff8000000000000'],
])("%s writes the bytes of Kafka's own serializer", (_, written, expected) => {
  expect(hex(written)).toBe(expected);
});

describe('a value of another type is refused', () => {
  test.each([
    ['int16', () => int16.encode('1' as never), 'int16 writes a whole number from -32768 to 32767, not "1"'],
    ['int32', () => int32.encode(null as never), 'int32 writes a whole number from -2147483648 to 2147483647, not null'],
    ['int64', () => int64.encode(1 as never), 'int64 writes a bigint from -2n ** 63n to 2n ** 63n - 1n, not 1'],
    ['float32', () => float32.encode('1' as never), 'float32 writes a number up to about 3.4e38, not "1"'],
    ['float64', () => float64.encode(undefined as never), 'float64 writes a number, not undefined'],
  ])('by %s', (_, encode, message) => {
    expect(encode).toThrow(message);
  });
});

test('bytes of another length are refused', () => {
  expect(() => int32.decode(Uint8Array.of(1, 2, 3))).toThrow('int32 has 4 bytes, and these are 3');
  expect(() => int64.decode(new Uint8Array(9))).toThrow('int64 has 8 bytes, and these are 9');
});

test('the least whole numbers are written, and so is what is no finite number', () => {
  expect(int16.decode(int16.encode(-0x8000) as Uint8Array)).toBe(-0x8000);
  expect(int32.decode(int32.encode(-0x8000_0000) as Uint8Array)).toBe(-0x8000_0000);
  expect(float32.decode(float32.encode(-Infinity) as Uint8Array)).toBe(-Infinity);
  expect(float32.decode(float32.encode(NaN) as Uint8Array)).toBeNaN();
});
