import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { life } from './life';
import { batchOfParts, type Delays, type Parted, PartedSums } from './partedSums';
import { inputs, windows } from './reference';

/** Parts that come in order with some disorder, put together into records; the timestamps of those are anything. */
const parted: fc.Arbitrary<Parted[][]> = fc
  .tuple(
    inputs({ partitions: 3, records: 40 }),
    fc.array(
      fc.record({ count: fc.constantFrom(1, 1, 1, 0, 2, 3), dropped: fc.constantFrom(false, false, false, true), noise: fc.nat(9_000) }),
      {
        minLength: 40,
        maxLength: 40,
      },
    ),
  )
  .map(([partitions, plans]) =>
    partitions.map((all) => {
      const left = [...all];
      const records: Parted[] = [];
      for (const { count, dropped, noise } of plans) {
        if (left.length === 0) break;
        const parts = left.splice(0, count);
        records.push({ key: parts[0]?.key ?? 'a', value: 0, timestamp: noise, parts, dropped });
      }
      return records;
    }),
  );

const delays: fc.Arbitrary<Delays> = fc.record({
  before: fc.constantFrom(0, 0, 3, 25),
  after: fc.array(fc.constantFrom(0, 0, 2, 15), { minLength: 1, maxLength: 4 }),
});

describe.each([
  ['merged over partitions', true],
  ['of each partition', false],
])('windows %s, by time that is assigned behind filterRecords and flatMapValues', (_, merged) => {
  test('L1, L5, L7: give the results of a batch computation, however many lives they take and however those end', async () => {
    await fc.assert(
      fc.asyncProperty(
        parted,
        windows,
        fc.array(fc.tuple(life, delays), { maxLength: 4 }),
        delays,
        async (partitions, shape, lives, last) => {
          const sums = new PartedSums(partitions, shape, merged);
          for (const [each, between] of lives) {
            sums.delays = between;
            await sums.live(each);
          }
          sums.delays = last;
          await sums.finish();
          const results = batchOfParts(partitions, shape, merged);
          expect(sums.written()).toEqual(Object.fromEntries([...results].map(([name, sum]) => [name, [sum]])));
          expect(sums.committed()).toEqual(partitions.map((records) => records.length));
        },
      ),
      { numRuns: Number(process.env['RUNS'] ?? 60), endOnFailure: true },
    );
  }, 600_000);
});
