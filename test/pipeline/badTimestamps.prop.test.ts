import fc from 'fast-check';
import { expect, test } from 'vitest';
import { life } from './life';
import { batch, type Input, inputs, windows } from './reference';
import { Sums } from './sums';

const year2106 = Date.UTC(2106, 1, 7);
const isBad = ({ timestamp }: Input) => timestamp === -1 || timestamp === year2106;

/** What a batch computation makes of records whose timestamp is bad. */
const cured = {
  skip: (records: readonly Input[]): Input[] => records.filter((record) => !isBad(record)),
  partitionTime: (records: readonly Input[]): Input[] => {
    let newest = -Infinity;
    return records.map((record) => {
      const timestamp = isBad(record) ? newest : record.timestamp;
      newest = Math.max(newest, timestamp);
      return { ...record, timestamp };
    });
  },
};

test.each(['skip', 'partitionTime'] as const)(
  "L5, L7: with onBadTimestamp: '%s' results are those of a batch computation, however many lives they take",
  async (onBadTimestamp) => {
    await fc.assert(
      fc.asyncProperty(
        inputs({ partitions: 3, records: 30 }),
        fc.array(fc.constantFrom(undefined, undefined, undefined, -1, year2106), { minLength: 30, maxLength: 30 }),
        windows,
        fc.array(life, { maxLength: 3 }),
        fc.boolean(),
        async (good, bad, shape, lives, merged) => {
          const partitions = good.map((records) =>
            records.map((record, n) => ({ ...record, timestamp: (n > 0 ? bad[n] : undefined) ?? record.timestamp })),
          );
          const sums = new Sums(partitions, shape, merged, { onBadTimestamp, maxAhead: '1h' });
          for (const each of lives) await sums.live(each);
          await sums.finish();
          const results = batch(sums.keyed.map(cured[onBadTimestamp]), shape);
          expect(sums.written()).toEqual(Object.fromEntries([...results].map(([name, sum]) => [name, [sum]])));
          expect(sums.committed()).toEqual(partitions.map((records) => records.length));
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  },
  60_000,
);
