import { expect, test } from 'vitest';
import { countByValue } from '../../src/operators/countByValue';
import { tumbling } from '../../src/time/tumbling';
import { type Found, outcome, read } from './source';

const window = tumbling('1s');

test('values are counted by window, whatever their keys, and become the keys', () => {
  const words = ['to', 'be', 'to'].map((value, n) => ({ key: n, value }));
  const { values } = outcome(read([...words, { key: 9, value: 'to', timestamp: 1_000 }]).pipe(countByValue({ window })));
  expect(values.map(({ key, value, window: { start } }) => [start, key, value])).toEqual([
    [0, 'to', 2],
    [0, 'be', 1],
    [1_000, 'to', 1],
  ]);
});

test('a value may come from several partitions, so windows merge over them', () => {
  const found: Found = {};
  const words = [0, 1].map((partition) => ({ key: partition, value: 'to', partition }));
  expect(outcome(read(words, found).pipe(countByValue({ window }))).values.map(({ value }) => value)).toEqual([2]);
  expect(found.participants?.[0]?.rekeys).toBe(true);
});

test('a null value has nothing to be counted by', () => {
  expect(outcome(read([{ key: 'k', value: null as never }]).pipe(countByValue({ window }))).error).toMatchObject({
    code: 'NULL_KEY',
    message: expect.stringContaining('countByValue got t[0]@0 with the value null') as string,
  });
});
