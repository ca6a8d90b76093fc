import { expect, test } from 'vitest';
import { collectByWindow } from '../../src/operators/collectByWindow';
import { tumbling } from '../../src/time/tumbling';
import { outcome, read } from './source';

const window = tumbling('1s');

test('the records of a window come as one list, in order of partition and offset', () => {
  const rows = [1, 0, 1].map((partition, n) => ({ key: `k${n}`, value: n, partition }));
  const { values } = outcome(read([...rows, { key: 'k', value: 9, timestamp: 1_000 }]).pipe(collectByWindow({ window })));
  expect(values.map(({ key }) => key)).toEqual([null, null]);
  expect(values.map(({ value }) => value.map((record) => [record.key, record.value, record.partition, record.offset]))).toEqual([
    [
      ['k1', 1, 0, 0],
      ['k0', 0, 1, 0],
      ['k2', 2, 1, 1],
    ],
    [['k', 9, 0, 1]],
  ]);
});

test('more than maxRecords in one window is STATE_FULL, of one partition or of several', () => {
  for (const partitions of [
    [0, 0, 0],
    [0, 0, 1],
  ]) {
    const rows = partitions.map((partition) => ({ key: 'k', value: 1, partition }));
    expect(outcome(read(rows).pipe(collectByWindow({ window, maxRecords: 2 }))).error).toMatchObject({ code: 'STATE_FULL' });
    expect(outcome(read(rows).pipe(collectByWindow({ window, maxRecords: 3 }))).values).toHaveLength(1);
  }
});

test.each([0, -1, NaN])('maxRecords %s is refused at once', (maxRecords) => {
  expect(() => collectByWindow({ window, maxRecords })).toThrow('maxRecords of collectByWindow');
});
