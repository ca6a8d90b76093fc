import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Origin, ResultOrigin } from '../../../src/run/holds';
import { SliceTable } from '../../../src/run/tables/sliceTable';
import type { DueWindow } from '../../../src/run/tables/windowTable';
import type { Folding } from '../../../src/time/folding';
import { hopping } from '../../../src/time/hopping';
import { keyIdentity } from '../../../src/time/keyIdentity';
import { givenBy, HoppingByHand } from './hoppingByHand';

/** Keeps values in order, and changes a state in place where that is allowed. */
const listing: Folding<string, string[]> = {
  first: (value) => [value],
  fold: (state, value) => {
    state.push(value);
    return state;
  },
  merge: (a, b) => [...a, ...b],
};

/** Takes out what is oldest, and nothing else. */
function withoutOldest(running: unknown, leaving: unknown): unknown {
  const oldest = (running as string[]).slice(0, (leaving as string[]).length);
  if (oldest.join() !== (leaving as string[]).join()) throw new Error(`${String(leaving)} is not the oldest of ${String(running)}`);
  return (running as string[]).slice(oldest.length);
}

const shapes = fc
  .record({ size: fc.integer({ min: 1, max: 50 }), every: fc.integer({ min: 1, max: 50 }), offset: fc.integer({ min: -60, max: 60 }) })
  .map(({ size, every, offset }) => hopping(size, { every: Math.min(size, every), offset }));

const keys = fc.constantFrom<unknown>('a', 'b', ['c', 1], 7);
const actions = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      slot: fc.nat(2),
      /** How far event time goes on, and how far the record is behind it, in quarters of a millisecond. */
      step: fc.oneof({ weight: 8, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(800) }),
      behind: fc.oneof(fc.constant(0), fc.nat(30), fc.nat(150)),
      key: keys,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('take' as const), most: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read' as const), most: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('step' as const), slot: fc.nat(2), by: fc.nat(60) }) },
);

interface Reading {
  readonly due: DueWindow;
  readonly expected: readonly unknown[];
  readonly read: unknown[];
}

