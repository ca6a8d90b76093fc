import { expect, test } from 'vitest';
import { countByWindow, type CountByWindowOptions } from '../../src/operators/countByWindow';
import { session } from '../../src/time/session';
import { tumbling } from '../../src/time/tumbling';
import { outcome, read } from './source';

const rows = [5, 6, 35].map((timestamp, index) => ({ key: `k${index}`, value: 1, timestamp, partition: index % 2 }));
const counts = (options: CountByWindowOptions) =>
  outcome(read(rows).pipe(countByWindow(options))).values.map(({ key, value, window: { start } }) => [key, start, value]);

test('records are counted whatever their key, over all partitions', () => {
  expect(counts({ window: tumbling(10) })).toEqual([
    [null, 0, 2],
    [null, 30, 1],
  ]);
});

test('windows without records are given on request, between the first and the last', () => {
  expect(counts({ window: tumbling(10), emptyWindows: true })).toEqual([
    [null, 0, 2],
    [null, 10, 0],
    [null, 20, 0],
    [null, 30, 1],
  ]);
});

test('empty windows are refused where windows are where records are', () => {
  expect(() => countByWindow({ window: session({ gap: 1 }), emptyWindows: true })).toThrow('but session windows are where records are');
});
