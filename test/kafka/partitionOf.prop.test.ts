import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { partitionOf } from '../../src/kafka/partitionOf';

const kafkajs = Partitioners.DefaultPartitioner();

function byKafkajs(key: Uint8Array, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  return kafkajs({ topic: 'test', partitionMetadata, message: { key: Buffer.from(key), value: null } });
}

describe('partitionOf', () => {
  test('agrees with kafkajs on any bytes and any number of partitions', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 200 }), (key, partitions) => {
        expect(partitionOf(key, partitions)).toBe(byKafkajs(key, partitions));
      }),
      { numRuns: 2_000 },
    );
  });

  test('puts a text where its UTF-8 goes', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 150 }), fc.string({ unit: 'binary-ascii', maxLength: 150 }));
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 200 }), (key, partitions) => {
        expect(partitionOf(key, partitions)).toBe(partitionOf(new TextEncoder().encode(key), partitions));
      }),
      { numRuns: 1_000 },
    );
  });

  test('reads only its part of a shared buffer', () => {
    const whole = new TextEncoder().encode('before-key-after');
    const key = new TextEncoder().encode('key');
    expect(partitionOf(whole.subarray(7, 10), 1_000)).toBe(partitionOf(key, 1_000));
  });
});
