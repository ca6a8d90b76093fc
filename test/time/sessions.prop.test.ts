import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closeSessions } from '../../src/time/closeSessions';
import { type WindowState, Sessions } from '../../src/time/sessions';

interface Reach {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

const sets = {
  first: ({ id }: Reach): readonly number[] => [id],
  fold: (ids: readonly number[], { id }: Reach): readonly number[] => [...ids, id].sort((a, b) => a - b),
  merge: (a: readonly number[], b: readonly number[]): readonly number[] => [...a, ...b].sort((x, y) => x - y),
};
const reaches = fc
  .array(fc.record({ start: fc.integer({ min: -60, max: 60 }), gap: fc.integer({ min: 1, max: 12 }), partition: fc.nat(2) }), {
    maxLength: 16,
  })
  .map((all) => all.map(({ start, gap, partition }, id) => ({ id, start, end: start + gap, partition })));

/** Grows a session from each record by whatever overlaps anything in it, until nothing does. */
function batch(all: readonly Reach[]): WindowState<readonly number[]>[] {
  const left = new Set(all);
  const sessions = [];
  for (const one of all) {
    if (!left.delete(one)) continue;
    const members = [one];
    for (const member of members) {
      for (const other of left) {
        if (other.start >= member.end || member.start >= other.end) continue;
        left.delete(other);
        members.push(other);
      }
    }
    const ids = members.map(({ id }) => id).sort((a, b) => a - b);
    sessions.push({ start: Math.min(...members.map(({ start }) => start)), end: Math.max(...members.map(({ end }) => end)), state: ids });
  }
  return sessions.sort((a, b) => a.end - b.end);
}

test('sessions do not depend on the order of records, nor on gaps that differ', () => {
  fc.assert(
    fc.property(
      reaches.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, shuffled]) => {
        const sessions = new Sessions(sets);
        for (const reach of shuffled) sessions.add(reach.start, reach.end, reach);
        expect(sessions.open).toEqual(batch(all));
      },
    ),
  );
});

test('records split between partitions give the same sessions, in whatever steps they close', () => {
  fc.assert(
    fc.property(
      reaches.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      fc.array(fc.integer({ min: -70, max: 80 }), { maxLength: 4 }),
      ([all, shuffled], steps) => {
        const partitions = [new Sessions(sets), new Sessions(sets), new Sessions(sets)];
        const closed = [];
        let added = 0;
        for (const through of [...steps.sort((a, b) => a - b), Infinity]) {
          // Up to the step come, in any order, all records that would be late after it, and some others.
          const rest = shuffled.slice(added);
          const due = rest.filter(({ start }, index) => start < through || index % 3 === 0);
          shuffled.splice(added, rest.length, ...due, ...rest.filter((reach) => !due.includes(reach)));
          added += due.length;
          for (const reach of due) partitions[reach.partition]?.add(reach.start, reach.end, reach);
          const now = closeSessions(partitions, sets.merge, through);
          for (const { end } of now) expect(end).toBeLessThanOrEqual(through);
          closed.push(...now);
          for (const { end, state } of batch(shuffled.slice(0, added)))
            if (end <= through) expect(closed.map((session) => session.state)).toContainEqual(state);
        }
        expect(closed).toEqual(batch(all));
      },
    ),
  );
});
