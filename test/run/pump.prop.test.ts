import fc from 'fast-check';
import { VirtualTimeScheduler } from 'rxjs';
import { expect, test } from 'vitest';
import { Lane } from '../../src/run/lane';
import { Pump, type PumpHost } from '../../src/run/pump';
import type { Share } from '../../src/run/share';
import { messages, partition, taskOf } from './pieces';

const actions = fc.array(fc.tuple(fc.constantFrom('fetch', 'release', 'pump'), fc.nat(99)), { maxLength: 60, size: 'max' });

test('L2: no more than the limit of records and bytes is un-released, and all are delivered once, in order', () => {
  const limits = fc.record({ maxInFlight: fc.integer({ min: 1, max: 20 }), maxInFlightBytes: fc.integer({ min: 1, max: 60 }) });
  fc.assert(
    fc.property(limits, fc.integer({ min: 1, max: 3 }), actions, ({ maxInFlight, maxInFlightBytes }, partitions, steps) => {
      const clock = new VirtualTimeScheduler();
      const epochs = Array.from({ length: partitions }, (_, slot) => partition({}, { slot }));
      const task = taskOf(epochs, []);
      const lanes = epochs.map((epoch) => new Lane(task, epoch, Infinity, 10, 0));
      const delivered = epochs.map((): number[] => []);
      const shares: Share[] = [];
      const host: PumpHost = {
        lanes,
        pumping: true,
        maxInFlight,
        maxInFlightBytes,
        newestAllowed: () => Infinity,
        deliver: ({ epoch }, _, offset) => {
          expect(epoch.inFlight).toBeLessThan(maxInFlight);
          expect(epoch.bytesInFlight).toBeLessThan(maxInFlightBytes); // so that one record, and no more, may exceed it
          shares.push(epoch.deliver(offset, 0, 1 + (offset % 7)));
          delivered[epoch.slot]?.push(offset);
        },
        drained: () => undefined,
        sliced: () => undefined,
      };
      const pump = new Pump(host, clock);
      const doing = {
        fetch: (n: number) =>
          lanes[n % partitions]?.push(messages(lanes[n % partitions]?.through ?? 0, n), (lanes[n % partitions]?.through ?? 0) + n),
        release: (n: number) => shares.splice(n % Math.max(1, shares.length), 1)[0]?.release(),
        pump: () => undefined,
      };
      const run = () => {
        pump.wake();
        clock.flush();
      };
      for (const [name, n] of steps) {
        doing[name](n);
        run();
      }
      while (shares.length > 0) {
        doing.release(0);
        run();
      }
      expect(delivered).toEqual(lanes.map(({ through }) => Array.from({ length: through }, (_, offset) => offset)));
    }),
    { numRuns: 150 },
  );
});
