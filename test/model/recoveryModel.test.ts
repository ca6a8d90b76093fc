import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runModel } from './modelRun';
import { type RecoveryRule, recoveryRules } from './recoveryRules';

function lives(broken?: RecoveryRule) {
  const run = fc.record({ seed: fc.nat(), moves: fc.integer({ min: 0, max: 150 }), growing: fc.boolean() });
  return fc.property(run, (one) => {
    expect(runModel(one, broken)).toEqual([]);
  });
}

describe('the rules of recovery, as a model', () => {
  test('give what a batch computation gives, whatever is delivered, acked, committed and lost in a crash', () => {
    fc.assert(lives(), { numRuns: 4_000 });
  }, 30_000);

  describe('are each needed: without it the checks fail', () => {
    test.each(Object.entries(recoveryRules))(
      '%s: %s',
      (name) => {
        const { failed } = fc.check(lives(name as RecoveryRule), { numRuns: 40_000, endOnFailure: true });
        expect(failed).toBe(true);
      },
      30_000,
    );
  });
});
