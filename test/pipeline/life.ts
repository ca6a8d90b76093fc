import fc from 'fast-check';
import type { Life } from './sums';

/** A life of a pipeline: how it is set, how long it takes, and how it ends. */
export const life: fc.Arbitrary<Life> = fc.record({
  maxInFlight: fc.constantFrom(1, 2, 5, 100),
  sinkDelays: fc.array(fc.constantFrom(0, 0, 1, 7, 30), { minLength: 1, maxLength: 5 }),
  every: fc.constantFrom(1, 10, 1_000),
  maxSkew: fc.constantFrom(undefined, undefined, 0, 20),
  lifetime: fc.integer({ min: 0, max: 120 }),
  end: fc.constantFrom('killed', 'unsubscribed', 'drained', 'taken'),
  rebalanceAfter: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
});
