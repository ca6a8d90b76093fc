import { expect, test } from 'vitest';
import { FakeTransactions, type ProducerLife } from '../../../src/testing/broker/fakeTransactions';
import { Clock } from '../../run/clock';

const refused = (type: string) => expect.objectContaining({ type }) as Error;

function coordinator() {
  const clock = new Clock();
  const transactions = new FakeTransactions({ scheduler: clock, latency: 0 });
  const ends: unknown[] = [];
  const participant = (name: string) => ({
    endTransaction: ({ epoch }: ProducerLife, outcome: string, now: number) => void ends.push([name, outcome, epoch, now]),
  });
  return { clock, transactions, ends, one: participant('one'), two: participant('two') };
}

test('each producer gets an id of its own, and each life under a transactional id the next epoch', () => {
  const { transactions } = coordinator();
  expect(transactions.initProducerId()).toEqual({ producerId: 0, epoch: 0 });
  expect(transactions.initProducerId('a', 100)).toEqual({ producerId: 1, epoch: 0 });
  expect(transactions.initProducerId()).toEqual({ producerId: 2, epoch: 0 });
  expect(transactions.initProducerId('a', 100)).toEqual({ producerId: 1, epoch: 1 });
  expect(transactions.initProducerId('b', 100)).toEqual({ producerId: 3, epoch: 0 });
});

test('what takes part hears once how the transaction ended, and no more of the next one', () => {
  const { transactions, ends, one, two } = coordinator();
  const life = transactions.initProducerId('a', 100);
  transactions.add('a', life, [one]);
  transactions.add('a', life, [one, two]);
  transactions.end('a', life, 'commit');
  transactions.add('a', life, [two]);
  transactions.end('a', life, 'abort');
  expect(ends).toEqual([
    ['one', 'commit', 0, 0],
    ['two', 'commit', 0, 0],
    ['two', 'abort', 0, 0],
  ]);
});

test('an end may be asked for again, but not the other way round, and not before there was one', () => {
  const { transactions, ends, one } = coordinator();
  const life = transactions.initProducerId('a', 100);
  expect(() => transactions.end('a', life, 'commit')).toThrow(refused('INVALID_TXN_STATE'));
  transactions.add('a', life, [one]);
  transactions.end('a', life, 'commit');
  transactions.end('a', life, 'commit');
  expect(ends).toHaveLength(1);
  expect(() => transactions.end('a', life, 'abort')).toThrow(refused('INVALID_TXN_STATE'));
});

test('a new life waits until the transaction of the former one is aborted, in the name of neither', () => {
  const { transactions, ends, one } = coordinator();
  const life = transactions.initProducerId('a', 100);
  transactions.add('a', life, [one]);
  expect(() => transactions.initProducerId('a', 100)).toThrow(refused('CONCURRENT_TRANSACTIONS'));
  expect(ends).toEqual([['one', 'abort', 1, 0]]);
  expect(transactions.initProducerId('a', 100)).toEqual({ ...life, epoch: 2 });
  for (const ask of [
    () => transactions.add('a', life, [one]),
    () => transactions.end('a', life, 'abort'),
    () => transactions.verify('a', life, one),
  ])
    expect(ask).toThrow(refused('INVALID_PRODUCER_EPOCH'));
});

test('a transaction is aborted when its time is up, counted from the first that takes part, and its producer is fenced', async () => {
  const { clock, transactions, ends, one, two } = coordinator();
  const life = transactions.initProducerId('a', 100);
  await clock.pass(50);
  transactions.add('a', life, [one]);
  await clock.pass(99);
  transactions.add('a', life, [two]);
  expect(ends).toEqual([]);
  await clock.pass(1);
  expect(ends).toEqual([
    ['one', 'abort', 1, 150],
    ['two', 'abort', 1, 150],
  ]);
  expect(() => transactions.end('a', life, 'commit')).toThrow(refused('INVALID_PRODUCER_EPOCH'));
});

test('a transaction that has ended leaves no timer', async () => {
  const { clock, transactions, ends, one } = coordinator();
  const life = transactions.initProducerId('a', 100);
  transactions.add('a', life, [one]);
  transactions.end('a', life, 'commit');
  await clock.pass(1_000);
  expect(ends).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test('a write where the transaction does not take part, or not any more, is refused', () => {
  const { transactions, one, two } = coordinator();
  const life = transactions.initProducerId('a', 100);
  transactions.add('a', life, [one]);
  transactions.verify('a', life, one);
  expect(() => transactions.verify('a', life, two)).toThrow(refused('INVALID_TXN_STATE'));
  transactions.end('a', life, 'commit');
  expect(() => transactions.verify('a', life, one)).toThrow(refused('INVALID_TXN_STATE'));
});

test('a producer id under a transactional id that is not its own is refused', () => {
  const { transactions, one } = coordinator();
  const life = transactions.initProducerId('a', 100);
  transactions.initProducerId('b', 100);
  for (const id of ['b', 'c']) expect(() => transactions.add(id, life, [one])).toThrow(refused('INVALID_PRODUCER_ID_MAPPING'));
});

test.for([0, -1, 900_001])('a timeout of %i ms is refused', (timeout) => {
  const { transactions } = coordinator();
  expect(() => transactions.initProducerId('a', timeout)).toThrow(refused('INVALID_TRANSACTION_TIMEOUT'));
});
