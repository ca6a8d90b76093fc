import { VirtualTimeScheduler } from 'rxjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { Lane } from '../../src/run/lane';
import { Pump, type PumpHost } from '../../src/run/pump';
import { newestAllowed } from '../../src/run/skew';
import { fold, message, messages, partition, summing, taskOf } from './pieces';

let clock: VirtualTimeScheduler;
beforeEach(() => {
  clock = new VirtualTimeScheduler();
});

/** Partitions with that many messages waiting, and a pipeline that keeps what it gets. */
function pumping(
  waiting: readonly number[],
  { maxInFlight = 1_000, maxInFlightBytes = 1_000_000, bytes = 1, until = Infinity, maxSkew = Infinity } = {},
) {
  const epochs = waiting.map((_, slot) => partition({}, { slot }));
  const task = taskOf(epochs, [summing(10)]);
  const lanes = epochs.map((epoch, slot) => {
    const lane = new Lane(task, epoch, until, 10, 0);
    lane.push(messages(0, waiting[slot] ?? 0), waiting[slot] ?? 0);
    return lane;
  });
  const delivered: string[] = [];
  const slices: boolean[] = [];
  const drained: number[] = [];
  const host: PumpHost & { pumping: boolean } = {
    lanes,
    pumping: true,
    maxInFlight,
    maxInFlightBytes,
    newestAllowed: (lane) => newestAllowed(lane, lanes, maxSkew),
    deliver: ({ epoch }, message, offset) => {
      epoch.deliver(offset, Number(message.timestamp), bytes);
      delivered.push(`${epoch.partition}@${offset}`);
    },
    drained: ({ epoch }) => void drained.push(epoch.partition),
    sliced: (progress) => void slices.push(progress),
  };
  const pump = new Pump(host, clock);
  const run = () => {
    pump.wake();
    clock.flush();
  };
  return { epochs, task, lanes, host, pump, run, delivered, slices, drained };
}

