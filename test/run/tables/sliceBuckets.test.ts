import { expect, test } from 'vitest';
import { SliceBuckets } from '../../../src/run/tables/sliceBuckets';
import { hopping } from '../../../src/time/hopping';

const shape = hopping(10, { every: 4 });

function bucketFor(buckets: SliceBuckets, timestamp: number, stamp: number) {
  return buckets.find(timestamp, stamp) ?? buckets.open(buckets.placeOf(timestamp, stamp));
}

test('a place says which windows of a slice are open by a stamp', () => {
  const buckets = new SliceBuckets(shape, 1, 1);
  const slice = { start: 4, end: 6 };
  expect(buckets.placeOf(5, -Infinity)).toEqual({ slice, first: 6, last: 14, open: 6 });
  expect(buckets.placeOf(5, 6.5)).toEqual({ slice, first: 6, last: 14, open: 6 });
  expect(buckets.placeOf(5, 7)).toEqual({ slice, first: 6, last: 14, open: 10 });
  expect(buckets.placeOf(5, 14.5)).toEqual({ slice, first: 6, last: 14, open: 14 });
  expect(buckets.placeOf(5, 15)).toEqual({ slice, first: 6, last: 14, open: 18 });
});

test('records of a slice that count in the same windows share a bucket', () => {
  const buckets = new SliceBuckets(shape, 1, 1);
  const onTime = bucketFor(buckets, 4, -Infinity);
  expect(onTime).toMatchObject({ firstEnd: 6, lastEnd: 14, onTime: true });
  expect(bucketFor(buckets, 5.75, 6.75)).toBe(onTime);
  const late = bucketFor(buckets, 4, 7);
  expect(late).toMatchObject({ firstEnd: 10, lastEnd: 14, onTime: false });
  expect(bucketFor(buckets, 4, 10.75)).toBe(late);
  expect(bucketFor(buckets, 5, -100)).toBe(onTime);
  expect(bucketFor(buckets, 6, -100)).not.toBe(onTime);
  expect(bucketFor(buckets, 4, 11)).toMatchObject({ firstEnd: 14 });
  expect([...buckets]).toHaveLength(4);
});

test('buckets are taken out by the end of their first window, in order of time', () => {
  const buckets = new SliceBuckets(shape, 0, 1);
  expect(buckets.firstEnd).toBe(Infinity);
  for (const [timestamp, stamp] of [
    [101, 0],
    [8, 6],
    [5, 6],
    [5, 0],
  ] as const)
    bucketFor(buckets, timestamp, stamp);
  expect(buckets.firstEnd).toBe(6);
  expect(buckets.take(6).map(({ slice }) => slice.start)).toEqual([4]);
  expect(buckets.find(5, 0)).toBeUndefined();
  expect(buckets.find(5, 6)).toBeDefined();
  expect(buckets.firstEnd).toBe(10);
  expect(buckets.take(10).map(({ slice }) => slice.start)).toEqual([4, 8]);
  expect(buckets.firstEnd).toBe(102);
  expect(buckets.take(50)).toEqual([]);
  buckets.take(102);
  expect(buckets.firstEnd).toBe(Infinity);
  expect([...buckets]).toEqual([]);
});
