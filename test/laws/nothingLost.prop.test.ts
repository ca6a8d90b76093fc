import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyActions, plans, World } from './world';

test('L1: a commit never passes a record whose effects are not acked', () => {
  fc.assert(
    fc.property(plans, anyActions, (plan, actions) => {
      const world = new World(plan);
      for (const action of actions) {
        world.act(action);
        for (const { epoch, progress } of world.progress) {
          expect(progress?.offset ?? 0).toBeLessThanOrEqual(world.firstUndone(epoch.partition));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('L1: without windows a commit is the smallest offset that is not released', () => {
  fc.assert(
    fc.property(plans, anyActions, (plan, actions) => {
      const world = new World({ ...plan, windows: 0 });
      for (const action of actions) {
        world.act(action);
        for (const { epoch, progress } of world.progress) {
          expect(progress?.offset).toBe(Math.min(epoch.position, ...world.unreleased(epoch)));
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('L1: a commit never goes back', () => {
  fc.assert(
    fc.property(plans, anyActions, (plan, actions) => {
      const world = new World(plan);
      const reached: number[] = [];
      for (const action of actions) {
        world.act(action);
        for (const [partition, commit] of world.committed.entries()) {
          expect(commit?.offset ?? 0).toBeGreaterThanOrEqual(reached[partition] ?? 0);
          reached[partition] = commit?.offset ?? 0;
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('L1: after any crashes every record has its effect in the end, and is committed', () => {
  const total = { lives: 0, late: 0, repeats: 0, steps: 0, lostAnswers: 0, strays: 0, results: 0 };
  fc.assert(
    fc.property(plans, anyActions, fc.constantFrom('records', 'clock'), (plan, actions, by) => {
      const world = new World(plan);
      for (const action of actions) world.act(action);
      world.finish(plan.fewSteps ? 'records' : by); // by the clock, windows may wait for room in the metadata
      const ends = world.logs.map(({ length }) => length);
      expect(world.logs.map((_, partition) => world.firstUndone(partition))).toEqual(ends);
      expect(world.committed.map((commit) => commit?.offset)).toEqual(ends);
      for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += world.counts[name];
    }),
    { numRuns: 600 },
  );
  for (const [name, count] of Object.entries(total)) expect({ name, count }).toSatisfy(({ count: happened }) => happened > 0);
});
