import { describe, expect, test } from 'vitest';
import type { PartitionEpoch } from '../../src/run/partitionEpoch';
import type { Task } from '../../src/run/task';
import { fold, partition, summing, taskOf } from './pieces';

/** As when the commit that carries what waits is answered. */
function acknowledge(task: Task, epoch: PartitionEpoch): void {
  task.acknowledged(epoch, epoch.gate);
}

describe('the combined watermark', () => {
  const at = (...watermarks: number[]) => watermarks.map((watermark, slot) => partition({ watermark }, { slot }));

  test('is the smallest of the partitions', () => {
    expect(taskOf(at(5, 3, 9), []).combined()).toBe(3);
  });

  test('leaves out a partition that is idle, and counts all of them when all are', () => {
    const [slow, fast] = at(3, 9) as [PartitionEpoch, PartitionEpoch];
    const task = taskOf([slow, fast], []);
    slow.idle = true;
    expect(task.combined()).toBe(9);
    fast.idle = true;
    expect(task.combined()).toBe(3);
  });

  test('leaves out a partition that joins, also when all others are idle', () => {
    const [joining, other] = at(-Infinity, 9) as [PartitionEpoch, PartitionEpoch];
    const task = taskOf([joining, other], []);
    joining.joinsAfter = new Map();
    expect(task.combined()).toBe(9);
    other.idle = true;
    expect(task.combined()).toBe(9);
  });

  test('is before all time while a partition has not spoken', () => {
    expect(taskOf(at(5, -Infinity), []).combined()).toBe(-Infinity);
    expect(taskOf([], []).combined()).toBe(-Infinity);
  });

  test('waits for a record that is still on its way', () => {
    const epoch = partition();
    const stage = summing(10);
    const task = taskOf([epoch], [stage]);
    fold(task, epoch, 5);
    const share = epoch.deliver(1, 12, 1);
    task.advanced(epoch);
    fold(task, epoch, 30);
    expect(stage.given).toEqual([]);
    share.release();
    expect(stage.given).toHaveLength(1);
  });
});

