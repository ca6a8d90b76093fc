import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyActions, plans, World } from './world';

test('L2: credit is taken by the records that are not released, and by no others', () => {
  fc.assert(
    fc.property(plans, anyActions, (plan, actions) => {
      const world = new World(plan);
      for (const action of actions) {
        world.act(action);
        for (const { epoch } of world.progress) {
          const unreleased = [...world.unreleased(epoch)];
          expect(epoch.inFlight).toBe(unreleased.length);
          expect(epoch.bytesInFlight).toBe(unreleased.reduce((sum, offset) => sum + world.bytesOf(offset), 0));
          expect(epoch.inFlight).toBeLessThanOrEqual(plan.maxInFlight);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('L2: a windowed operator never has more results out than the limit, and its partitions wait for the rest', () => {
  let limited = 0;
  fc.assert(
    fc.property(plans, anyActions, (plan, actions) => {
      const world = new World({ ...plan, windows: plan.windows || 1 });
      for (const action of actions) {
        world.act(action);
        for (const task of world.tasks) {
          for (const [index, stage] of task.stages.entries()) {
            const untaken = world.untaken(task, index);
            expect(untaken).toBeLessThanOrEqual(plan.maxResults);
            if (!stage.blocked) continue;
            limited++;
            expect(untaken).toBe(plan.maxResults); // or there would be room, and nothing to wait for
            for (const epoch of task.partitions) expect(task.mayDeliver(epoch)).toBe(false);
          }
        }
      }
    }),
    { numRuns: 150 },
  );
  expect(limited).toBeGreaterThan(0);
});
