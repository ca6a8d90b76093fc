import { expect, test } from 'vitest';
import { countByKey } from '../../src/operators/countByKey';
import { tumbling } from '../../src/time/tumbling';
import { outcome, read } from './source';

const window = tumbling('1s');

test('records are counted by key and window, whatever their values', () => {
  const visits = ['ann', 'bob', 'ann'].map((key) => ({ key, value: null }));
  const { values } = outcome(read([...visits, { key: 'ann', value: null, timestamp: 1_000 }]).pipe(countByKey({ window })));
  expect(values.map(({ key, value, window: { start } }) => [start, key, value])).toEqual([
    [0, 'ann', 2],
    [0, 'bob', 1],
    [1_000, 'ann', 1],
  ]);
});

test('counts of several partitions add up', () => {
  const visits = [0, 1, 1].map((partition) => ({ key: 'ann', value: null, partition }));
  expect(outcome(read(visits).pipe(countByKey({ window }))).values.map(({ value }) => value)).toEqual([3]);
});

test('its name is in errors', () => {
  expect(() => countByKey({ window: {} as never })).toThrow("window of countByKey is of the kind undefined: give it tumbling('10s')");
  expect(outcome(read([{ key: null as never, value: 1 }]).pipe(countByKey({ window }))).error).toMatchObject({
    code: 'NULL_KEY',
    message: expect.stringContaining('countByKey got t[0]@0') as string,
  });
});
