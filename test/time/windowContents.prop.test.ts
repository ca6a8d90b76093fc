import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WindowContents } from '../../src/time/windowContents';
import { reducing } from './reducing';

const join = reducing((a, b) => `${String(a)}${String(b)}`);
const logs = fc.array(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2', '3')), { maxLength: 8 }), {
  maxLength: 3,
});

/** Reads the partitions in turns that `order` decides; within one, in the order of offsets. */
function read(partitions: readonly (readonly (readonly [string, string])[])[], order: readonly number[]): unknown[] {
  const contents = new WindowContents();
  const next = partitions.map(() => 0);
  for (const slot of [...order.map((n) => n % Math.max(1, partitions.length)), ...partitions.flatMap((log, slot) => log.map(() => slot))]) {
    const entry = partitions[slot]?.[next[slot] ?? 0];
    if (!entry) continue;
    next[slot] = (next[slot] ?? 0) + 1;
    contents.add(slot, entry[0], entry[1], join);
  }
  return [...contents.results(join)];
}

test('L5: results, and their order, do not depend on which partition was read faster', () => {
  fc.assert(
    fc.property(logs, fc.array(fc.nat(5), { maxLength: 30 }), (partitions, order) => {
      expect(read(partitions, order)).toEqual(read(partitions, []));
    }),
    { numRuns: 500 },
  );
});