describe('a forced step', () => {
  test('takes effect when the commit that carries it is acknowledged, and the partition waits meanwhile', () => {
    const epoch = partition();
    const stage = summing(10);
    const task = taskOf([epoch], [stage]);
    fold(task, epoch, 5);
    task.stepAll(10);
    expect([epoch.watermark, task.mayDeliver(epoch), stage.given.length]).toEqual([5, false, 0]);
    expect(task.told).toContain('commit wanted');
    expect(task.progress(epoch)?.steps).toEqual([{ offset: 1, watermark: 10 }]);
    acknowledge(task, epoch);
    expect([epoch.watermark, task.mayDeliver(epoch), stage.given.length]).toEqual([10, true, 1]);
  });

  test('is not acknowledged by a commit that was sent before it', () => {
    const epoch = partition();
    const task = taskOf([epoch], [summing(10)]);
    fold(task, epoch, 5);
    const sentBefore = epoch.gate;
    task.stepAll(10);
    task.acknowledged(epoch, sentBefore);
    expect(task.mayDeliver(epoch)).toBe(false);
  });

  test('is not acknowledged a second time by the commit of the step before it', () => {
    const epoch = partition();
    const task = taskOf([epoch], [summing(10)]);
    fold(task, epoch, 5);
    task.stepAll(10);
    const first = epoch.gate;
    acknowledge(task, epoch);
    task.force(epoch, 20);
    task.acknowledged(epoch, first);
    expect([epoch.watermark, task.mayDeliver(epoch)]).toEqual([10, false]);
  });

  test('lets the run know when it is in force, so that the partition goes on', () => {
    const epoch = partition();
    const task = taskOf([epoch], []);
    task.force(epoch, 10);
    expect(task.told).not.toContain('moved');
    acknowledge(task, epoch);
    expect(task.told).toContain('moved');
  });

  test('is not made for a partition that joins', () => {
    const epoch = partition();
    const task = taskOf([epoch], []);
    epoch.joinsAfter = new Map();
    task.force(epoch, 10);
    expect(epoch.gate).toBeNull();
  });

  test('takes the place of one at the same offset, and needs no room of its own', () => {
    const epoch = partition();
    const task = taskOf([epoch], [summing(100)], { maxSteps: 1 });
    fold(task, epoch, 5);
    for (const watermark of [10, 20]) {
      task.force(epoch, watermark);
      acknowledge(task, epoch);
    }
    expect(task.progress(epoch)?.steps).toEqual([{ offset: 1, watermark: 20 }]);
  });

  test('goes into every commit until the record it stands before has reached it', () => {
    const epoch = partition();
    const task = taskOf([epoch], [summing(10)]);
    fold(task, epoch, 5);
    task.stepAll(10);
    acknowledge(task, epoch);
    fold(task, epoch, 7); // late: it is behind the step
    expect(task.progress(epoch)?.steps).toEqual([{ offset: 1, watermark: 10 }]);
    expect(task.lateRecords.map(({ offset }) => offset)).toEqual([1]);
  });

  test('at or before the committed offset travels as the watermark there', () => {
    const epoch = partition();
    const task = taskOf([epoch], []);
    epoch.deliver(0, 5, 1).release();
    task.force(epoch, 40);
    expect(task.progress(epoch)).toMatchObject({ offset: 1, watermark: 40, steps: [] });
  });

  test('never goes back, and waits for the one before it', () => {
    const epoch = partition({ watermark: 20 });
    const task = taskOf([epoch], []);
    task.force(epoch, 20);
    expect(epoch.gate).toBeNull();
    task.force(epoch, 30);
    const first = epoch.gate;
    task.force(epoch, 40);
    expect(epoch.gate).toBe(first);
  });

  test('takes effect at once without a group, where nothing is recovered', () => {
    const epoch = partition();
    const task = taskOf([epoch], [], { writeAhead: false });
    task.force(epoch, 30);
    expect([epoch.watermark, epoch.gate, task.told]).toEqual([30, null, []]);
  });

  test('is not made where the metadata has no room for it: windows wait, nothing is dropped', () => {
    const epoch = partition();
    const [short, long] = [summing(10), summing(100)];
    const task = taskOf([epoch], [short, long], { maxSteps: 1 });
    fold(task, epoch, 5);
    task.stepAll(10);
    acknowledge(task, epoch);
    fold(task, epoch, 7); // late, so it neither reaches the step nor opens a window
    expect(task.stuckBefore).toBeUndefined(); // while a result is out: when it is released, there may be room
    short.given.splice(0).forEach(({ share, key, value, window }) => task.stages[1]?.fold(share, window.end - 1, key, value));
    task.stepAll(100);
    expect([epoch.gate, long.given.length]).toEqual([null, 0]);
    expect(task.stuckBefore).toBe(epoch);
    fold(task, epoch, 120); // a record moves the watermark, and with it the holds
    expect(long.given).toHaveLength(1);
  });

  test('has all the room it needs in a partition that is there already, and may get it while another waits for its commit', () => {
    const [there, behind] = [partition(), partition({}, { slot: 1 })];
    const task = taskOf([there, behind], [summing(100)], { maxSteps: 1 });
    for (const epoch of [there, behind]) fold(task, epoch, 5);
    task.stepAll(10);
    for (const epoch of [there, behind]) acknowledge(task, epoch);
    for (const epoch of [there, behind]) fold(task, epoch, 7);
    expect(task.stuckBefore).toBe(there);
    there.deliver(there.position, 250, 1).release();
    expect(task.stuckBefore).toBe(behind);
    behind.gate = { offset: 2, watermark: 350 };
    expect(task.stuckBefore).toBeUndefined();
  });

  test('comes before windows close without an idle partition', () => {
    const [idle, busy] = [partition({ watermark: 0 }), partition({}, { slot: 1 })];
    const stage = summing(10);
    const task = taskOf([idle, busy], [stage]);
    idle.idle = true;
    fold(task, busy, 5);
    fold(task, busy, 12);
    expect([idle.gate, stage.given.length]).toEqual([{ offset: 0, watermark: 12 }, 0]);
    acknowledge(task, idle);
    expect([idle.watermark, stage.given.length]).toEqual([12, 1]);
  });
});

