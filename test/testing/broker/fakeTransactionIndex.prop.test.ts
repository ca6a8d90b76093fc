import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeTransactionIndex, type Outcome } from '../../../src/testing/broker/fakeTransactionIndex';

/** What happens at each offset: a producer writes, ends its transaction, or somebody else writes. */
const events = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ producer: fc.nat(3), kind: fc.constant('write' as const) }) },
    { weight: 2, arbitrary: fc.record({ producer: fc.nat(3), kind: fc.constantFrom('commit' as const, 'abort' as const) }) },
    { weight: 1, arbitrary: fc.constant({ producer: -1, kind: 'plain' as const }) },
  ),
  { maxLength: 40, size: 'max' },
);

interface Written {
  readonly offset: number;
  readonly producer: number;
  outcome: Outcome | 'open';
}

function both(all: readonly { producer: number; kind: string }[]) {
  const index = new FakeTransactionIndex();
  const written: Written[] = [];
  all.forEach(({ producer, kind }, offset) => {
    if (kind === 'write') {
      index.written(producer, offset);
      written.push({ offset, producer, outcome: 'open' });
    } else if (kind !== 'plain') {
      index.ended(producer, offset, kind as Outcome);
      for (const one of written) if (one.producer === producer && one.outcome === 'open') one.outcome = kind as Outcome;
    }
  });
  return { index, written };
}

test('a log is stable up to the first offset whose transaction is open', () => {
  fc.assert(
    fc.property(events, (all) => {
      const { index, written } = both(all);
      expect(index.stableEnd(all.length)).toBe(written.find(({ outcome }) => outcome === 'open')?.offset ?? all.length);
    }),
  );
});

test('an offset was aborted if its transaction was, however transactions overlap', () => {
  fc.assert(
    fc.property(events, (all) => {
      const { index, written } = both(all);
      for (const { offset, producer, outcome } of written) expect(index.isAborted(producer, offset)).toBe(outcome === 'abort');
    }),
  );
});

test('of any part of a log just the transactions that have to do with it are told, in the order of their ends', () => {
  fc.assert(
    fc.property(events, fc.nat(40), fc.nat(40), (all, a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const { index, written } = both(all);
      const told = index.aborted(from, to);
      expect(told.map(({ lastOffset }) => lastOffset)).toEqual(told.map(({ lastOffset }) => lastOffset).toSorted((x, y) => x - y));
      const inside = written.filter(({ offset, outcome }) => outcome === 'abort' && offset >= from && offset < to);
      for (const { offset, producer } of inside) {
        expect(told.filter((one) => one.producerId === producer && one.firstOffset <= offset && offset <= one.lastOffset)).toHaveLength(1);
      }
      for (const { firstOffset, lastOffset } of told) expect(firstOffset < to && lastOffset >= from).toBe(true);
    }),
  );
});
