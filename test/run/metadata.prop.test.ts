import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CommitMetadata, decodeMetadata, encodeMetadata, metadataLimit, stepsThatFit } from '../../src/run/metadata';

const time = fc.oneof(
  fc.constant(-Infinity),
  fc.integer({ min: -(10 ** 15), max: 10 ** 15 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const offsets = fc.integer({ min: 0, max: 2 ** 52 });
const distance = fc.integer({ min: 0, max: 2 ** 51 });

const commits = fc
  .record({
    offset: offsets,
    owner: fc.string({ unit: 'grapheme', maxLength: 8 }),
    fingerprint: fc.string({ unit: 'grapheme', maxLength: 200 }),
    founders: fc.integer({ min: 0, max: 100_000 }),
    watermark: time,
    out: time,
    acked: distance,
    steps: fc.array(fc.tuple(distance, time), { maxLength: 20 }),
  })
  .map(({ offset, acked, steps, ...rest }): [number, CommitMetadata] => [
    offset,
    { ...rest, ackedThrough: offset + acked, steps: steps.map(([behind, watermark]) => ({ offset: offset + behind, watermark })) },
  ]);

/** JSON has no -0, and no time needs one. */
function withoutMinusZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part: unknown) => (part === -Infinity ? 'never' : part)));
}

test('gives back what it wrote', () => {
  fc.assert(
    fc.property(commits, ([offset, metadata]) => {
      expect(withoutMinusZero(decodeMetadata(offset, encodeMetadata(offset, metadata)))).toEqual(withoutMinusZero(metadata));
    }),
  );
});

test('takes any text without a throw, and what is not ours for unreadable', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ minLength: 1 }),
        fc.json().map((json) => `millrace/1 ${json}`),
      ),
      offsets,
      (text, offset) => {
        expect(decodeMetadata(offset, text)).toBe('unreadable');
      },
    ),
  );
});

test("as many steps as fit stay within the limit of Kafka's brokers, with the longest numbers and any text", () => {
  // Longer ones are those of dozens of windowed operators.
  const fingerprints = fc.string({ unit: fc.constantFrom('a', 'é', '€', '"', '\\', '\n', '\u{1f600}', '\ud800'), maxLength: 400 });
  fc.assert(
    fc.property(fingerprints, (fingerprint) => {
      const longest = -1.7976931348623157e308;
      const steps = Array.from({ length: stepsThatFit(fingerprint) }, () => ({ offset: Number.MAX_SAFE_INTEGER, watermark: longest }));
      const text = encodeMetadata(0, {
        owner: 'eight678',
        fingerprint,
        founders: 1_000_000,
        watermark: longest,
        out: longest,
        ackedThrough: Number.MAX_SAFE_INTEGER,
        steps,
      });
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(metadataLimit);
    }),
  );
});
