import { expect, test } from 'vitest';
import { countOf } from '../../src/aggregates/countOf';
import { firstOf } from '../../src/aggregates/firstOf';
import { lastOf } from '../../src/aggregates/lastOf';
import { sumOf } from '../../src/aggregates/sumOf';
import { countByKey } from '../../src/operators/countByKey';
import { summarizeByKey } from '../../src/operators/summarizeByKey';
import type { KafkaRecord } from '../../src/records';
import { tumbling } from '../../src/time/tumbling';
import { outcome, read } from './source';

type Order = KafkaRecord<string, number>;

const window = tumbling('1s');
const amount = (n: number) => n;

test('each key and window has all aggregates, by name', () => {
  const orders = [3, 4].map((value) => ({ key: 'ann', value }));
  const summary = summarizeByKey<Order, { orders: number; total: number }>({ orders: countOf(), total: sumOf(amount) }, { window });
  const { values } = outcome(read([...orders, { key: 'bob', value: 5 }, { key: 'ann', value: 6, timestamp: 1_000 }]).pipe(summary));
  expect(values.map(({ key, value, window: { start } }) => [start, key, value])).toEqual([
    [0, 'ann', { orders: 2, total: 7 }],
    [0, 'bob', { orders: 1, total: 5 }],
    [1_000, 'ann', { orders: 1, total: 6 }],
  ]);
});

test('first and last are so by timestamp, then partition, then offset, however partitions are read', () => {
  const summary = summarizeByKey<Order, { first: number; last: number }>({ first: firstOf(amount), last: lastOf(amount) }, { window });
  const row = (value: number, timestamp: number, partition: number) => ({ key: 'ann', value, timestamp, partition });
  const rows = [row(10, 5, 1), row(11, 5, 0), row(12, 5, 0), row(13, 9, 1), row(14, 9, 1), row(15, 9, 0)];
  expect(outcome(read(rows).pipe(summary)).values.map(({ value }) => value)).toEqual([{ first: 11, last: 14 }]);
});

test('results of a window stand in the order in which they are given', () => {
  const visits = ['ann', 'bob', 'cid'].map((key, n) => ({ key, value: n }));
  const results$ = read([...visits, { key: 'bob', value: 1 }]).pipe(
    countByKey({ window }),
    summarizeByKey({ first: firstOf(amount) }, { window: tumbling('1m') }),
  );
  expect(outcome(results$).values.map(({ key, value }) => [key, value])).toEqual([
    ['ann', { first: 1 }],
    ['bob', { first: 2 }],
    ['cid', { first: 1 }],
  ]);
});

test('L10: an aggregate that throws is CALLBACK_FAILED, while values are folded and when the result is made', () => {
  const fail = (): never => {
    throw new Error('no');
  };
  for (const total of [sumOf(fail), { '~aggregate': { seed: () => 0, fold: () => 0, merge: () => 0, result: fail } }]) {
    const summary = summarizeByKey<Order, { total: number }>({ total }, { window });
    expect(outcome(read([{ key: 'ann', value: 1 }]).pipe(summary)).error).toMatchObject({
      code: 'CALLBACK_FAILED',
      cause: new Error('no'),
    });
  }
});
