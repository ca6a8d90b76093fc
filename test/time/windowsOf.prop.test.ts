import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hopping } from '../../src/time/hopping';
import { tumbling } from '../../src/time/tumbling';
import { type WindowOfOne, windowsOf } from '../../src/time/windowsOf';

const shapes: fc.Arbitrary<WindowOfOne<unknown> & { readonly size: number; readonly offset: number }> = fc
  .record({ every: fc.integer({ min: 1, max: 500 }), more: fc.nat(500), offset: fc.integer({ min: -(10 ** 6), max: 10 ** 6 }) })
  .chain(({ every, more, offset }) => fc.constantFrom(tumbling(every, { offset }), hopping(every + more, { every, offset })));
const timestamps = fc.oneof(fc.integer({ min: -2_000, max: 2_000 }), fc.double({ min: -2_000, max: 2_000, noNaN: true }));

test('a record is in exactly the windows of the grid that cover it, in the order of their ends', () => {
  fc.assert(
    fc.property(shapes, fc.array(timestamps, { maxLength: 5 }), (shape, times) => {
      const windows = windowsOf(shape);
      const every = 'every' in shape ? shape.every : shape.size;
      for (const timestamp of times) {
        const expected = [];
        const whole = Math.floor(timestamp);
        for (let start = whole - shape.size; start <= whole; start++)
          if ((start - shape.offset) % every === 0 && start + shape.size > timestamp) expected.push({ start, end: start + shape.size });
        expect(windows(timestamp, undefined)).toEqual(expected);
      }
    }),
  );
});
