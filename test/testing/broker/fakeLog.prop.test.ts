import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeLog } from '../../../src/testing/broker/fakeLog';

interface Appended {
  readonly timestamp: number;
  readonly size: number;
}

/** What is done to a log. */
type Step =
  | { readonly append: readonly Appended[] }
  | { readonly deleteBefore: number }
  /** Removes each of which the offset, divided by this, leaves nothing. */
  | { readonly thin: number };

const appended = fc.record({ timestamp: fc.integer({ min: -5, max: 20 }), size: fc.nat(30) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ append: fc.array(appended, { minLength: 1, maxLength: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ deleteBefore: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ thin: fc.integer({ min: 2, max: 4 }) }) },
);
const steps = fc.array(step, { maxLength: 20 });

/** A log, and the obvious list of what is in it. */
function after(all: readonly Step[]): { log: FakeLog; model: { offset: number; timestamp: number }[] } {
  const log = new FakeLog('t', 0, 0);
  let model: { offset: number; timestamp: number }[] = [];
  for (const one of all) {
    if ('append' in one) {
      one.append.forEach(({ timestamp }, i) => model.push({ offset: log.end + i, timestamp }));
      log.append(
        one.append.map(({ timestamp, size }) => ({ key: null, value: new Uint8Array(size), timestamp: String(timestamp), headers: {} })),
      );
    } else if ('thin' in one) {
      log.keep(({ offset }) => Number(offset) % one.thin !== 0);
      model = model.filter(({ offset }) => offset % one.thin !== 0);
    } else {
      const offset = Math.min(one.deleteBefore, log.end);
      log.deleteBefore(offset);
      model = model.filter((message) => message.offset >= offset);
    }
  }
  return { log, model };
}

test('a log has what was appended and neither deleted nor compacted away, where it was', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const { log, model } = after(all);
      expect(log.messages('read_uncommitted').map(({ offset }) => Number(offset))).toEqual(model.map(({ offset }) => offset));
      expect(log.end).toBe(all.reduce((sum, one) => sum + ('append' in one ? one.append.length : 0), 0));
      expect(log.start).toBeLessThanOrEqual(model[0]?.offset ?? log.end);
    }),
  );
});

test('the offset of a time is that of the first message that is as new, also where time runs backwards', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: -6, max: 21 }), (all, time) => {
      const { log, model } = after(all);
      expect(log.offsetAt(time)).toBe(model.find(({ timestamp }) => timestamp >= time)?.offset);
    }),
  );
});

test('reads of any size, one after the other, give every message once and in order', () => {
  fc.assert(
    fc.property(steps, fc.array(fc.nat(300), { minLength: 1 }), (all, sizes) => {
      const { log, model } = after(all);
      const read: number[] = [];
      let next = log.start;
      for (let turn = 0; next < log.end; turn++) {
        const maxBytes = sizes[turn % sizes.length] ?? 0;
        const { batches, bytes } = log.read(next, log.end, maxBytes, true);
        if (batches.length > 1) expect(bytes).toBeLessThanOrEqual(maxBytes);
        const last = batches.at(-1)?.last;
        if (last === undefined) break;
        expect(last).toBeGreaterThanOrEqual(next);
        read.push(...batches.flatMap(({ messages }) => messages.map(({ offset }) => Number(offset)).filter((offset) => offset >= next)));
        next = last + 1;
      }
      expect(read).toEqual(model.map(({ offset }) => offset));
    }),
  );
});

test('a read from anywhere begins with the batch that stands for the offset, or else the next', () => {
  fc.assert(
    fc.property(steps, fc.nat(40), (all, offset) => {
      const { log, model } = after(all);
      const { batches } = log.read(offset, log.end, 0, true);
      const next = model.find((message) => message.offset >= offset);
      if (next) expect(batches[0]?.base).toBeLessThanOrEqual(next.offset);
      if (batches[0]) expect(batches[0].last).toBeGreaterThanOrEqual(offset);
      else expect(next).toBe(undefined);
    }),
  );
});

test('a read that may be empty gives nothing of a batch that is too large', () => {
  const { log } = after([{ append: [{ timestamp: 0, size: 100 }] }]);
  expect(log.read(0, log.end, 150, false)).toEqual({ batches: [], bytes: 0 });
});