test('L5: windows that share slices give, hold and know what windows give, hold and know that keep every record', () => {
  let results = 0;
  let lateInSome = 0;
  fc.assert(
    fc.property(
      fc.record({
        shape: shapes,
        slots: fc.integer({ min: 1, max: 3 }),
        grace: fc.oneof(fc.constant(0), fc.nat(30)),
        outOfOrderness: fc.oneof(fc.constant(0), fc.nat(30)),
        start: fc.integer({ min: -300, max: 300 }),
        out: fc.oneof(fc.constant(-Infinity), fc.integer({ min: -300, max: 500 })),
        inverse: fc.boolean(),
        ofResults: fc.boolean(),
        actions: fc.array(actions, { maxLength: 120 }),
      }),
      ({ shape, slots, grace, outOfOrderness, start, out, inverse, ofResults, actions }) => {
        const folding: Folding = inverse ? { ...listing, inverse: withoutOldest } : listing;
        const options = { name: 'count', grace, folding, isOut: (end: number) => end <= out };
        const inSlots = ofResults ? 1 : slots;
        const table = new SliceTable(shape, { ...options, slots: inSlots });
        const byHand = new HoppingByHand(shape, { ...options, slots: inSlots });
        const watermarks = new Array<number>(inSlots).fill(-Infinity);
        const times = new Array<number>(inSlots).fill(start);
        const all: { readonly expected: readonly unknown[]; readonly read: unknown[] }[] = [];
        let reading: Reading | undefined;
        let source: ResultOrigin = {
          kind: 'window',
          slot: 0,
          offset: Infinity,
          stamp: -Infinity,
          absorb: () => undefined,
          unabsorb: () => undefined,
        };
        let offset = 100;

        const read = (most: number) => {
          for (let left = most; reading && left > 0; left--) {
            const next = reading.due.results.next();
            if (next.done !== true) {
              reading.read.push(next.value);
              results++;
              continue;
            }
            expect(reading.read).toEqual(reading.expected);
            reading = undefined;
          }
        };
        const take = (through: number): boolean => {
          read(Infinity);
          const due = table.takeFirst(through);
          const expected = byHand.takeFirst(through);
          if (!due || !expected) {
            expect(due).toBe(expected);
            return false;
          }
          const { results: all_, ...rest } = expected;
          expect(givenBy(due, inSlots)).toEqual(rest);
          reading = { due, expected: all_, read: [] };
          all.push(reading);
          expect([...(due.keys ?? [])].map(([identity, key]) => [identity, key])).toEqual(
            expected.results.map(({ key }) => [keyIdentity(key), key]),
          );
          return true;
        };
        const compare = () => {
          const { ends, holds } = byHand;
          const limits = [-400, ...times.flatMap((time) => [time / 4 - 20, time / 4, time / 4 + 20]), Infinity];
          const identities = ['a', keyIdentity(['c', 1])];
          const windows = ends.map((end) => ({ start: end - shape.size, end }));
          const firstEnd = ends[0] ?? Infinity;
          expect({
            holds: holds.map((_, slot) => [table.holdOf(slot), table.stampOf(slot)]),
            firstEnd: table.firstEnd,
            lastEnd: table.lastEnd,
            lastEndsBy: limits.map((limit) => table.lastEndBy(limit)),
            hasKeys: windows.map((window) => identities.map((identity) => table.hasKey(identity, window))),
            size: reading ? undefined : [table.size, [...table.states()].length],
          }).toEqual({
            holds,
            firstEnd,
            lastEnd: ends.at(-1) ?? -Infinity,
            lastEndsBy: limits.map((limit) => ends.findLast((end) => end <= limit)),
            hasKeys: windows.map((window) => identities.map((identity) => byHand.hasKey(identity, window))),
            size: reading ? undefined : [byHand.size, byHand.size],
          });
        };

        for (const action of actions) {
          const slot = 'slot' in action ? action.slot % inSlots : 0;
          const watermark = watermarks[slot] ?? -Infinity;
          if (action.kind === 'take') for (let left = action.most; left > 0 && take(Math.min(...watermarks) - grace); left--);
          else if (action.kind === 'read') read(action.most);
          else if (action.kind === 'step') watermarks[slot] = watermark + action.by;
          else {
            const time = (times[slot] = (times[slot] ?? 0) + action.step);
            let timestamp = (time - action.behind) / 4;
            let origin: Origin = { kind: 'record', slot, offset: offset++, stamp: watermark };
            if (ofResults) {
              timestamp = Math.max(timestamp, watermark); // an operator gives no result behind what it has closed
              if (action.step % 3 === 0) source = { ...source };
              origin = source;
            }
            const missed = table.add(origin, timestamp, action.key, `${slot}/${offset}`);
            if (missed?.how === 'late in some windows') lateInSome++;
            expect(missed).toEqual(byHand.add(origin, timestamp, action.key, `${slot}/${offset}`));
            watermarks[slot] = Math.max(watermark, timestamp - outOfOrderness);
          }
          compare();
        }
        while (take(Infinity));
        compare();
        expect(table.size).toBe(0);
        for (const { read, expected } of all) expect(read).toEqual(expected); // no state that was given has changed since
      },
    ),
    { numRuns: 300 },
  );
  expect(results).toBeGreaterThan(1_000);
  expect(lateInSome).toBeGreaterThan(50);
}, 60_000);

test('a slice of a key costs at most 3 merges, however many windows it is in, if no record is late', () => {
  fc.assert(
    fc.property(
      shapes,
      fc.array(fc.tuple(fc.nat(6), fc.constantFrom('a', 'b', 'c')), { minLength: 1, maxLength: 300 }),
      (shape, records) => {
        let merges = 0;
        let slices = 0;
        const folding: Folding<number, number> = {
          first: (value) => (slices++, value),
          fold: (a, b) => a + b,
          merge: (a, b) => (merges++, a + b),
        };
        const table = new SliceTable(shape, { name: 'sum', slots: 1, grace: 0, folding: folding, isOut: () => false });
        let [time, windows] = [0, 0];
        const takeOut = (through: number) => {
          for (let due = table.takeFirst(through); due; due = table.takeFirst(through))
            for (let next = due.results.next(); next.done !== true; next = due.results.next()) windows++;
        };
        for (const [offset, [step, key]] of records.entries()) {
          table.add({ kind: 'record', slot: 0, offset, stamp: time }, (time += step), key, 1);
          takeOut(time);
        }
        takeOut(Infinity);
        expect(merges).toBeLessThanOrEqual(3 * slices + Math.min(windows, slices)); // the last one for windows that a slice has left and none has entered
      },
    ),
    { numRuns: 200 },
  );
});
