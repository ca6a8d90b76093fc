import fc from 'fast-check';
import { filter } from 'rxjs';
import { expect, test } from 'vitest';
import { commitOffsets } from '../../src/index';
import { Lines } from './plain';

test('L3: records that a plain operator swallows hold the commit, and are reported with the oldest of them when no credit is left', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      async (swallowed, maxInFlight) => {
        const lines = new Lines([swallowed.map(() => 'line')]);
        const error = await lines.run(
          lines.read({ maxInFlight, stallAfter: 500 }).pipe(
            filter(({ offset }) => swallowed[offset] !== true),
            commitOffsets({ every: 10 }),
          ),
        );
        const oldest = swallowed.indexOf(true);
        const outOfCredit = swallowed.filter(Boolean).length >= maxInFlight;
        if (outOfCredit) expect(error).toMatchObject({ code: 'STALLED', topic: 'in', partition: 0, offset: oldest });
        else expect(error).toBeUndefined();
        expect(lines.committed(0)).toBe(oldest < 0 ? swallowed.length : oldest);
      },
    ),
    { numRuns: 100 },
  );
}, 60_000);
