import { describe, expect, test } from 'vitest';
import type { TimeWindow } from '../../../src/records';
import type { Origin } from '../../../src/run/holds';
import { GridTable } from '../../../src/run/tables/gridTable';
import type { DueWindow } from '../../../src/run/tables/windowTable';
import { hopping, hoppingWindows } from '../../../src/time/hopping';
import { keyIdentity } from '../../../src/time/keyIdentity';
import { reducing } from '../../time/reducing';

const at = (offset: number, stamp = -Infinity, slot = 0): Origin => ({ kind: 'record', slot, offset, stamp });

function table({ out = -Infinity, grace = 0, size = 20, every = 10 } = {}): GridTable {
  const shape = hopping(size, { every });
  return new GridTable((timestamp) => hoppingWindows(shape, timestamp), {
    name: 'test',
    slots: 2,
    grace,
    folding: reducing((a, b) => `${String(a)}${String(b)}`),
    isOut: (end) => end <= out,
  });
}

function read(due: DueWindow | undefined): unknown[] | undefined {
  if (!due) return undefined;
  const results: unknown[] = [due.start, due.end];
  for (let next = due.results.next(); next.done !== true; next = due.results.next()) results.push([next.value.key, next.value.value]);
  return results;
}

describe('a table of windows that follow from one record', () => {
  test('folds a record into each window that it belongs to, and gives the windows in the order of their ends', () => {
    const windows = table();
    expect([windows.firstEnd, windows.lastEnd]).toEqual([Infinity, -Infinity]);
    windows.add(at(0), 15, 'k', 'a');
    windows.add(at(1), 25, 'k', 'b');
    expect([windows.firstEnd, windows.lastEnd, windows.lastEndBy(35), windows.lastEndBy(5), windows.size]).toEqual([
      20,
      40,
      30,
      undefined,
      3,
    ]);
    expect(windows.takeFirst(19)).toBeUndefined();
    expect([read(windows.takeFirst(30)), read(windows.takeFirst(30)), windows.takeFirst(30), windows.firstEnd]).toEqual([
      [0, 20, ['k', 'a']],
      [10, 30, ['k', 'ab']],
      undefined,
      40,
    ]);
    expect(windows.size).toBe(1);
  });

  test('judges a record by its own stamp, and says how late it was', () => {
    const windows = table({ grace: 5 });
    expect(windows.add(at(0, 24), 15, 'k', 'a')).toBeUndefined();
    expect(windows.add(at(1, 25), 15, 'k', 'b')).toEqual({ how: 'late in some windows', window: { start: 0, end: 20 }, by: 0 });
    expect(windows.add(at(2, 38), 15, 'k', 'c')).toEqual({ how: 'late', window: { start: 10, end: 30 }, by: 3 });
    expect(read(windows.takeFirst(20))).toEqual([0, 20, ['k', 'a']]);
    expect(read(windows.takeFirst(30))).toEqual([10, 30, ['k', 'ab']]);
  });

  test('says of a record that belongs to no window that it does', () => {
    const none = new GridTable((): TimeWindow[] => [], {
      name: 'test',
      slots: 1,
      grace: 0,
      folding: reducing(() => 0),
      isOut: () => false,
    });
    expect(none.add(at(0), 1, 'k', 1)).toEqual({ how: 'in no window', window: undefined, by: 0 });
  });

  test('passes over windows that are out', () => {
    const windows = table({ out: 20 });
    expect(windows.add(at(0), 15, 'k', 'a')).toBeUndefined();
    expect(windows.add(at(1), 5, 'k', 'b')).toBeUndefined();
    expect([windows.firstEnd, windows.size, windows.holdOf(0)]).toEqual([30, 1, 0]);
  });

  test('holds the smallest offset of each partition, with its stamp, until the last window that has it is taken out', () => {
    const windows = table();
    windows.add(at(4, 3), 15, 'k', 'a');
    windows.add(at(9, 8, 1), 25, 'k', 'b');
    expect([windows.holdOf(0), windows.stampOf(0), windows.holdOf(1), windows.stampOf(1)]).toEqual([4, 3, 9, 8]);
    expect([windows.holderOf(0), windows.holderOf(1)]).toEqual([{ window: { start: 0, end: 20 } }, { window: { start: 10, end: 30 } }]);
    const first = windows.takeFirst(30);
    expect([first?.holds.offsetOf(0), first?.holds.offsetOf(1), windows.holdOf(0)]).toEqual([4, Infinity, 4]);
    windows.takeFirst(30);
    expect([windows.holdOf(0), windows.holdOf(1)]).toEqual([Infinity, 9]);
  });

  test('tells what a record changed, and what a key came to so far', () => {
    const windows = table();
    const changed: unknown[] = [];
    windows.add(at(0, 0, 1), 15, ['k'], 'b', (identity, window) => changed.push(windows.current(identity, window)));
    windows.add(at(0, 0, 0), 19, ['k'], 'a', (identity, window) => changed.push(windows.current(identity, window)));
    expect(changed).toEqual([
      { key: ['k'], value: 'b', window: { start: 0, end: 20 } },
      { key: ['k'], value: 'b', window: { start: 10, end: 30 } },
      { key: ['k'], value: 'ab', window: { start: 0, end: 20 } },
      { key: ['k'], value: 'ab', window: { start: 10, end: 30 } },
    ]);
    windows.takeFirst(20);
    expect(windows.current(keyIdentity(['k']), { start: 0, end: 20 })).toBeUndefined();
    expect([...windows.states()].sort()).toEqual(['a', 'b']);
  });

  test('knows which keys are in which window', () => {
    const windows = table();
    windows.add(at(0), 15, 'k', 'a');
    expect([
      windows.hasKey('k', { start: 0, end: 20 }),
      windows.hasKey('k', { start: 20, end: 40 }),
      windows.hasKey('l', { start: 0, end: 20 }),
    ]).toEqual([true, false, false]);
    expect([...(windows.takeFirst(20)?.keys ?? [])]).toEqual([['k', 'k']]);
  });
});
