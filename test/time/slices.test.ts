import { expect, test } from 'vitest';
import { hopping, hoppingWindows } from '../../src/time/hopping';
import { sliceOf } from '../../src/time/slices';
import { slicesOf } from './slicesOf';

test('slices end where windows begin or end, and nowhere else', () => {
  const shape = hopping(60, { every: 7 }); // windows end 4 after one begins
  expect(slicesOf(shape, { start: 0, end: 14 })).toEqual([
    { start: 0, end: 4 },
    { start: 4, end: 7 },
    { start: 7, end: 11 },
    { start: 11, end: 14 },
  ]);
  expect(sliceOf(shape, -1)).toEqual({ start: -3, end: 0 });
  expect(sliceOf(shape, 3.9)).toEqual({ start: 0, end: 4 });
});

test('if every divides the size there is one slice in each every', () => {
  const shape = hopping('1h', { every: '1s', offset: 300 });
  expect(sliceOf(shape, 1_299)).toEqual({ start: 300, end: 1_300 });
  expect(slicesOf(shape, { start: 300, end: 3_600_300 })).toHaveLength(3_600);
  expect(hoppingWindows(shape, 300)).toHaveLength(3_600);
});

test('an every that has nothing in common with the size does not cut time into milliseconds', () => {
  expect(slicesOf(hopping('1h', { every: 1_001 }), { start: 0, end: 3_600_000 })).toHaveLength(7_193);
});
