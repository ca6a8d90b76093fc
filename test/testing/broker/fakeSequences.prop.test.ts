import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeSequences } from '../../../src/testing/broker/fakeSequences';

const refused = (type: string) => expect.objectContaining({ type }) as Error;

test('batches that are sent again and again are stored once each, in their order', () => {
  // Each number says how many of the last batches are sent once more before the next.
  const resent = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(5)), { maxLength: 20, size: 'max' });
  fc.assert(
    fc.property(resent, (steps) => {
      const sequences = new FakeSequences();
      const sent: { sequence: number; count: number; baseOffset: number }[] = [];
      let end = 100;
      let sequence = 0;
      for (const [count, again] of steps) {
        for (const { baseOffset, ...batch } of again === 0 ? [] : sent.slice(-again)) {
          expect(sequences.known({ producerId: 1, epoch: 0, sequence: batch.sequence }, batch.count)).toBe(baseOffset);
        }
        const producer = { producerId: 1, epoch: 0, sequence };
        expect(sequences.known(producer, count)).toBe(undefined);
        sequences.stored(producer, count, end);
        sent.push({ sequence, count, baseOffset: end });
        sequence += count;
        end += count + again;
      }
    }),
  );
});

const after = (...sent: [epoch: number, sequence: number, count: number][]) => {
  const sequences = new FakeSequences();
  sent.forEach(([epoch, sequence, count], i) => {
    sequences.known({ producerId: 1, epoch, sequence }, count);
    sequences.stored({ producerId: 1, epoch, sequence }, count, 10 * i);
  });
  return (epoch: number, sequence: number, count: number, producerId = 1) => sequences.known({ producerId, epoch, sequence }, count);
};

test('a batch that leaves some out, or overlaps with what came before, is refused', () => {
  const known = after([0, 0, 3]);
  for (const [sequence, count] of [
    [4, 1],
    [2, 1],
    [0, 2],
  ] as const)
    expect(() => known(0, sequence, count)).toThrow(refused('OUT_OF_ORDER_SEQUENCE_NUMBER'));
  expect(known(0, 3, 1)).toBe(undefined);
});

test('five batches are remembered, and an older one is out of order', () => {
  const known = after(...[0, 1, 2, 3, 4, 5].map((sequence): [number, number, number] => [0, sequence, 1]));
  expect(known(0, 1, 1)).toBe(10);
  expect(() => known(0, 0, 1)).toThrow(refused('OUT_OF_ORDER_SEQUENCE_NUMBER'));
});

test('another life of a producer begins at 0, and the former one is refused', () => {
  const known = after([0, 0, 3], [1, 0, 2]);
  expect(() => known(0, 3, 1)).toThrow(refused('INVALID_PRODUCER_EPOCH'));
  expect(() => known(2, 2, 1)).toThrow(refused('OUT_OF_ORDER_SEQUENCE_NUMBER'));
  expect(known(2, 0, 1)).toBe(undefined);
  expect(known(1, 0, 2)).toBe(10);
});

test('a producer that the partition has not heard of may begin anywhere', () => {
  expect(after([0, 0, 3])(0, 17, 1, 2)).toBe(undefined);
});

test('a life that a mark has told of is the one that counts', () => {
  const sequences = new FakeSequences();
  sequences.stored({ producerId: 1, epoch: 0, sequence: 0 }, 1, 0);
  sequences.raise(1, 1);
  expect(() => sequences.known({ producerId: 1, epoch: 0, sequence: 1 }, 1)).toThrow(refused('INVALID_PRODUCER_EPOCH'));
  sequences.raise(1, 0);
  expect(() => sequences.known({ producerId: 1, epoch: 0, sequence: 1 }, 1)).toThrow(refused('INVALID_PRODUCER_EPOCH'));
});
