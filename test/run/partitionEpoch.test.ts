import { describe, expect, test, vi } from 'vitest';
import { PartitionEpoch } from '../../src/run/partitionEpoch';
import type { Stage } from '../../src/run/stage';
import { partition } from './pieces';

/** Delivers records with these timestamps, one offset after the other, and gives their stamps. */
function stamps(epoch: PartitionEpoch, timestamps: readonly number[]): number[] {
  return timestamps.map((timestamp) => {
    epoch.deliver(epoch.position, timestamp, 1).release();
    return epoch.watermark;
  });
}

describe('credit', () => {
  test('is taken at delivery and given back at release, bytes too', () => {
    const epoch = partition();
    const shares = [epoch.deliver(0, 0, 10), epoch.deliver(1, 0, 5)];
    expect([epoch.inFlight, epoch.bytesInFlight]).toEqual([2, 15]);
    shares[0]?.release();
    expect([epoch.inFlight, epoch.bytesInFlight, epoch.releases]).toEqual([1, 5, 1]);
  });

  test('tells the run when it comes back', () => {
    const onReleased = vi.fn();
    const epoch = new PartitionEpoch('t', 0, 0, { offset: 0, watermark: -Infinity, steps: [], ackedThrough: 0 }, 0, false, onReleased);
    epoch.deliver(0, 0, 1).release();
    expect(onReleased).toHaveBeenCalledExactlyOnceWith(epoch);
  });
});

test('L4: an epoch that has ended gives no credit back', () => {
  const epoch = partition();
  epoch.deliver(0, 0, 10);
  const { oldest } = epoch;
  epoch.ended = true;
  if (oldest) epoch.release(oldest);
  expect([epoch.inFlight, epoch.bytesInFlight, epoch.releases]).toEqual([1, 10, 0]);
});

describe('the oldest un-released record', () => {
  test('stays the oldest while later ones are released', () => {
    const epoch = partition({ offset: 5 });
    const [oldest, ...later] = [5, 6, 9].map((offset) => epoch.deliver(offset, 0, 1));
    later.forEach((share) => share.release());
    expect(epoch.oldest).toMatchObject({ offset: 5, where: 't[0]@5' });
    oldest?.release();
    expect(epoch.oldest).toBeUndefined();
    expect(epoch.position).toBe(10);
  });

  test('is found after very many have been released', () => {
    const epoch = partition();
    const shares = Array.from({ length: 5_000 }, (_, offset) => epoch.deliver(offset, 0, 1));
    for (const [offset, share] of shares.entries()) {
      expect(epoch.oldest?.offset).toBe(offset);
      share.release();
    }
    expect(epoch.inFlight).toBe(0);
  });

  test('says through where records have given their outputs, and no less than an earlier life did', () => {
    const epoch = partition({ offset: 5, ackedThrough: 7 });
    const share = epoch.deliver(5, 0, 1);
    expect(epoch.ackedThrough).toBe(7);
    epoch.deliver(6, 0, 1).release();
    epoch.deliver(7, 0, 1).release();
    expect(epoch.ackedThrough).toBe(7);
    share.release();
    expect(epoch.ackedThrough).toBe(8);
  });
});

describe('the watermark', () => {
  test('is the newest timestamp and never goes back', () => {
    expect(stamps(partition(), [-5, 3, 1, 3, 8])).toEqual([-5, 3, 3, 3, 8]);
    const epoch = partition();
    stamps(epoch, [3, 8, 1]);
    expect(epoch.newest).toBe(8);
  });

  test('stays behind the newest timestamp by the out-of-orderness', () => {
    expect(stamps(partition({}, { outOfOrderness: 10 }), [5, 20, 15, 31])).toEqual([-5, 10, 10, 21]);
  });

  test('begins where the commit says', () => {
    const epoch = partition({ watermark: 7 }, { outOfOrderness: 2 });
    expect(epoch.newest).toBe(9);
    expect(stamps(epoch, [3, 10])).toEqual([7, 8]);
  });

  test('stamps a record with what it was before that record', () => {
    const epoch = partition();
    epoch.deliver(0, 50, 1).release();
    epoch.deliver(1, 80, 1);
    expect(epoch.oldest?.stamp).toBe(50);
  });

  test('has arrived no further than the oldest record that is still on its way', () => {
    const epoch = partition();
    epoch.deliver(0, 50, 1).release();
    const share = epoch.deliver(1, 80, 1);
    epoch.deliver(2, 99, 1);
    expect(epoch.arrivedWatermark).toBe(50);
    share.release();
    expect(epoch.arrivedWatermark).toBe(80);
  });
});

describe('offsets without a record', () => {
  test('are passed, forwards only', () => {
    const epoch = partition({ offset: 3 });
    epoch.skipTo(8);
    epoch.skipTo(5);
    expect(epoch.position).toBe(8);
    epoch.deliver(10, 0, 1);
    expect(epoch.oldest?.offset).toBe(10);
    expect(epoch.position).toBe(11);
  });
});

describe('steps', () => {
  test('of an earlier life are taken again just before the record at their offset', () => {
    const epoch = partition({ steps: [{ offset: 2, watermark: 100 }] });
    expect(stamps(epoch, [5, 6])).toEqual([5, 100]); // the position is 2 after the second
    epoch.deliver(2, 7, 1);
    expect(epoch.oldest?.stamp).toBe(100);
  });

  test('are taken at once where the commit begins', () => {
    expect(partition({ offset: 4, steps: [{ offset: 4, watermark: 9 }] }).watermark).toBe(9);
  });

  test('are taken when their offset is passed without a record', () => {
    const epoch = partition({ steps: [{ offset: 3, watermark: 100 }] });
    epoch.skipTo(7);
    expect(epoch.watermark).toBe(100);
  });

  test('wait while their commit is not acknowledged', () => {
    const epoch = partition();
    epoch.gate = epoch.addStep(40);
    epoch.takeSteps();
    expect(epoch.watermark).toBe(-Infinity);
    epoch.gate = null;
    epoch.takeSteps();
    expect(epoch.watermark).toBe(40);
  });

  test('at one offset replace one another', () => {
    const epoch = partition({ offset: 2 });
    epoch.addStep(40);
    epoch.addStep(60);
    expect(epoch.steps).toEqual([{ offset: 2, watermark: 60 }]);
  });

  test('are forgotten when the record they stand before reaches them by its own timestamp', () => {
    const epoch = partition({}, { outOfOrderness: 5 });
    epoch.addStep(40);
    epoch.deliver(0, 44, 1);
    expect(epoch.steps).toHaveLength(1);
    const other = partition({}, { outOfOrderness: 5 });
    other.addStep(40);
    other.deliver(0, 45, 1);
    expect(other.steps).toEqual([]);
  });

  test('are kept where windows of that record may begin before it, since the step may have closed them', () => {
    const epoch = partition();
    epoch.stages = [{ definition: { reachesBack: true } } as Stage];
    epoch.addStep(40);
    epoch.deliver(0, 45, 1);
    expect(epoch.steps).toEqual([{ offset: 0, watermark: 40 }]);
  });

  test('are not forgotten because of a record further on', () => {
    const epoch = partition();
    epoch.addStep(40);
    epoch.deliver(0, 3, 1);
    epoch.deliver(1, 90, 1);
    expect(epoch.steps).toEqual([{ offset: 0, watermark: 40 }]);
  });
});

test('a record that arrives ends idleness', () => {
  const epoch = partition();
  epoch.idle = true;
  epoch.deliver(0, 0, 1);
  expect(epoch.idle).toBe(false);
});
