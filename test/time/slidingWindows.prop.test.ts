import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WindowState } from '../../src/time/sessions';
import { SlidingSets } from '../../src/time/slidingSets';
import { slidingWindows } from '../../src/time/slidingWindows';

interface Stamped {
  readonly id: number;
  readonly timestamp: number;
  readonly partition: number;
  /** The watermark it is judged by, less grace. */
  readonly closedThrough: number;
}

const sorted = (ids: readonly number[]): readonly number[] => [...ids].sort((a, b) => a - b);
const sets = {
  first: ({ id }: Stamped): readonly number[] => [id],
  fold: (ids: readonly number[], { id }: Stamped): readonly number[] => [...ids, id],
  merge: (a: readonly number[], b: readonly number[]): readonly number[] => [...a, ...b],
};
const spans = fc.integer({ min: 1, max: 12 });
const onTime = fc
  .array(fc.record({ timestamp: fc.integer({ min: -20, max: 20 }), partition: fc.nat(2) }), { maxLength: 7 })
  .map((all) => all.map((record, id): Stamped => ({ ...record, id, closedThrough: -Infinity })));

function add(records: readonly Stamped[], span: number): SlidingSets<Stamped, readonly number[]>[] {
  const partitions = [0, 1, 2].map(() => new SlidingSets(span, sets));
  for (const record of records) partitions[record.partition]?.add(record.timestamp, record, record.closedThrough);
  return partitions;
}

const given = (windows: Iterable<WindowState<readonly number[]>>): WindowState<readonly number[]>[] =>
  [...windows].map(({ start, end, state }) => ({ start, end, state: sorted(state) }));

test('of all subsets of records exactly those that some window holds are given, each once', () => {
  fc.assert(
    fc.property(spans, onTime, (span, records) => {
      const held: number[][] = [];
      for (let subset = 1; subset < 2 ** records.length; subset++) {
        const isIn = ({ id }: Stamped): boolean => (subset & (1 << id)) !== 0;
        for (let last = -20; last <= 20 + span; last++) {
          if (!records.every((record) => isIn(record) === (record.timestamp >= last - span && record.timestamp <= last))) continue;
          held.push(records.filter(isIn).map(({ id }) => id));
          break;
        }
      }
      const windows = given(slidingWindows(add(records, span), sets.merge, -Infinity, Infinity));
      expect(windows.map(({ state }) => state.join()).sort()).toEqual(held.map((ids) => ids.join()).sort());
      for (const { start, end, state } of windows) {
        expect(end - 1 - start).toBe(span);
        expect(state).toEqual(records.filter(({ timestamp }) => timestamp >= start && timestamp < end).map(({ id }) => id));
        expect(records.some(({ timestamp }) => timestamp === end - 1 || timestamp === start - 1)).toBe(true);
      }
    }),
  );
});

/** Each partition in its own order, its watermark the greatest timestamp so far: some records come behind it. */
const disordered = onTime.map((records) => {
  const most = [-Infinity, -Infinity, -Infinity];
  return records.map((record) => {
    const closedThrough = most[record.partition] ?? -Infinity;
    most[record.partition] = Math.max(closedThrough, record.timestamp);
    return { ...record, closedThrough };
  });
});

/** A window wherever the records that are in time for it change. */
function batch(records: readonly Stamped[], span: number): WindowState<readonly number[]>[] {
  const windows = [];
  let before = '';
  for (let last = -21; last <= 21 + span; last++) {
    const ids = records
      .filter(({ timestamp, closedThrough }) => timestamp >= last - span && timestamp <= last && last + 1 > closedThrough)
      .map(({ id }) => id);
    if (ids.length > 0 && ids.join() !== before) windows.push({ start: last - span, end: last + 1, state: ids });
    before = ids.join();
  }
  return windows;
}

test('late records count in every window that is open for them, whether or not it was there before', () => {
  fc.assert(
    fc.property(spans, disordered, (span, records) => {
      expect(given(slidingWindows(add(records, span), sets.merge, -Infinity, Infinity))).toEqual(batch(records, span));
    }),
  );
});

test('windows do not depend on how partitions interleave, nor on the steps they close in', () => {
  fc.assert(
    fc.property(spans, disordered, fc.array(fc.nat(2), { maxLength: 40 }), (span, records, turns) => {
      const partitions = [0, 1, 2].map(() => new SlidingSets(span, sets));
      const queues = [0, 1, 2].map((partition) => records.filter((record) => record.partition === partition));
      const watermarks = queues.map((queue) => (queue.length > 0 ? -Infinity : Infinity));
      const closed = [];
      let after = -Infinity;
      for (const turn of [...turns, ...records.flatMap(() => [0, 1, 2])]) {
        const record = queues[turn]?.shift();
        if (!record) continue;
        partitions[turn]?.add(record.timestamp, record, record.closedThrough);
        watermarks[turn] = queues[turn]?.length === 0 ? Infinity : Math.max(record.closedThrough, record.timestamp);
        const through = Math.min(...watermarks);
        if (through <= after) continue;
        closed.push(...given(slidingWindows(partitions, sets.merge, after, through)));
        for (const partition of partitions) partition.forget(through);
        after = through;
      }
      expect(closed).toEqual(batch(records, span));
      expect(partitions.every(({ entries }) => entries.length === 0)).toBe(true);
    }),
  );
});
