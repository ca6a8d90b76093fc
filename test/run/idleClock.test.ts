import { beforeEach, describe, expect, test, vi } from 'vitest';
import { IdleClock, type IdleHost } from '../../src/run/idleClock';
import { Lane } from '../../src/run/lane';
import type { PartitionEpoch } from '../../src/run/partitionEpoch';
import { Clock, settled } from './clock';
import { fold, messages, partition, summing, taskOf } from './pieces';

let clock: Clock;
beforeEach(() => {
  clock = new Clock();
});

/** Two partitions of one task that have been read to their ends, and a broker that says where those are. */
function quiet({ bounded = false, idleAfter = 1_000 } = {}) {
  const epochs = [partition(), partition({}, { slot: 1 })] as const;
  const stage = summing(10);
  const task = taskOf(epochs, [stage], { writeAhead: false });
  const lanes = epochs.map((epoch) => new Lane(task, epoch, Infinity, 10, 0));
  const ends = vi.fn<IdleHost['ends']>(() =>
    Promise.resolve(epochs.map(({ partition: number, position }) => ({ partition: number, end: position }))),
  );
  const wentIdle = vi.fn();
  const idleClock = new IdleClock({ lanes, tasks: [task], ends, wentIdle }, idleAfter, bounded, clock);
  idleClock.start();
  const arrive = (lane: Lane, timestamp: number) => {
    fold(task, lane.epoch, timestamp);
    lane.quietSince = lane.deliveredAt = clock.now();
  };
  return { epochs, stage, task, lanes, ends, wentIdle, idleClock, arrive };
}

describe('L6: a partition is idle', () => {
  test('when it has been silent for long enough and the broker has nothing more', async () => {
    const { epochs, wentIdle } = quiet();
    await clock.pass(999);
    expect(epochs.map(({ idle }) => idle)).toEqual([false, false]);
    expect(wentIdle).not.toHaveBeenCalled();
    await clock.pass(1);
    expect(epochs.map(({ idle }) => idle)).toEqual([true, true]);
    expect(wentIdle).toHaveBeenCalled();
  });

  test('and then windows close without it', async () => {
    const { epochs, stage, lanes, arrive } = quiet();
    await clock.pass(900);
    arrive(lanes[0] as Lane, 5);
    arrive(lanes[0] as Lane, 12);
    expect(stage.given).toEqual([]);
    await clock.pass(100);
    expect([epochs[1].idle, epochs[1].watermark, stage.given.length]).toEqual([true, 12, 1]);
  });

  test('not while the broker has more for it', async () => {
    const { epochs, ends } = quiet();
    ends.mockResolvedValue([
      { partition: 0, end: 5 },
      { partition: 1, end: 0 },
    ]);
    await clock.pass(5_000);
    expect(epochs.map(({ idle }) => idle)).toEqual([false, true]);
  });

  test('not while the broker does not know it', async () => {
    const { epochs, ends } = quiet();
    ends.mockResolvedValue([]);
    await clock.pass(5_000);
    expect(epochs.map(({ idle }) => idle)).toEqual([false, false]);
  });

  test('not while the broker cannot be asked, and as soon as it can', async () => {
    const { epochs, ends } = quiet();
    ends.mockRejectedValue(new Error('no connection'));
    await clock.pass(5_000);
    expect(epochs.map(({ idle }) => idle)).toEqual([false, false]);
    ends.mockResolvedValue([
      { partition: 0, end: 0 },
      { partition: 1, end: 0 },
    ]);
    await clock.pass(100);
    expect(epochs.map(({ idle }) => idle)).toEqual([true, true]);
  });

  const waiting: readonly (readonly [string, (lane: Lane) => void, (lane: Lane) => void])[] = [
    ['while records of it wait to be delivered', (lane) => lane.push(messages(0, 1), 1), (lane) => lane.clear()],
    [
      'while a record of it is on its way',
      ({ epoch }) => void epoch.deliver(0, 0, 1),
      ({ epoch }) => {
        if (epoch.oldest) epoch.release(epoch.oldest);
      },
    ],
    [
      'while a step of it waits for its commit',
      ({ epoch }) => (epoch.gate = { offset: 0, watermark: 0 }),
      ({ epoch }) => (epoch.gate = null),
    ],
    ['while it joins', ({ epoch }) => (epoch.joinsAfter = new Map()), ({ epoch }) => (epoch.joinsAfter = null)],
  ];
  test.each(waiting)('not %s, and the silence counts from when that is over', async (_, wait, goOn) => {
    const { epochs, lanes } = quiet();
    wait(lanes[0] as Lane);
    await clock.pass(5_000);
    expect(epochs.map(({ idle }) => idle)).toEqual([false, true]);
    goOn(lanes[0] as Lane);
    await clock.pass(900);
    expect(epochs[0].idle).toBe(false);
    await clock.pass(200);
    expect(epochs[0].idle).toBe(true);
  });

  test('not if a record came while the broker was asked', async () => {
    const { epochs, ends, lanes, arrive } = quiet();
    let answer: (ends: { partition: number; end: number }[]) => void = () => undefined;
    ends.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    await clock.pass(1_000);
    arrive(lanes[0] as Lane, 5);
    answer([
      { partition: 0, end: 1 },
      { partition: 1, end: 0 },
    ]);
    await settled();
    expect(epochs.map(({ idle }) => idle)).toEqual([false, true]);
  });

  test('L4: not if its epoch has ended meanwhile', async () => {
    const { epochs, ends, task } = quiet();
    let answer: (ends: { partition: number; end: number }[]) => void = () => undefined;
    ends.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    await clock.pass(1_000);
    task.end();
    answer([
      { partition: 0, end: 0 },
      { partition: 1, end: 0 },
    ]);
    await settled();
    expect(epochs.map(({ idle }) => idle)).toEqual([false, false]);
  });
});

