import fc from 'fast-check';
import { Subject, takeUntil } from 'rxjs';
import { expect, test } from 'vitest';
import { batch, inputs, windows } from './reference';
import { Sums } from './sums';

/** What the broker, the commit that a step waits for, and the ticks of the clock that looks for silence may add, ms. */
const slack = 120;

test('L6: on a topic that has gone silent each result comes within the larger of idleAfter and size + grace after the last record', async () => {
  await fc.assert(
    fc.asyncProperty(
      inputs({ partitions: 3, records: 25 }),
      windows,
      fc.integer({ min: 50, max: 400 }),
      fc.boolean(),
      fc.constantFrom(undefined, undefined, 0, 50),
      async (partitions, shape, idleAfter, merged, maxSkew) => {
        const sums = new Sums(partitions, shape, merged);
        const stop = new Subject<void>();
        const seen: unknown[] = [];
        sums
          .pipeline({ maxInFlight: 100, every: 5, sinkDelays: [0], idleAfter, maxSkew })
          .pipe(takeUntil(stop))
          .subscribe({ error: (error: unknown) => seen.push(error) });
        await sums.time.advance(3_000);
        stop.next();
        expect(seen).toEqual([]);
        const results = batch(sums.keyed, shape);
        expect([...sums.cameAt.keys()].sort()).toEqual([...results.keys()].sort());
        const latest = sums.lastDelivery + Math.max(idleAfter, shape.size + shape.grace) + slack;
        for (const [name, at] of sums.cameAt) expect([name, at <= latest]).toEqual([name, true]);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
