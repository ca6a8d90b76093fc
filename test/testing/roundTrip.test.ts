import { bytes, int32, json, nullable, text } from 'millrace';
import { roundTrip } from 'millrace/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test('a codec that gives back what it was given passes', () => {
  fc.assert(fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), roundTrip(int32)));
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), roundTrip(text)));
  fc.assert(fc.property(fc.record({ name: fc.string(), tags: fc.array(fc.nat()) }), roundTrip(json<{ name: string; tags: number[] }>())));
  fc.assert(fc.property(fc.option(fc.string()), roundTrip(nullable(text))));
  fc.assert(fc.property(fc.option(fc.uint8Array()), roundTrip(bytes)));
});

test('one that does not fails with the value, the bytes, and what came back', () => {
  const rounding = { encode: (n: number) => new Uint8Array([n]), decode: (found: Uint8Array) => found[0] ?? 0 };
  expect(() => roundTrip(rounding)(1.5)).toThrow('the codec gave 1 back for 1.5, from bytes [1]');
  expect(() => roundTrip(json<Date>())(new Date(0))).toThrow("the codec gave '1970-01-01T00:00:00.000Z' back for 1970-01-01T00:00:00.000Z");
});

test('what the codec throws is the failure', () => {
  expect(() => roundTrip(int32)(2 ** 40)).toThrow(/1099511627776/);
});
