import { expect, test } from 'vitest';
import type { Origin, ResultOrigin } from '../../../src/run/holds';
import { SliceBuckets } from '../../../src/run/tables/sliceBuckets';
import { SliceHolds } from '../../../src/run/tables/sliceHolds';
import { hopping } from '../../../src/time/hopping';

const shape = hopping(10, { every: 5 });

const result: ResultOrigin = {
  kind: 'window',
  slot: 0,
  offset: Infinity,
  stamp: -Infinity,
  absorb: () => undefined,
  unabsorb: () => undefined,
};

function setUp() {
  const buckets = new SliceBuckets(shape, 0, 1);
  const holds = new SliceHolds(1, buckets);
  const take = (timestamp: number, origin: Origin) =>
    holds.take(buckets.find(timestamp, origin.stamp) ?? buckets.open(buckets.placeOf(timestamp, origin.stamp)), origin);
  /** Takes out the window that ends at `end`. */
  const takeOut = (end: number) => {
    for (const bucket of buckets.take(end)) holds.add(bucket);
    const window = { start: end - 10, end };
    const of = holds.of(window);
    holds.leave(window, end - 5);
    return of;
  };
  return { holds, take, takeOut };
}

test('what a bucket holds is held until its last window is taken out', () => {
  const { holds, take, takeOut } = setUp();
  take(6, { kind: 'record', slot: 0, offset: 8, stamp: 1 });
  take(7, { kind: 'record', slot: 0, offset: 9, stamp: 2 });
  take(12, { kind: 'record', slot: 0, offset: 10, stamp: 3 });
  expect([holds.all.offsetOf(0), holds.all.stampOf(0), holds.empty]).toEqual([8, 1, true]);
  expect(takeOut(10).offsetOf(0)).toBe(8);
  expect([holds.all.offsetOf(0), holds.empty]).toEqual([8, false]);
  expect(takeOut(15).offsetOf(0)).toBe(8);
  expect([holds.all.offsetOf(0), holds.all.stampOf(0)]).toEqual([10, 3]);
  expect(takeOut(20).offsetOf(0)).toBe(10);
  expect([holds.all.offsetOf(0), holds.empty]).toEqual([Infinity, true]);
});

test('a record that comes after one has asked is held too', () => {
  const { holds, take } = setUp();
  expect(holds.all.offsetOf(0)).toBe(Infinity);
  take(6, { kind: 'record', slot: 0, offset: 8, stamp: 1 });
  expect(holds.all.offsetOf(0)).toBe(8);
});

test('what a window holds is its own, whatever is done to it', () => {
  const { take, takeOut } = setUp();
  const source = result;
  take(6, source);
  take(7, { kind: 'record', slot: 0, offset: 8, stamp: 1 });
  const first = takeOut(10);
  expect(first.sources.size).toBe(0);
  first.take({ kind: 'record', slot: 0, offset: 1, stamp: 0 });
  const last = takeOut(15);
  expect([last.offsetOf(0), [...last.sources]]).toEqual([8, [[source, 1]]]);
});

test('the slice that holds the smallest offset is found, queued or not', () => {
  const { holds, take, takeOut } = setUp();
  expect(holds.sliceOf(0)).toBeUndefined();
  take(6, { kind: 'record', slot: 0, offset: 8, stamp: 1 });
  take(12, { kind: 'record', slot: 0, offset: 7, stamp: 3 });
  expect(holds.sliceOf(0)?.start).toBe(10);
  takeOut(10);
  take(12, { kind: 'record', slot: 0, offset: 9, stamp: 3 });
  expect(holds.sliceOf(0)?.start).toBe(10);
  takeOut(15);
  takeOut(20);
  expect(holds.sliceOf(0)).toBeUndefined();
});