test('a partition without a commit delivers nothing until its first is acknowledged', () => {
  const epoch = partition({ offset: 3 });
  const task = taskOf([epoch], [summing(10)]);
  task.begin(epoch);
  expect([task.told, task.mayDeliver(epoch)]).toEqual([['commit wanted'], false]);
  expect(task.progress(epoch)).toMatchObject({ offset: 3, watermark: -Infinity });
  acknowledge(task, epoch);
  expect(task.mayDeliver(epoch)).toBe(true);
});

describe('a partition that joins', () => {
  function joining(ends: readonly number[]) {
    const others = ends.map((_, slot) => partition({ offset: 4 }, { slot }));
    const epoch = partition({}, { slot: ends.length });
    const task = taskOf([...others, epoch], [summing(10)]);
    epoch.joinsAfter = new Map(others.map((other, slot) => [other, ends[slot] ?? 0]));
    return { others, epoch, task };
  }

  test('delivers and commits nothing until the others have come to their former ends', () => {
    const { others, epoch, task } = joining([5, 4]);
    task.letJoin();
    expect([task.mayDeliver(epoch), task.progress(epoch)]).toEqual([false, null]);
    for (const other of others) fold(task, other, 7);
    task.letJoin();
    expect(task.progress(epoch)).toMatchObject({ offset: 0, watermark: 7 });
    expect(task.mayDeliver(epoch)).toBe(false);
    acknowledge(task, epoch);
    expect([epoch.watermark, task.mayDeliver(epoch)]).toEqual([7, true]);
  });

  test('begins where windows have closed already, if that is later', () => {
    const { others, epoch, task } = joining([4, 6]);
    const [idle, busy] = others as [PartitionEpoch, PartitionEpoch];
    idle.idle = true;
    idle.watermark = 0;
    fold(task, busy, 3);
    fold(task, busy, 25);
    acknowledge(task, idle); // windows have closed by 25
    idle.watermark = 2;
    task.letJoin();
    expect(epoch.gate?.watermark).toBe(25);
  });

  test('counts for the next one by the step it is being given', () => {
    const other = partition({ watermark: 9 });
    const [one, next] = [partition({}, { slot: 1 }), partition({}, { slot: 2 })];
    const task = taskOf([other, one, next], [summing(10)]);
    one.joinsAfter = next.joinsAfter = new Map();
    task.letJoin();
    expect([one.gate?.watermark, next.gate?.watermark]).toEqual([9, 9]);
  });
});

describe('`out`', () => {
  function twoWindows() {
    const epoch = partition();
    const stage = summing(10);
    const task = taskOf([epoch], [stage]);
    for (const timestamp of [5, 15, 20]) fold(task, epoch, timestamp);
    return { epoch, task, given: stage.given };
  }

  test('does not pass a window that is not released, and such a window keeps what came before it', () => {
    const { epoch, task, given } = twoWindows();
    given[1]?.share.release();
    expect(task.progress(epoch)).toMatchObject({ out: -Infinity, offset: 0 });
    given[0]?.share.release();
    expect(task.progress(epoch)).toMatchObject({ out: 20, offset: 2 });
  });

  test('lets the offsets go that no open window holds', () => {
    const { epoch, task, given } = twoWindows();
    given[0]?.share.release();
    expect(task.progress(epoch)).toMatchObject({ out: 10, offset: 1, watermark: 5 });
  });

  test('does not pass an open window that goes into the same last window, though nothing of the first did', () => {
    const epoch = partition();
    const short = summing(10);
    const task = taskOf([epoch], [short, summing(20)]);
    fold(task, epoch, 5);
    fold(task, epoch, 10);
    short.given[0]?.share.release(); // filtered out between the two
    expect(task.progress(epoch)).toMatchObject({ out: -Infinity, offset: 0 });
  });
});

