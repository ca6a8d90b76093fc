import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimerQueue } from '../../../src/testing/clock/timerQueue';

class Due {
  place = 0;
  cancelled = false;
  constructor(
    readonly due: number,
    readonly order: number,
  ) {}
}

test('timers come by their time, and of those of one time the one that was set first; what was cancelled never comes', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('push' as const), due: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('shift' as const), due: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), due: fc.nat(20) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const queue = new TimerQueue<Due>();
      let waiting: Due[] = [];
      let order = 0;
      const sorted = () => [...waiting].sort((a, b) => a.due - b.due || a.order - b.order);
      for (const { kind, due } of steps) {
        if (kind === 'push') {
          const timer = new Due(due, order++);
          waiting.push(timer);
          queue.push(timer);
        } else if (kind === 'shift') {
          const [first] = sorted();
          expect(queue.shift()).toBe(first);
          waiting = waiting.filter((other) => other !== first);
        } else {
          const victim = waiting[due % Math.max(1, waiting.length)];
          if (victim) victim.cancelled = true;
          waiting = waiting.filter((other) => other !== victim);
        }
        expect(queue.next).toBe(sorted()[0]);
      }
      expect(queue.waiting).toEqual(sorted());
    }),
  );
});
