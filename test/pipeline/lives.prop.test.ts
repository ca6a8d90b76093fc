import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batch, inputs, windows } from './reference';
import { type Life, Sums } from './sums';

const life: fc.Arbitrary<Life> = fc.record({
  maxInFlight: fc.constantFrom(1, 2, 5, 100),
  sinkDelays: fc.array(fc.constantFrom(0, 0, 1, 7, 30), { minLength: 1, maxLength: 5 }),
  every: fc.constantFrom(1, 10, 1_000),
  maxSkew: fc.constantFrom(undefined, undefined, 0, 20),
  lifetime: fc.integer({ min: 0, max: 120 }),
  end: fc.constantFrom('killed', 'unsubscribed', 'drained', 'taken'),
  rebalanceAfter: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
});

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
