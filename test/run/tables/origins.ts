import type { Origin } from '../../../src/run/holds';
import type { DueWindow, TableOptions, WindowTable } from '../../../src/run/tables/windowTable';
import type { Folding } from '../../../src/time/folding';

/** A record of a partition. */
export const from = (offset: number, { slot = 0, stamp = -Infinity } = {}): Origin => ({ kind: 'record', slot, offset, stamp });

/** Values are joined, those of merged states with a bar. */
export const texts: Folding = {
  first: (value) => value,
  fold: (state, value) => `${String(state)}${String(value)}`,
  merge: (a, b) => `${String(a)}|${String(b)}`,
};

export const options = (changed: Partial<TableOptions> = {}): TableOptions => ({
  name: 'the table',
  slots: 2,
  grace: 0,
  folding: texts,
  isOut: () => false,
  ...changed,
});

/** The results of a window, each as `key value [start, end)`. */
export function read(due: DueWindow | undefined): string[] {
  const read: string[] = [];
  for (let next = due?.results.next(); next && next.done !== true; next = due?.results.next()) {
    const { key, value, window } = next.value;
    read.push(`${String(key)} ${String(value)} [${window.start}, ${window.end})`);
  }
  return read;
}

/** All windows that end by `through`, in the order they are taken out. */
export function readAll(table: WindowTable, through: number): string[][] {
  const all: string[][] = [];
  for (let due = table.takeFirst(through); due; due = table.takeFirst(through)) all.push(read(due));
  return all;
}
