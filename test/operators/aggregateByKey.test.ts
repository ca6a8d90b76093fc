import { expect, test } from 'vitest';
import { aggregateByKey } from '../../src/operators/aggregateByKey';
import { tumbling } from '../../src/time/tumbling';
import type { KafkaRecord } from '../../src/records';
import { outcome, read } from './source';

type Visit = KafkaRecord<string, string>;

const window = tumbling('1s');
const pages = aggregateByKey<Visit, string[]>(
  (): string[] => [],
  (seen, page) => [...seen, page],
  (a, b) => [...a, ...b],
  { window },
);

test('values are folded in the order of offsets, for each key and window', () => {
  const visits = ['/', '/docs', '/'].map((value) => ({ key: 'ann', value }));
  const { values } = outcome(read([...visits, { key: 'bob', value: '/' }, { key: 'ann', value: '/late', timestamp: 1_000 }]).pipe(pages));
  expect(values.map(({ key, value, window: { start } }) => [start, key, value])).toEqual([
    [0, 'ann', ['/', '/docs', '/']],
    [0, 'bob', ['/']],
    [1_000, 'ann', ['/late']],
  ]);
});

test('states of several partitions are merged, the lower partition first', () => {
  const visits = [1, 0, 1].map((partition, n) => ({ key: 'ann', value: `${partition}-${n}`, partition }));
  expect(outcome(read(visits).pipe(pages)).values.map(({ value }) => value)).toEqual([['0-1', '1-0', '1-2']]);
});

test('each key has a seed of its own, that may be changed', () => {
  const words = aggregateByKey<Visit, Set<string>>(
    () => new Set<string>(),
    (seen, word) => seen.add(word),
    (a, b) => new Set([...a, ...b]),
    { window },
  );
  const { values } = outcome(read(['ann', 'bob'].map((key) => ({ key, value: key }))).pipe(words));
  expect(values.map(({ value }) => value)).toEqual([new Set(['ann']), new Set(['bob'])]);
});

test('the callback gets the record too', () => {
  const last = aggregateByKey<Visit, number>(
    () => 0,
    (_, __, { timestamp }) => timestamp,
    Math.max,
    { window },
  );
  expect(outcome(read([{ key: 'ann', value: '', timestamp: 7 }]).pipe(last)).values.map(({ value }) => value)).toEqual([7]);
});

test('L10: a seed, a fold or a merge that throws is CALLBACK_FAILED', () => {
  const fail = (): never => {
    throw new Error('no');
  };
  const add = (a: number, b: number) => a + b;
  const one = [{ key: 'ann', value: 1 }];
  const two = [0, 1].map((partition) => ({ key: 'ann', value: 1, partition }));
  for (const [rows, operator] of [
    [one, aggregateByKey<KafkaRecord<string, number>, number>(fail, add, add, { window })],
    [one, aggregateByKey<KafkaRecord<string, number>, number>(() => 0, fail, add, { window })],
    [two, aggregateByKey<KafkaRecord<string, number>, number>(() => 0, add, fail, { window })],
  ] as const) {
    expect(outcome(read(rows).pipe(operator)).error).toMatchObject({ code: 'CALLBACK_FAILED', cause: new Error('no') });
  }
});