const range = (partition: number, from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${partition}@${from + index}`);

test('everything that waits is delivered, in the order of offsets', () => {
  const { run, delivered } = pumping([5]);
  run();
  expect(delivered).toEqual(range(0, 0, 5));
});

test('partitions take turns of 64 records', () => {
  const { run, delivered } = pumping([100, 70]);
  run();
  expect(delivered).toEqual([...range(0, 0, 64), ...range(1, 0, 64), ...range(0, 64, 100), ...range(1, 64, 70)]);
});

test('after 256 records timers and sockets have their turn', () => {
  const { pump, delivered, slices } = pumping([300, 300]);
  let then = 0;
  pump.wake();
  clock.schedule(() => (then = delivered.length));
  clock.flush();
  expect(then).toBe(256);
  expect(delivered).toHaveLength(600);
  expect(slices.at(-1)).toBe(false);
});

test('to be woken twice is to be woken once', () => {
  const { pump, slices } = pumping([0]);
  pump.wake();
  pump.wake();
  clock.flush();
  expect(slices).toEqual([false]);
});

describe('L2: a partition waits', () => {
  test('when it has no credit, and goes on when some comes back; others go on meanwhile', () => {
    const { run, epochs, delivered } = pumping([5, 2], { maxInFlight: 3 });
    run();
    expect(delivered).toEqual([...range(0, 0, 3), ...range(1, 0, 2)]);
    const oldest = epochs[0]?.oldest;
    if (oldest) epochs[0]?.release(oldest);
    run();
    expect(delivered.slice(5)).toEqual(['0@3']);
  });

  test('when its records are too large together; one record may be', () => {
    const { run, delivered } = pumping([5], { maxInFlightBytes: 10, bytes: 6 });
    run();
    expect(delivered).toEqual(range(0, 0, 2));
    const large = pumping([5], { maxInFlightBytes: 10, bytes: 600 });
    large.run();
    expect(large.delivered).toEqual(range(0, 0, 1));
  });

  test('while a step of it waits for its commit', () => {
    const { run, task, epochs, delivered } = pumping([1, 1]);
    for (const epoch of epochs.slice(0, 1)) task.force(epoch, 5);
    run();
    expect(delivered).toEqual(['1@0']);
  });
});

describe('a partition that is ahead in event time waits for the one furthest behind', () => {
  test('and goes on as that one does', () => {
    const { run, lanes, delivered } = pumping([0, 0], { maxSkew: 10 });
    const behind = lanes[1] as Lane;
    lanes[0]?.push(
      [5, 6, 40, 50].map((timestamp, offset) => message(offset, timestamp)),
      4,
    );
    behind.push([message(0, 5)], 1);
    run();
    expect(delivered).toEqual(['0@0', '1@0', '0@1', '0@2']); // the one that is too new was not known to be
    behind.push([message(1, 35)], 2);
    run();
    expect(delivered.slice(4)).toEqual(['1@1', '0@3']);
  });

  test('and goes on when that one comes to the end of a bounded read, with records or without', () => {
    const { run, lanes, delivered } = pumping([0, 0], { maxSkew: 10, until: 4 });
    lanes[0]?.push(
      [40, 50].map((timestamp, offset) => message(offset, timestamp)),
      2,
    );
    run();
    expect(delivered).toEqual(['0@0']);
    lanes[1]?.push([], 4);
    run();
    expect(delivered).toEqual(['0@0', '0@1']);
    const other = pumping([0, 0], { maxSkew: 10, until: 1 });
    other.lanes[0]?.push([message(0, 40), message(1, 50)], 2);
    other.lanes[1]?.push([message(1, 5)], 2);
    other.run();
    expect(other.lanes.map(({ atEnd }) => atEnd)).toEqual([true, true]);
  });
});

test('a bounded read delivers what lies before its end, and comes to it', () => {
  const { run, lanes, delivered } = pumping([9], { until: 4 });
  run();
  expect(delivered).toEqual(range(0, 0, 4));
  expect([lanes[0]?.waiting, lanes[0]?.atEnd]).toEqual([0, true]);
});

test('a bounded read comes to its end where no record of ours is before it', () => {
  const { run, lanes } = pumping([0], { until: 4 });
  lanes[0]?.push([], 9);
  run();
  expect(lanes[0]?.epoch.position).toBe(4);
});

test('offsets without a record are passed when the next fetch says so, and the steps that stand there are taken', () => {
  const { run, lanes, epochs } = pumping([1]);
  const [lane, epoch] = [lanes[0] as Lane, epochs[0]];
  lane.push([], 8);
  epoch?.steps.push({ offset: 5, watermark: 70 });
  run();
  expect([epoch?.position, epoch?.watermark]).toEqual([8, 70]);
});

test('windows close by the steps that stand at offsets without a record', () => {
  const stage = summing(10);
  const epoch = partition();
  const task = taskOf([epoch], [stage]);
  const lane = new Lane(task, epoch, Infinity, 10, 0);
  const host = {
    lanes: [lane],
    pumping: true,
    maxInFlight: 9,
    maxInFlightBytes: 9,
    newestAllowed: () => Infinity,
    deliver: () => undefined,
    drained: () => undefined,
    sliced: () => undefined,
  };
  fold(task, epoch, 5);
  epoch.steps.push({ offset: 4, watermark: 70 });
  lane.push([], 8);
  new Pump(host, clock).wake();
  clock.flush();
  expect(stage.given.map(({ window }) => window.end)).toEqual([10]);
});

test('a partition that was not paused is not resumed', () => {
  const { run, drained } = pumping([30]);
  run();
  expect(drained).toEqual([]);
});

test('a message that has been delivered before is not delivered again', () => {
  const { run, epochs, delivered } = pumping([4]);
  epochs[0]?.skipTo(2);
  run();
  expect(delivered).toEqual(range(0, 2, 4));
});

test('a partition that was paused is fetched again as soon as it is below its mark', () => {
  const { run, lanes, drained } = pumping([30], { maxInFlight: 15 });
  for (const lane of lanes) lane.paused = true;
  run();
  expect(drained).toEqual([]); // 15 wait, and the mark is half of the last batch
  for (const { epoch } of lanes) if (epoch.oldest) epoch.release(epoch.oldest);
  run();
  expect(drained).toEqual([0]);
});

test('L4: an epoch that has ended delivers nothing', () => {
  const { run, task, delivered } = pumping([5]);
  task.end();
  run();
  expect(delivered).toEqual([]);
});

test('what stops the run from within a record stops the pump there', () => {
  const { run, host, delivered, slices } = pumping([5]);
  const deliver = host.deliver.bind(host);
  Object.assign(host, {
    deliver: (...given: Parameters<typeof deliver>) => {
      deliver(...given);
      if (delivered.length === 2) host.pumping = false;
    },
  });
  run();
  expect(delivered).toEqual(range(0, 0, 2));
  expect(slices).toEqual([]);
});
