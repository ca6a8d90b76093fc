import { expect, test } from 'vitest';
import fc from 'fast-check';
import { batchSize } from '../../../src/testing/broker/fakeSizes';
import { kafkajsSource } from '../kafkajsSource';

const Record = kafkajsSource('protocol/recordBatch/record/v0') as (record: object) => object;
const { RecordBatch } = kafkajsSource('protocol/recordBatch/v0') as {
  readonly RecordBatch: (batch: object) => Promise<{ size(): number }>;
};

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const headers = fc.dictionary(
  fc.string({ maxLength: 5, unit: 'grapheme' }),
  fc.oneof(bytes, fc.array(bytes, { minLength: 1, maxLength: 3 })),
  {
    maxKeys: 3,
  },
);
const message = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  timestamp: fc.integer({ min: 0, max: 2 ** 42 }).map(String),
  headers,
});

test('a batch has the size that kafkajs writes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 80 }), async (messages) => {
      const first = Math.min(...messages.map(({ timestamp }) => Number(timestamp)));
      const records = messages.map((one, i) => Record({ ...one, offsetDelta: i, timestampDelta: Number(one.timestamp) - first }));
      expect(batchSize(messages)).toBe((await RecordBatch({ records })).size());
    }),
    { numRuns: 50 },
  );
});