describe('a commit', () => {
  test('does not pass the oldest record that is on its way, and carries the watermark before it', () => {
    const epoch = partition();
    const task = taskOf([epoch], []);
    epoch.deliver(0, 5, 1).release();
    epoch.deliver(1, 8, 1);
    epoch.deliver(2, 9, 1).release();
    expect(task.progress(epoch)).toEqual({ offset: 1, watermark: 5, steps: [], ackedThrough: 1, out: -Infinity });
  });

  test('does not pass an offset that a window holds, though records after it have given their outputs', () => {
    const epoch = partition({ offset: 4, watermark: 2 });
    const task = taskOf([epoch], [summing(100)]);
    fold(task, epoch, 5);
    fold(task, epoch, 6);
    expect(task.progress(epoch)).toMatchObject({ offset: 4, watermark: 2, ackedThrough: 6 });
  });

  test('takes each partition for itself', () => {
    const [one, other] = [partition(), partition({ offset: 7 }, { slot: 1 })];
    const task = taskOf([one, other], [summing(100)]);
    fold(task, one, 5);
    expect(task.progress(one)?.offset).toBe(0);
    expect(task.progress(other)?.offset).toBe(7);
  });
});

describe('time that is still to come', () => {
  test('needs no further step once every result is in a closed window of the last stage', () => {
    const epoch = partition();
    const [short, long] = [summing(10), summing(20)];
    const task = taskOf([epoch], [short, long], { writeAhead: false });
    fold(task, epoch, 5);
    task.stepAll(task.endStep ?? 0);
    short.given.forEach(({ share, key, value, window }) => task.stages[1]?.fold(share, window.end - 1, key, value));
    expect([long.given.length, task.endStep]).toEqual([1, undefined]);
  });

  test('closes the windows that are due by then', () => {
    const epoch = partition({}, { outOfOrderness: 100 });
    const task = taskOf([epoch], [summing(10, { grace: 2 })]);
    for (const timestamp of [5, 15, 25]) fold(task, epoch, timestamp);
    expect([11, 12, 25, 1_000].map((limit) => task.dueBy(limit))).toEqual([undefined, 12, 22, 32]);
  });

  test('ends with what closes every window, and those of later stages too', () => {
    const epoch = partition();
    const task = taskOf([epoch], [summing(10, { grace: 2 }), summing(100, { grace: 5 })]);
    expect(task.endStep).toBeUndefined();
    fold(task, epoch, 5);
    expect(task.endStep).toBe(107);
  });

  test('is over when every result has been taken', () => {
    const epoch = partition();
    const stage = summing(10);
    const task = taskOf([epoch], [stage]);
    fold(task, epoch, 5);
    expect(task.settled).toBe(true);
    task.stepAll(task.endStep ?? 0);
    acknowledge(task, epoch);
    expect([task.settled, task.endStep]).toEqual([false, undefined]);
    stage.given[0]?.share.release();
    expect(task.settled).toBe(true);
  });

  test('is over in a chain too, while a later window stays open', () => {
    const epoch = partition();
    const short = summing(5);
    const task = taskOf([epoch], [short, summing(10)]);
    for (const timestamp of [2, 5]) fold(task, epoch, timestamp);
    expect(task.settled).toBe(false);
    short.given.forEach(({ share, key, value, window }) => task.stages[1]?.fold(share, window.end - 1, key, value));
    expect(task.settled).toBe(true);
  });
});

describe('L4: a task that has ended', () => {
  test('acknowledges nothing and closes nothing', () => {
    const epoch = partition();
    const stage = summing(10);
    const task = taskOf([epoch], [stage]);
    fold(task, epoch, 5);
    task.stepAll(10);
    const { gate } = epoch;
    task.end();
    task.acknowledged(epoch, gate);
    task.closeDue();
    expect([epoch.ended, epoch.gate, epoch.watermark, stage.given.length]).toEqual([true, gate, 5, 0]);
  });
});
