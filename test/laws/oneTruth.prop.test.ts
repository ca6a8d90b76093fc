import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyActions, calmActions, plans, World } from './world';

const windowed = plans.map((plan) => ({ ...plan, windows: plan.windows || 1 }));

test('L5: results and late records are those of a batch computation, whatever the interleaving and wherever the process was killed', () => {
  let late = 0;
  fc.assert(
    fc.property(windowed, calmActions, (plan, actions) => {
      const world = new World(plan);
      for (const action of actions) world.act(action);
      world.finish('records');
      expect(world.late).toEqual(world.lateByLog());
      expect(new Map([...world.outputs].map(([result, given]) => [result, given[0]]))).toEqual(world.batch(world.late));
      late += world.late.size;
    }),
    { numRuns: 600 },
  );
  expect(late).toBeGreaterThan(0);
});

test('L5: with partitions that go idle, a clock that goes on and partitions that are added, each record is late or in its one result', () => {
  fc.assert(
    fc.property(windowed, anyActions, fc.constantFrom('records', 'clock'), (plan, actions, by) => {
      const world = new World(plan);
      for (const action of actions) world.act(action);
      world.finish(plan.fewSteps ? 'records' : by);
      expect(new Map([...world.outputs].map(([result, given]) => [result, given[0]]))).toEqual(world.batch(world.late));
    }),
    { numRuns: 2_500 },
  );
});

test('L7: a result that is given again, after a crash or a rebalance, is the same', () => {
  let repeats = 0;
  fc.assert(
    fc.property(windowed, anyActions, fc.constantFrom('records', 'clock'), (plan, actions, by) => {
      const world = new World(plan);
      for (const action of actions) world.act(action);
      world.finish(plan.fewSteps ? 'records' : by);
      for (const given of world.outputs.values()) expect(new Set(given).size).toBe(1);
      repeats += world.counts.repeats;
    }),
    { numRuns: 2_500 },
  );
  expect(repeats).toBeGreaterThan(0);
});
