import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compressedSize } from '../../../src/testing/broker/fakeCompression';
import { batchSize } from '../../../src/testing/broker/fakeSizes';

const message = (value: Uint8Array) => ({ key: null, value, timestamp: '0', headers: {} });
const words = fc.array(fc.constantFrom('order', 'customer', 'paid', 'shipped', '2024-05-01', '{"id":', '},', '42'), {
  minLength: 20,
  maxLength: 400,
});

/** What gzip makes of the values, with the header of a batch. */
const zipped = (values: readonly Uint8Array[]): number => 61 + gzipSync(Buffer.concat(values)).length;

test('text of words has half to twice the size that gzip gives it', () => {
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 20 }), (texts) => {
      const values = texts.map((text) => Buffer.from(text.join(' ')));
      const estimate = compressedSize(values.map(message));
      expect(estimate).toBeGreaterThan(0.5 * zipped(values));
      expect(estimate).toBeLessThan(2 * zipped(values));
    }),
  );
});

test('what repeats takes little, and noise takes what it is', () => {
  const same = [new TextEncoder().encode('the same again and again, '.repeat(1_000))];
  expect(compressedSize(same.map(message))).toBeLessThan(500);
  const noise = [Uint8Array.from({ length: 20_000 }, (_, i) => (Math.imul(i + 1, 2_654_435_761) >>> 13) & 255)];
  expect(compressedSize(noise.map(message))).toBeLessThanOrEqual(batchSize(noise.map(message)) + 18);
});
