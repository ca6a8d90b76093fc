import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addTo, emptySum, totalOf } from '../../src/aggregates/exactSum';

/** The sum in units of the smallest number there is, 2^-1074, and then the nearest number to it, ties to even. */
function exactly(numbers: readonly number[]): number {
  let units = 0n;
  for (const number of numbers) {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, Math.abs(number));
    const exponent = Number(view.getBigUint64(0) >> 52n);
    const fraction = view.getBigUint64(0) & (2n ** 52n - 1n);
    const size = exponent === 0 ? fraction : (fraction | (2n ** 52n)) << BigInt(exponent - 1);
    units += number < 0 ? -size : size;
  }
  const size = units < 0n ? -units : units;
  const dropped = BigInt(Math.max(0, size.toString(2).length - 53));
  let kept = size >> dropped;
  const rest = size - (kept << dropped);
  const half = dropped === 0n ? 1n : 2n ** (dropped - 1n);
  if (rest > half || (rest === half && dropped > 0n && kept % 2n === 1n)) kept += 1n;
  let result = Number(kept);
  for (let left = Number(dropped) - 1_074; left !== 0;) {
    const step = Math.max(-1_000, Math.min(1_000, left)); // 2^-1074 and 2^1023 are the limits of one step
    result *= 2 ** step;
    left -= step;
  }
  return units < 0n ? -result : result;
}

const numbers = fc.oneof(
  fc.double({ min: -1e300, max: 1e300, noNaN: true }),
  fc.maxSafeInteger(),
  fc.tuple(fc.integer({ min: -60, max: 60 }), fc.constantFrom(1, -1)).map(([power, sign]) => sign * 2 ** power),
);

test('a sum is the number nearest to the true sum', () => {
  fc.assert(
    fc.property(fc.array(numbers, { maxLength: 30 }), (all) => {
      const sum = emptySum();
      for (const number of all) addTo(sum, number);
      expect(totalOf(sum) + 0).toBe(exactly(all) + 0);
    }),
    { numRuns: 500 },
  );
});
