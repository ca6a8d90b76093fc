import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newestAllowed } from '../../src/run/skew';
import { partition } from './pieces';

const readers = fc
  .array(
    fc.record({
      newest: fc.oneof(fc.constant(-Infinity), fc.integer({ min: -50, max: 50 })),
      idle: fc.boolean(),
      joins: fc.boolean(),
      atEnd: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) =>
    all.map(({ newest, idle, joins, atEnd }) => {
      const epoch = partition();
      Object.assign(epoch, { newest, idle, joinsAfter: joins ? new Map() : null });
      return { epoch, atEnd };
    }),
  );

test('no two partitions wait for each other: whoever waits, waits for one that does not', () => {
  fc.assert(
    fc.property(readers, fc.integer({ min: 0, max: 20 }), (lanes, maxSkew) => {
      const waits = (lane: (typeof lanes)[number]) => lane.epoch.newest > newestAllowed(lane, lanes, maxSkew);
      const hold = lanes.filter(({ epoch, atEnd }) => !epoch.idle && !epoch.joinsAfter && !atEnd);
      if (lanes.some(waits)) expect(hold.some((lane) => !waits(lane))).toBe(true);
      const first = hold.reduce<number>((least, { epoch }) => Math.min(least, epoch.newest), Infinity);
      for (const lane of hold) if (lane.epoch.newest === first) expect(waits(lane)).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});
