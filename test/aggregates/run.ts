import fc from 'fast-check';
import type { Aggregate } from '../../src/aggregates/aggregate';
import type { Position } from '../../src/aggregates/position';

/** A value and where it stands. */
export type Placed<V> = readonly [value: V, position: Position];

/** What an aggregate gives for some values, folded in this order. */
export function resultOf<V, R>({ '~aggregate': parts }: Aggregate<V, R>, values: readonly V[]): R {
  return parts.result(values.reduce((state, value, offset) => parts.fold(state, value, { timestamp: 0, slot: 0, offset }), parts.seed()));
}

/** What it gives for parts of them that were folded apart and merged in the order they come in, as a tree that leans left or right. */
export function mergedResultOf<V, R>({ '~aggregate': parts }: Aggregate<V, R>, split: readonly (readonly Placed<V>[])[], left = true): R {
  const states = split.map((placed) => placed.reduce((state, [value, position]) => parts.fold(state, value, position), parts.seed()));
  const merged = left ? states.reduce((a, b) => parts.merge(a, b)) : states.reduceRight((b, a) => parts.merge(a, b));
  return parts.result(merged);
}

/** Records of three partitions, several values to a record now and then; the batch is all of them by position, the split a random cut in any order. */
export function splits<V>(
  values: fc.Arbitrary<V>,
): fc.Arbitrary<{ readonly batch: readonly Placed<V>[]; readonly split: readonly (readonly Placed<V>[])[] }> {
  const record = fc.record({
    timestamp: fc.integer({ min: -3, max: 3 }),
    slot: fc.nat(2),
    pieces: fc.array(values, { minLength: 1, maxLength: 2 }),
    part: fc.nat(3),
  });
  return fc.array(record, { minLength: 1, maxLength: 10 }).chain((records) => {
    const placed = records.map(({ timestamp, slot, pieces, part }, offset) => ({
      part,
      values: pieces.map((value): Placed<V> => [value, { timestamp, slot, offset }]),
    }));
    const order = ({ values: [a] }: (typeof placed)[number], { values: [b] }: (typeof placed)[number]): number =>
      a && b ? a[1].timestamp - b[1].timestamp || a[1].slot - b[1].slot || a[1].offset - b[1].offset : 0;
    const batch = [...placed].sort(order).flatMap((one) => one.values);
    return fc.shuffledSubarray(placed, { minLength: placed.length }).map((shuffled) => ({
      batch,
      split: [2, 0, 3, 1].map((part) => shuffled.filter((one) => one.part === part).flatMap((one) => one.values)),
    }));
  });
}
