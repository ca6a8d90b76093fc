import { asyncScheduler } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { FreeWindows } from '../../src/run/freeWindows';
import type { PartitionEpoch } from '../../src/run/partitionEpoch';
import type { Task } from '../../src/run/task';
import { global } from '../../src/time/global';
import { partition, summing, type Summing, taskOf } from './pieces';

function freeOver(epochs: readonly PartitionEpoch[], maxResults = 10): FreeWindows {
  return new FreeWindows(epochs, { clock: asyncScheduler, maxResults, autoRelease: false, moved: () => undefined });
}

/** Two partitions whose tasks are two, and a sum over both of them. */
function two(maxResults?: number) {
  const epochs = [partition({ offset: 3 }), partition({ offset: 5 })] as const;
  const tasks = epochs.map((epoch) => taskOf([epoch], [])) as unknown as [Task, Task];
  const free = freeOver(epochs, maxResults);
  const sum = summing(0, { shape: global() });
  const add = (which: 0 | 1, key: string, value: number) =>
    free.stageOf(sum).fold(epochs[which].deliver(epochs[which].position, 0, 1), 0, key, value);
  const offsets = () => tasks.map((task, which) => task.progress(epochs[which as 0 | 1])?.offset);
  return { epochs, tasks, free, sum, add, offsets };
}

const given = (sum: Summing) => sum.given.map(({ key, value }) => [key, value]);

describe('windows that no watermark closes', () => {
  test('span the partitions of all tasks, hold their offsets, and let go when their results are released', () => {
    const { free, sum, add, offsets } = two();
    add(0, 'a', 1);
    add(1, 'a', 10);
    add(0, 'b', 2);
    expect([given(sum), offsets(), free.awaited]).toEqual([[], [3, 5], true]);
    let ended = false;
    free.stageOf(sum).endWith(() => (ended = true));
    expect([given(sum), ended, free.awaited, offsets()]).toEqual([
      [
        ['a', 11],
        ['b', 2],
      ],
      true,
      false,
      [3, 5],
    ]);
    sum.given[0]?.share.release();
    expect([offsets(), free.settled]).toEqual([[3, 5], false]);
    sum.given[1]?.share.release();
    expect([offsets(), free.settled]).toEqual([[5, 6], true]);
  });

  test('give no more results than the sink takes, and the partitions wait for the rest', () => {
    const { epochs, tasks, free, sum, add } = two(1);
    add(0, 'a', 1);
    add(0, 'b', 2);
    let ended = false;
    free.stageOf(sum).endWith(() => (ended = true));
    expect([given(sum), ended, tasks[1].mayDeliver(epochs[1])]).toEqual([[['a', 1]], false, false]);
    sum.given[0]?.share.release();
    sum.given[1]?.share.release();
    expect([given(sum).length, ended, tasks[1].mayDeliver(epochs[1])]).toEqual([2, true, true]);
  });

  test('stay held if nobody wants their results any more: what went into them has had no effect', () => {
    const { epochs, tasks, free, sum, add, offsets } = two();
    add(0, 'a', 1);
    free.stageOf(sum).abandon();
    expect([free.settled, free.awaited, tasks[0].mayDeliver(epochs[0]), offsets()]).toEqual([true, false, true, [3, 5]]);
  });

  test('L4: give nothing when their assignment has ended, and tell what waits for them', () => {
    const { free, sum, add } = two(1);
    add(0, 'a', 1);
    add(0, 'b', 2);
    let ended = false;
    free.stageOf(sum).endWith(() => (ended = true));
    free.end();
    expect(ended).toBe(true);
    sum.given[0]?.share.release();
    expect(given(sum)).toHaveLength(1);
  });

  test('hold what a part was made of until it is released, though the rest of its window is', () => {
    const { epochs, free, offsets } = two();
    const sum: Summing = { ...summing(10), limit: { states: 1, bytes: Infinity, onFull: 'emitEarly' } };
    for (const key of ['a', 'b', 'c']) free.stageOf(sum).fold(epochs[0].deliver(epochs[0].position, 1, 1), 1, key, 1);
    expect([given(sum).length, free.awaited]).toEqual([2, true]);
    free.stageOf(sum).endWith(() => undefined);
    sum.given[2]?.share.release();
    sum.given[1]?.share.release();
    expect(offsets()).toEqual([3, 5]);
    sum.given[0]?.share.release();
    expect(offsets()).toEqual([6, 5]);
  });
});

test('a stage whose results are all out is not asked again whether it is blocked', () => {
  const { epochs, tasks, free, sum, add } = two(1);
  add(0, 'a', 1);
  add(0, 'b', 2);
  const stage = free.stageOf(sum);
  stage.endWith(() => undefined);
  expect(tasks[0].mayDeliver(epochs[0])).toBe(false);
  for (const { share } of sum.given) share.release();
  expect(tasks[0].mayDeliver(epochs[0])).toBe(true);
  expect(free.all).toEqual([]);
});
