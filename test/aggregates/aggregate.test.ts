import { expect, test } from 'vitest';
import { aggregate, aggregateOf } from '../../src/aggregates/aggregate';
import { mergedResultOf, resultOf } from './run';

const spread = aggregate(
  () => ({ low: Infinity, high: -Infinity }),
  ({ low, high }, amount: number) => ({ low: Math.min(low, amount), high: Math.max(high, amount) }),
  (a, b) => ({ low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) }),
  ({ low, high }) => high - low,
);

test('values are folded from the seed, and the result is what the state means', () => {
  expect(resultOf(spread, [3, 8, 5])).toBe(5);
});

test('states are merged', () => {
  const at = { timestamp: 0, slot: 0, offset: 0 };
  expect(
    mergedResultOf(spread, [
      [[3, at]],
      [
        [8, at],
        [5, at],
      ],
    ]),
  ).toBe(5);
});

test('the fold of a user is given state and value, and nothing that is not promised', () => {
  const folded: unknown[][] = [];
  const watching = aggregate(
    () => 0,
    (...given: readonly [number, string]) => folded.push([...given]),
    (a, b) => a + b,
    (state) => state,
  );
  resultOf(watching, ['a', 'b']);
  expect(folded).toEqual([
    [0, 'a'],
    [1, 'b'],
  ]);
});

test('an aggregate of ours may ask where a value stands', () => {
  const offsets = aggregateOf<string, number[], number[]>(
    () => [],
    (state, _, { offset }) => [...state, offset],
    (a, b) => [...a, ...b],
    (state) => state,
  );
  expect(resultOf(offsets, ['a', 'b'])).toEqual([0, 1]);
});

test.each(['seed', 'fold', 'merge', 'result'])('an aggregate without %s is refused', (missing) => {
  const parts = ['seed', 'fold', 'merge', 'result'].map((name) => (name === missing ? undefined : () => 0));
  expect(() => aggregate(...(parts as Parameters<typeof aggregate>))).toThrow(
    expect.objectContaining({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(`${missing} of an aggregate is not a function`) as string,
    }),
  );
});
