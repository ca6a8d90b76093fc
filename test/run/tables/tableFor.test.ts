import { expect, test } from 'vitest';
import { GridTable } from '../../../src/run/tables/gridTable';
import { SessionTable } from '../../../src/run/tables/sessionTable';
import { SliceTable } from '../../../src/run/tables/sliceTable';
import { SlidingTable } from '../../../src/run/tables/slidingTable';
import { lastEndOf, tableFor } from '../../../src/run/tables/tableFor';
import { calendar } from '../../../src/time/calendar';
import { hopping } from '../../../src/time/hopping';
import { session } from '../../../src/time/session';
import { sliding } from '../../../src/time/sliding';
import { tumbling } from '../../../src/time/tumbling';
import { from, options, readAll } from './origins';

test('hopping windows share slices if they overlap, and nobody looks at them early or asks for the order of offsets', () => {
  const overlapping = hopping(30, { every: 10 });
  expect(tableFor(overlapping, options())).toBeInstanceOf(SliceTable);
  expect(tableFor(hopping(10, { every: 10 }), options())).toBeInstanceOf(GridTable);
  expect(tableFor(overlapping, options(), { early: true })).toBeInstanceOf(GridTable);
  expect(tableFor(overlapping, options(), { byOffset: true })).toBeInstanceOf(GridTable);
});

test('where a value comes to in the end follows from its timestamp, if the shape lets it', () => {
  expect(lastEndOf(tumbling(10))?.(15)).toBe(20);
  expect(lastEndOf(hopping(30, { every: 10 }))?.(15)).toBe(40);
  expect(lastEndOf(calendar('day'))?.(0)).toBe(86_400_000);
  expect(lastEndOf(sliding(10))?.(15.5)).toBe(27);
  expect(lastEndOf(session({ gap: 10 }))).toBeUndefined();
  expect(lastEndOf({ kind: 'custom', name: 'by value', assign: () => [] })).toBeUndefined();
});

test('sessions, windows of your own that merge, and sliding windows have tables of their own', () => {
  const custom = { kind: 'custom', name: 'around', assign: (timestamp: number) => [{ start: timestamp - 5, end: timestamp + 5 }] } as const;
  const table = tableFor({ ...custom, merge: true }, options());
  expect(table).toBeInstanceOf(SessionTable);
  for (const timestamp of [0, 9]) table.add(from(timestamp), timestamp, 'k', 'v');
  expect(readAll(table, 100)).toEqual([['k vv [-5, 14)']]);
  expect(tableFor(custom, options())).toBeInstanceOf(GridTable);
  expect(tableFor(session({ gap: 10 }), options())).toBeInstanceOf(SessionTable);
  expect(tableFor(sliding(10), options())).toBeInstanceOf(SlidingTable);
});
