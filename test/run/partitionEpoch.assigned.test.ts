import { describe, expect, test } from 'vitest';
import { type Delivered, PartitionEpoch, type Restored } from '../../src/run/partitionEpoch';
import type { Share } from '../../src/run/share';
import { summing, taskOf } from './pieces';

/** A partition whose records are given their times on the way. */
function assigned(restored: Partial<Restored> = {}, outOfOrderness = 0) {
  const { offset = 0, watermark = -Infinity, steps = [], ackedThrough = offset } = restored;
  const time = { timeOf: (timestamp: number) => (timestamp === -1 ? undefined : timestamp), moved: () => undefined };
  const epoch = new PartitionEpoch('t', 0, 0, { offset, watermark, steps, ackedThrough }, outOfOrderness, false, undefined, time);
  const shares = new Map<number, Share>();
  return {
    epoch,
    deliver: (...offsets: readonly number[]) => offsets.forEach((at) => shares.set(at, epoch.deliver(at, 9_999, 1))),
    /** Elements of the record come to where time is assigned; gives its stamp. */
    time: (at: number, ...timestamps: readonly number[]) => {
      const record = shares.get(at)?.root as Delivered;
      for (const timestamp of timestamps) epoch.assignTime(record, timestamp);
      return record.stamp;
    },
    release: (at: number) => shares.get(at)?.release(),
  };
}

describe('where time is assigned on the way', () => {
  test('delivery moves no watermark', () => {
    const { epoch, deliver } = assigned();
    deliver(0, 1);
    expect([epoch.watermark, epoch.newest, epoch.position]).toEqual([-Infinity, -Infinity, 2]);
  });

  test('a record is stamped with what came there before it, once for all its elements', () => {
    const { deliver, time, epoch } = assigned({}, 5);
    deliver(0, 1, 2);
    expect(time(0, 20, 30, 10)).toBe(-Infinity);
    expect(time(2, 40)).toBe(25);
    expect([epoch.watermark, epoch.newest]).toEqual([35, 40]);
  });

  test('an element that is dropped moves nothing', () => {
    const { deliver, time, epoch } = assigned();
    deliver(0);
    time(0, 20, -1);
    expect(epoch.newest).toBe(20);
    expect(epoch.assignTime(epoch.oldest as Delivered, -1)).toBeUndefined();
  });

  test('a record that was overtaken is refused', () => {
    const { deliver, time } = assigned();
    deliver(0, 1, 2);
    time(0, 5);
    time(2, 6);
    expect(() => time(1, 7)).toThrow('t[0]@1 came to assignTimestamps after t[0]@2');
  });

  test('the oldest record has the stamp that a commit tells, though it is still on its way', () => {
    const { deliver, time, release, epoch } = assigned();
    deliver(0, 1, 2);
    time(0, 20);
    expect(epoch.arrivedWatermark).toBe(-Infinity);
    release(0);
    expect(epoch.oldest).toMatchObject({ offset: 1, stamp: 20 });
    expect(epoch.arrivedWatermark).toBe(20);
  });

  test('so has one that was overtaken, which may yet be dropped', () => {
    const { deliver, time, release, epoch } = assigned();
    deliver(0, 1, 2, 3);
    time(0, 20);
    time(2, 40);
    time(3, 60);
    release(2);
    release(0);
    expect(epoch.oldest).toMatchObject({ offset: 1, stamp: 20 });
  });

  test('L4: an epoch that has ended is not moved', () => {
    const { deliver, time, epoch } = assigned();
    deliver(0);
    epoch.ended = true;
    time(0, 20);
    expect(epoch.newest).toBe(-Infinity);
  });
});

describe('steps of an earlier life, where time is assigned on the way,', () => {
  const steps = [{ offset: 2, watermark: 100 }];

  test('are in force for the record at their offset, and for none before it, though it has been delivered', () => {
    const { deliver, time } = assigned({ steps });
    deliver(0, 1, 2);
    expect([time(0, 5), time(1, 7), time(2, 9)]).toEqual([-Infinity, 5, 100]);
  });

  test('move the watermark when all before have been there, or are dropped', () => {
    const { deliver, time, release, epoch } = assigned({ steps });
    deliver(0, 1);
    time(0, 5);
    expect(epoch.watermark).toBe(5);
    release(1);
    expect(epoch.watermark).toBe(100);
  });

  test('also while the last of them is not released', () => {
    const { deliver, time, epoch } = assigned({ steps });
    deliver(0, 1);
    time(0, 5);
    time(1, 7);
    expect([epoch.watermark, epoch.arrivedWatermark]).toEqual([100, -Infinity]);
  });

  test('are forgotten when all elements of the record they stand before reach them', () => {
    const forgotten = (...times: readonly number[]) => {
      const { deliver, time, epoch } = assigned({ steps });
      deliver(2, 3, 4);
      time(2, ...times);
      expect(epoch.steps).toEqual(steps); // others of its elements may follow
      time(3, 500);
      time(4, 500);
      return epoch.steps.length === 0;
    };
    expect([forgotten(100, 120), forgotten(120, 99), forgotten(99), forgotten(-1)]).toEqual([true, false, false, true]);
  });
});

test('one that joins waits until the records of others have been given their times', () => {
  const { epoch, deliver, time } = assigned();
  const joins = new PartitionEpoch('t', 1, 1, { offset: 0, watermark: -Infinity, steps: [], ackedThrough: 0 }, 0, false);
  const task = taskOf([epoch, joins], [summing(10)]);
  joins.joinsAfter = new Map([
    [epoch, 2],
    [joins, 9],
  ]);
  deliver(0, 1, 2);
  time(0, 5);
  task.letJoin();
  expect([epoch.timedThrough, joins.joinsAfter.size]).toEqual([1, 2]);
  time(1, 5);
  task.letJoin();
  expect([epoch.timedThrough, joins.joinsAfter]).toEqual([2, null]);
});

test('a bad timestamp goes by what was before its record, whatever other elements of it have moved, or a step behind it', () => {
  const { epoch, deliver, time } = assigned({ steps: [{ offset: 2, watermark: 100 }] }, 5);
  deliver(0, 1);
  time(0, 20);
  time(1, 30);
  expect([epoch.watermark, epoch.timeBefore(1)]).toEqual([100, 20]);
});
