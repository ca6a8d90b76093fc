import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutAborted } from '../../../src/testing/client/fakeAbortFilter';
import { FakeLog, type LogBatch } from '../../../src/testing/broker/fakeLog';
import type { AbortedTransaction } from '../../../src/testing/broker/fakeTransactionIndex';
import { kafkajsSource } from '../kafkajsSource';

const kafkajsFilter = kafkajsSource('consumer/filterAbortedMessages') as (read: {
  messages: readonly object[];
  abortedTransactions: readonly object[];
}) => { offset: string; isControlRecord: boolean }[];

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      producerId: fc.nat(3),
      keys: fc.array(fc.constantFrom('key', '\0\0\0\0', null), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ producerId: fc.nat(3), outcome: fc.constantFrom('commit' as const, 'abort' as const) }) },
);

const message = (key: string | null) => ({ key: key === null ? null : Buffer.from(key), value: null, timestamp: '0', headers: {} });

/** A log in which the producers' transactions overlap; producer 3 has none. */
function logOf(steps: readonly ({ producerId: number; keys: (string | null)[] } | { producerId: number; outcome: 'commit' | 'abort' })[]) {
  const log = new FakeLog('t', 0, 0);
  const sent = new Map<number, number>();
  for (const one of steps) {
    const { producerId } = one;
    if ('keys' in one) {
      const sequence = sent.get(producerId) ?? 0;
      sent.set(producerId, sequence + one.keys.length);
      log.produce(one.keys.map(message), { producerId, epoch: 0, sequence }, producerId !== 3);
    } else if (producerId !== 3) log.endTransaction({ producerId, epoch: 0 }, one.outcome, 0);
  }
  return log;
}

const offsetsOf = (batches: readonly LogBatch[]) =>
  batches.flatMap(({ messages, isControl }) => (isControl ? [] : messages.map(({ offset }) => offset)));

/** What kafkajs makes of it. */
function theirs(batches: readonly LogBatch[], aborted: readonly AbortedTransaction[]): string[] {
  const messages = batches.flatMap(({ messages, transactionOf, isControl = false }) =>
    messages.map((one) => ({
      ...one,
      isControlRecord: isControl,
      batchContext: { producerId: String(transactionOf ?? 3), inTransaction: transactionOf !== undefined },
    })),
  );
  const abortedTransactions = aborted.map(({ producerId, firstOffset }) => ({
    producerId: String(producerId),
    firstOffset: String(firstOffset),
  }));
  return kafkajsFilter({ messages, abortedTransactions })
    .filter(({ isControlRecord }) => !isControlRecord)
    .map(({ offset }) => offset);
}

test('what is left out is what kafkajs leaves out, wherever the reading begins', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25, size: 'max' }), fc.nat(30), (steps, from) => {
      const log = logOf(steps);
      const { batches } = log.read(from, log.endFor('read_committed'), Infinity, true);
      const aborted = log.aborted(from, log.endFor('read_committed'));
      expect(offsetsOf(withoutAborted(batches, aborted))).toEqual(theirs(batches, aborted));
    }),
  );
});

test('what is left out is what was aborted, as long as aborted transactions do not overlap and no key looks like a mark', () => {
  const plain = fc.record({ keys: fc.array(fc.constantFrom('key', null), { minLength: 1, maxLength: 3 }), other: fc.boolean() });
  const transaction = fc.record({ parts: fc.array(plain, { minLength: 1, maxLength: 3 }), outcome: fc.constantFrom('commit', 'abort') });
  fc.assert(
    fc.property(fc.array(transaction, { maxLength: 8, size: 'max' }), (all) => {
      const log = logOf(
        all.flatMap(({ parts, outcome }, i) => [
          ...parts.map(({ keys, other }) => ({ producerId: other ? 3 : i % 3, keys })),
          { producerId: i % 3, outcome: outcome },
        ]),
      );
      const { batches } = log.read(0, log.end, Infinity, true);
      const expected = log.messages('read_committed').map(({ offset }) => offset);
      expect(offsetsOf(withoutAborted(batches, log.aborted(0, log.end)))).toEqual(expected);
    }),
  );
});
