import { describe, expect, test } from 'vitest';
import type { Origin } from '../../../src/run/holds';
import { tableFor } from '../../../src/run/tables/tableFor';
import type { WindowTable } from '../../../src/run/tables/windowTable';
import { hopping } from '../../../src/time/hopping';
import { tumbling } from '../../../src/time/tumbling';
import type { WindowShape } from '../../../src/time/windowShape';
import { reducing } from '../../time/reducing';

const at = (offset: number): Origin => ({ kind: 'record', slot: 0, offset, stamp: -Infinity });

function filling(shape: WindowShape<unknown>, out = -Infinity): WindowTable {
  const folding = reducing<number>((a, b) => a + b);
  return tableFor(shape, { name: 'test', slots: 1, grace: 0, folding, out, isOut: (end) => end <= out }, { empty: 0 });
}

function take(table: WindowTable, through: number): unknown[] {
  const windows: unknown[] = [];
  for (let due = table.takeFirst(through); due; due = table.takeFirst(through)) {
    const next = due.results.next();
    windows.push([due.start, due.end, next.done === true ? undefined : next.value.value]);
    expect(due.results.next().done).toBe(true);
  }
  return windows;
}

describe('windows that no record fell into', () => {
  test('are given between two that have some, when the later of them is due', () => {
    const table = filling(tumbling(10));
    table.add(at(0), 5, null, 1);
    table.add(at(1), 35, null, 2);
    expect(take(table, 39)).toEqual([[0, 10, 1]]);
    expect(take(table, 40)).toEqual([
      [10, 20, 0],
      [20, 30, 0],
      [30, 40, 2],
    ]);
    expect(take(table, 1_000)).toEqual([]);
    table.add(at(2), 55, null, 3);
    expect(take(table, 60)).toEqual([
      [40, 50, 0],
      [50, 60, 3],
    ]);
  });

  test('are given as often as windows begin', () => {
    const table = filling(hopping(10, { every: 5 }));
    table.add(at(0), 1, null, 1);
    table.add(at(1), 21, null, 2);
    expect(take(table, 100)).toEqual([
      [-5, 5, 1],
      [0, 10, 1],
      [5, 15, 0],
      [10, 20, 0],
      [15, 25, 2],
      [20, 30, 2],
    ]);
  });

  test('are given after a restart from where the earlier life has left off', () => {
    const table = filling(tumbling(10), 20);
    table.add(at(0), 5, null, 1);
    table.add(at(1), 45, null, 2);
    expect(take(table, 100)).toEqual([
      [20, 30, 0],
      [30, 40, 0],
      [40, 50, 2],
    ]);
  });

  test('hold nothing', () => {
    const table = filling(tumbling(10));
    table.add(at(3), 5, null, 1);
    table.add(at(4), 25, null, 2);
    take(table, 10);
    expect(table.takeFirst(30)?.holds.offsetOf(0)).toBe(Infinity);
    expect([table.holdOf(0), table.holderOf(0)]).toEqual([4, { window: { start: 20, end: 30 } }]);
  });
});