test('the broker is asked once for a topic, and one question at a time', async () => {
  const { ends } = quiet();
  ends.mockImplementation(() => new Promise(() => undefined));
  await clock.pass(10_000);
  expect(ends.mock.calls).toEqual([['t']]);
});

test('the broker is not asked again about partitions that are known to be idle', async () => {
  const { ends } = quiet();
  await clock.pass(10_000);
  expect(ends).toHaveBeenCalledTimes(1);
});

describe('L6: when every partition is idle', () => {
  const newest = (lanes: readonly Lane[], arrive: (lane: Lane, timestamp: number) => void) => lanes.forEach((lane) => arrive(lane, 105));

  test('event time follows the wall clock from the newest timestamp, as far as windows are due', async () => {
    const { epochs, stage, lanes, arrive } = quiet({ idleAfter: 20 });
    newest(lanes, arrive);
    await clock.pass(30);
    expect(stage.given.map(({ value, window }) => [window.start, value])).toEqual([[100, 2]]);
    expect(epochs.map(({ watermark }) => watermark)).toEqual([110, 110]); // no further than the window needs
  });

  test('a window stays open as long as the clock has not come to its end', async () => {
    const { stage, epochs, lanes, task, arrive } = quiet({ idleAfter: 20 });
    newest(lanes, arrive);
    task.stages[0]?.fold((lanes[0] as Lane).epoch.deliver(1, 105, 1), 195, 'k', 1);
    await clock.pass(60);
    expect([epochs.every(({ idle }) => idle), stage.given.length]).toEqual([true, 1]);
    await clock.pass(50);
    expect(stage.given.length).toBe(2);
  });

  test('of a task, its windows do not wait for the partitions of another task', async () => {
    const epochs = [partition(), partition({}, { slot: 1 })] as const;
    const stage = summing(10);
    const tasks = epochs.map((epoch) => taskOf([epoch], [stage], { writeAhead: false }));
    const lanes = epochs.map((epoch, slot) => new Lane(tasks[slot] as (typeof tasks)[number], epoch, Infinity, 10, 0));
    const ends = () => Promise.resolve(epochs.map(({ partition: number, position }) => ({ partition: number, end: position })));
    new IdleClock({ lanes, tasks, ends, wentIdle: () => undefined }, 20, false, clock).start();
    const [silent, busy] = lanes as [Lane, Lane];
    fold(silent.task, silent.epoch, 105);
    for (let ms = 0; ms < 60; ms += 2) {
      busy.quietSince = busy.deliveredAt = clock.now();
      await clock.pass(2);
    }
    expect([silent.epoch.idle, busy.epoch.idle, stage.given.length]).toEqual([true, false, 1]);
  });

  test('nothing is forced in a bounded read, whose end closes what is open', async () => {
    const { epochs, stage, lanes, arrive } = quiet({ idleAfter: 20, bounded: true });
    newest(lanes, arrive);
    await clock.pass(5_000);
    expect([epochs.every(({ idle }) => idle), stage.given.length]).toEqual([true, 0]);
  });

  test('nothing is forced while one is not', async () => {
    const { stage, lanes, ends, arrive } = quiet({ idleAfter: 20 });
    newest(lanes, arrive);
    ends.mockResolvedValue([
      { partition: 0, end: 1 },
      { partition: 1, end: 9 },
    ]);
    await clock.pass(5_000);
    expect(stage.given).toEqual([]);
  });
});

test('after it is stopped nothing more happens, and no timer is left', async () => {
  const { epochs, ends, idleClock } = quiet();
  await clock.pass(500);
  idleClock.stop();
  await clock.pass(5_000);
  expect(ends).not.toHaveBeenCalled();
  expect(epochs.map(({ idle }: PartitionEpoch) => idle)).toEqual([false, false]);
  expect(clock.pending).toBe(0);
});
