import { expect, test } from 'vitest';
import { reduceByWindow } from '../../src/operators/reduceByWindow';
import type { KafkaRecord } from '../../src/records';
import { tumbling } from '../../src/time/tumbling';
import { type Found, outcome, read } from './source';

const joined = reduceByWindow<KafkaRecord<unknown, string>>((a, b) => `${a} ${b}`, { window: tumbling('1s') });

test('all values of a window are combined, whatever their key, also null', () => {
  const words = ['to', 'be'].map((value, n) => ({ key: n === 0 ? null : n, value }));
  const { values } = outcome(read([...words, { key: 9, value: 'or', timestamp: 1_000 }]).pipe(joined));
  expect(values.map(({ key, value, window: { start }, timestamp }) => [start, key, value, timestamp])).toEqual([
    [0, null, 'to be', 999],
    [1_000, null, 'or', 1_999],
  ]);
});

test('the window is one over all partitions, the lower one first', () => {
  const found: Found = {};
  const words = [1, 0].map((partition) => ({ key: null, value: `p${partition}`, partition }));
  expect(outcome(read(words, found).pipe(joined)).values.map(({ value }) => value)).toEqual(['p0 p1']);
  expect(found.participants?.[0]?.rekeys).toBe(true);
});
