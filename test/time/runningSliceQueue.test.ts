import { expect, test } from 'vitest';
import { RunningSliceQueue } from '../../src/time/runningSliceQueue';
import { Part } from '../../src/time/sliceQueue';

function counted(): { queue: RunningSliceQueue<number>; calls: string[]; add: (start: number, value: number) => void } {
  const calls: string[] = [];
  const queue = new RunningSliceQueue<number>(
    (a, b) => {
      calls.push(`${a}+${b}`);
      return a + b;
    },
    (running, leaving) => {
      calls.push(`${running}-${leaving}`);
      return running - leaving;
    },
  );
  return { queue, calls, add: (start, value) => queue.add(new Part({ start }, 'key', calls.length, value)) };
}

test('what enters is merged, and what leaves is taken out, once each', () => {
  const { queue, calls, add } = counted();
  for (const start of [0, 1, 2]) add(start, 10 ** start);
  expect(queue.merged()).toBe(111);
  calls.length = 0;
  add(3, 1_000);
  queue.leave(1);
  expect(queue.merged()).toBe(1_110);
  expect(calls).toEqual(['111-1', '110+1000']);
  expect(queue.merged()).toBe(1_110);
  expect(calls).toHaveLength(2);
});

test('a part that leaves before the value was asked for is not taken out of it', () => {
  const { queue, add } = counted();
  add(0, 1);
  expect(queue.merged()).toBe(1);
  for (const start of [1, 2, 3]) add(start, 10 ** start);
  queue.leave(2);
  expect(queue.merged()).toBe(1_100);
});

test('when all is new, nothing is taken out, so nothing of an old rounding stays', () => {
  const { queue, add } = counted();
  add(0, 1e20);
  add(1, 3);
  expect(queue.merged()).toBe(1e20);
  add(2, 1);
  queue.leave(2);
  expect(queue.merged()).toBe(1);
});

test('a part in the middle is merged where it lies', () => {
  const queue = new RunningSliceQueue<string>(
    (a, b) => a + b,
    (running, leaving) => running.slice(leaving.length),
  );
  queue.add(new Part({ start: 0 }, 'key', 0, 'a'));
  queue.add(new Part({ start: 20 }, 'key', 1, 'ccc'));
  expect(queue.merged()).toBe('accc');
  queue.add(new Part({ start: 10 }, 'key', 2, 'bb'));
  expect(queue.merged()).toBe('abbccc');
  queue.leave(10);
  expect(queue.merged()).toBe('bbccc');
});
