import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hopping, hoppingWindows } from '../../src/time/hopping';
import { endsOfSlice, sliceOf } from '../../src/time/slices';
import { windowsOf } from '../../src/time/windowsOf';
import { slicesOf } from './slicesOf';

const shapes = fc
  .record({ every: fc.integer({ min: 1, max: 1_000 }), times: fc.double({ min: 1, max: 12, noNaN: true }), offset: fc.integer() })
  .map(({ every, times, offset }) => hopping(Math.floor(every * times), { every, offset }));
const timestamps = fc.oneof(fc.integer({ min: -(10 ** 13), max: 10 ** 13 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));

test('a record is in the windows of its slice', () => {
  fc.assert(
    fc.property(shapes, timestamps, (shape, timestamp) => {
      const slice = sliceOf(shape, timestamp);
      expect(slice.start <= timestamp && timestamp < slice.end).toBe(true);
      const windows = hoppingWindows(shape, slice.start);
      expect(windows).toEqual(windowsOf(shape)(timestamp, undefined));
      expect(endsOfSlice(shape, slice)).toEqual({ first: windows[0]?.end, last: windows.at(-1)?.end });
    }),
  );
});

test('the slices of a window lie side by side, fill it, and have it among their windows', () => {
  fc.assert(
    fc.property(shapes, timestamps, (shape, timestamp) => {
      for (const window of windowsOf(shape)(timestamp, undefined)) {
        const slices = slicesOf(shape, window);
        expect([slices[0]?.start, ...slices.map(({ end }) => end)]).toEqual([...slices.map(({ start }) => start), window.end]);
        expect(slices[0]?.start).toBe(window.start);
        for (const slice of slices) expect(hoppingWindows(shape, slice.start)).toContainEqual(window);
        expect(slices.length).toBeLessThanOrEqual(2 * Math.ceil(shape.size / shape.every));
      }
    }),
    { numRuns: 50 },
  );
});
