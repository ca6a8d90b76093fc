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

test('empty windows are refused before another window: they are known when a later one closes, and it may have closed by then', () => {
  const filled$ = read(rows).pipe(countByWindow({ window: tumbling(10), emptyWindows: true }));
  expect(outcome(filled$.pipe(countByWindow({ window: tumbling(60) }))).error).toMatchObject({
    code: 'UNSUPPORTED',
    message: expect.stringContaining('countByWindow gives windows without records (emptyWindows) to another window') as string,
  });
  const last$ = read(rows).pipe(countByWindow({ window: tumbling(5) }), countByWindow({ window: tumbling(10), emptyWindows: true }));
  expect(outcome(last$).values.map(({ value }) => value)).toEqual([1, 0, 0, 1]);
});
