import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunningSliceQueue } from '../../src/time/runningSliceQueue';
import { Part, SliceQueue } from '../../src/time/sliceQueue';

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), on: fc.nat(3), behind: fc.oneof(fc.constant(0), fc.nat(30)) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('leave' as const), by: fc.oneof(fc.nat(4), fc.nat(40)) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('ask' as const) }) },
  ),
  { maxLength: 200 },
);

const join = (a: string, b: string) => a + b;

/** Takes out what is oldest, and nothing else. */
function withoutOldest(running: string, leaving: string): string {
  if (!running.startsWith(leaving)) throw new Error(`${leaving} is not the oldest of ${running}`);
  return running.slice(leaving.length);
}

test.each([
  ['two stacks', () => new SliceQueue(join)],
  ['a running value', () => new RunningSliceQueue(join, withoutOldest)],
])('%s come to what a list of parts comes to, in whatever order these enter and leave', (_, queueOf) => {
  fc.assert(
    fc.property(steps, fc.infiniteStream(fc.nat(1_000)), (all, arrivals) => {
      const queue = queueOf();
      let list: Part<string>[] = [];
      let [now, left, count] = [0, 0, 0];
      for (const step of all) {
        if (step.kind === 'add') {
          now += step.on;
          const start = Math.max(left, now - step.behind);
          const part = new Part({ start }, 'key', (arrivals.next().value ?? 0) * 1_000 + count, `${count++},`);
          expect(queue.add(part)).toBe(list.every(({ slice }) => slice.start <= start));
          list = [...list, part].sort((a, b) => a.slice.start - b.slice.start);
        } else if (step.kind === 'leave') {
          left = Math.max(left, now - 40 + step.by);
          const kept = list.filter(({ slice }) => slice.start >= left);
          expect(queue.leave(left)).toBe(list.length - kept.length);
          list = kept;
        } else if (list.length > 0) expect(queue.merged()).toBe(list.map(({ state }) => state).join(''));
        expect(queue.length).toBe(list.length);
        expect(queue.newest).toBe(list.at(-1)?.slice.start ?? -Infinity);
        expect(queue.earliest).toBe(list.toSorted((a, b) => a.arrival - b.arrival)[0]);
      }
    }),
    { numRuns: 200 },
  );
});

test('parts in order of time cost at most 3 merges each, however many a window has', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 1_000 }), (size, count) => {
      let merges = 0;
      const queue = new SliceQueue<number>((a, b) => (merges++, a + b));
      for (let start = 0; start < count; start++) {
        queue.add(new Part({ start }, 'key', start, 1));
        queue.leave(start - size + 1);
        expect(queue.merged()).toBe(Math.min(size, start + 1));
      }
      expect(merges).toBeLessThanOrEqual(3 * count);
    }),
    { numRuns: 100 },
  );
});

test('parts that are a little behind cost merges for how far they are behind, not for how many a window has', () => {
  const [size, count, behind] = [1_000, 10_000, 5];
  for (const running of [false, true]) {
    let merges = 0;
    const merge = (a: number, b: number) => (merges++, a + b);
    const queue = running ? new RunningSliceQueue(merge, (a, b) => a - b) : new SliceQueue(merge);
    for (let start = behind; start < count; start++) {
      queue.add(new Part({ start }, 'key', start, 1));
      queue.add(new Part({ start: start - behind }, 'key', start, 1));
      queue.leave(start - size + 1);
      queue.merged();
    }
    expect(merges).toBeLessThanOrEqual((3 + 2 * behind) * 2 * count);
  }
});
