import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batch, inputs, windows } from './reference';
import { group, Sums } from './sums';

test('L8: a drain acks and commits what is in flight and gives no open window, so that the next run repeats nothing and lacks nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      inputs({ partitions: 3, records: 40 }),
      windows,
      fc.array(fc.constantFrom(0, 1, 7, 30), { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (partitions, shape, sinkDelays, lifetimes, merged) => {
        const sums = new Sums(partitions, shape, merged);
        for (const lifetime of lifetimes) {
          await sums.live({ maxInFlight: 10, sinkDelays, every: '1h', lifetime, end: 'drained' });
          expect(sums.kafka.members(group)).toEqual([]);
        }
        await sums.finish();
        const results = batch(sums.keyed, shape);
        expect(sums.written()).toEqual(Object.fromEntries([...results].map(([name, sum]) => [name, [sum]])));
        expect(sums.kafka.records('out')).toHaveLength(results.size);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
