import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { life } from './life';
import { batch, inputs, windows } from './reference';
import { Sums } from './sums';

describe.each([
  ['merged over partitions', true],
  ['of each partition', false],
])('windows %s', (_, merged) => {
  test('L1, L5, L7: give the results of a batch computation, however many lives they take and however those end', async () => {
    await fc.assert(
      fc.asyncProperty(
        inputs({ partitions: 3, records: 40 }),
        windows,
        fc.array(life, { maxLength: 4 }),
        async (partitions, shape, lives) => {
          const sums = new Sums(partitions, shape, merged);
          for (const each of lives) await sums.live(each);
          await sums.finish();
          expect(sums.written()).toEqual(Object.fromEntries([...batch(sums.keyed, shape)].map(([name, sum]) => [name, [sum]])));
          expect(sums.committed()).toEqual(partitions.map((records) => records.length));
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  }, 60_000);
});
