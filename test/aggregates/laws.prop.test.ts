import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aggregate, type Aggregate } from '../../src/aggregates/aggregate';
import { countOf } from '../../src/aggregates/countOf';
import { distinctOf } from '../../src/aggregates/distinctOf';
import { firstOf } from '../../src/aggregates/firstOf';
import { lastOf } from '../../src/aggregates/lastOf';
import { maxOf } from '../../src/aggregates/maxOf';
import { meanOf } from '../../src/aggregates/meanOf';
import { minOf } from '../../src/aggregates/minOf';
import { sumOf } from '../../src/aggregates/sumOf';
import { summaryOf } from '../../src/aggregates/summaryOf';
import { topK } from '../../src/aggregates/topK';
import { mergedResultOf, splits } from './run';

interface Item {
  readonly id: number;
  readonly amount: number;
}

const amounts = fc.oneof(
  fc.constantFrom(0, -0, 1, 2, 0.1, 0.2, 0.3, 1e100, -1e100, NaN, Infinity, -Infinity),
  fc.double({ min: -1e300, max: 1e300 }),
  fc.maxSafeInteger(),
);
const items = fc.record({ id: fc.nat(99), amount: amounts }, { noNullPrototype: true });

const aggregates: readonly (readonly [name: string, made: Aggregate<Item, unknown>])[] = [
  ['countOf', countOf()],
  ['sumOf', sumOf(({ amount }) => amount)],
  ['meanOf', meanOf(({ amount }) => amount)],
  ['minOf', minOf(({ amount }) => amount)],
  ['maxOf', maxOf(({ amount }) => amount)],
  ['minOf of text', minOf(({ id }) => String(id))],
  ['maxOf of bigints', maxOf(({ id }) => BigInt(id))],
  ['firstOf', firstOf((item) => item)],
  ['lastOf', lastOf((item) => item)],
  ['topK', topK(3, ({ amount }) => amount)],
  ['topK with many ties', topK(3, ({ id }) => id % 2)],
  ['distinctOf', distinctOf(({ id }) => [id % 5, 'x'])],
  [
    'aggregate',
    aggregate(
      () => 0,
      (most, { id }: Item) => Math.max(most, id),
      Math.max,
      (most) => -most,
    ),
  ],
  [
    'summaryOf',
    summaryOf<Item, object>({ count: countOf(), first: firstOf(({ id }: Item) => id), top: topK(2, ({ amount }: Item) => amount) }),
  ],
];

test.each(aggregates)('%s of parts, merged in any order, is that of the whole', (_, made) => {
  fc.assert(
    fc.property(splits(items), fc.boolean(), ({ batch, split }, left) => {
      expect(mergedResultOf(made, split, left)).toStrictEqual(mergedResultOf(made, [batch]));
    }),
    { numRuns: 150 },
  );
});

test.each(aggregates)('%s leaves merged states as they were', (_, { '~aggregate': parts }) => {
  fc.assert(
    fc.property(splits(items), ({ split }) => {
      const states = split.map((placed) => placed.reduce((state, [value, position]) => parts.fold(state, value, position), parts.seed()));
      const copies = structuredClone(states);
      states.reduce((a, b) => parts.merge(a, b));
      expect(states).toStrictEqual(copies);
    }),
    { numRuns: 50 },
  );
});
