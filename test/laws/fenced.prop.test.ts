import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyActions, plans, World } from './world';

test('L4: acks of an epoch that has ended never reach the commits of a later one', () => {
  let strays = 0;
  fc.assert(
    fc.property(plans, anyActions, fc.infiniteStream(fc.nat(99)), (plan, actions, choices) => {
      const world = new World(plan);
      for (const action of actions) {
        world.act(action);
        if (world.strays.length === 0) continue;
        const before = world.written;
        world.stray(choices.next().value as number);
        expect(world.written).toBe(before);
      }
      strays += world.counts.strays;
    }),
    { numRuns: 250 },
  );
  expect(strays).toBeGreaterThan(0);
});

test('L4: an epoch that has ended keeps its credit, gives no results and takes no step', () => {
  fc.assert(
    fc.property(plans, anyActions, fc.nat(99), (plan, actions, choice) => {
      const world = new World(plan);
      for (const action of actions) world.act(action);
      const former = world.progress;
      const credit = former.map(({ epoch }) => [epoch.inFlight, epoch.bytesInFlight, epoch.watermark]);
      world.rebalance();
      const results = world.counts.results;
      while (world.strays.length > 0) world.stray(choice);
      for (const { task, epoch } of former) task.acknowledged(epoch, epoch.gate);
      for (const { task } of former) task.closeDue();
      expect(former.map(({ epoch }) => [epoch.inFlight, epoch.bytesInFlight, epoch.watermark])).toEqual(credit);
      expect(world.counts.results).toBe(results);
    }),
    { numRuns: 150 },
  );
});
