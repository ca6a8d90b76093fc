import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tumbling, windowStart } from '../../src/time/tumbling';

const windows = fc
  .record({ size: fc.integer({ min: 1, max: 10 ** 9 }), offset: fc.integer({ min: -(10 ** 9), max: 10 ** 9 }) })
  .map(({ size, offset }) => tumbling(size, { offset }));
const timestamps = fc.integer({ min: -(10 ** 13), max: 10 ** 13 });

test('a timestamp lies in its window, which is aligned to the offset', () => {
  fc.assert(
    fc.property(windows, timestamps, (window, timestamp) => {
      const start = windowStart(window, timestamp);
      expect(start).toBeLessThanOrEqual(timestamp);
      expect(start + window.size).toBeGreaterThan(timestamp);
      expect(Math.abs((start - window.offset) % window.size)).toBe(0);
    }),
  );
});

test('every timestamp of a window gives the same window', () => {
  fc.assert(
    fc.property(windows, timestamps, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (window, timestamp, part) => {
      const start = windowStart(window, timestamp);
      expect(windowStart(window, start + Math.floor(part * window.size))).toBe(start);
    }),
  );
});
