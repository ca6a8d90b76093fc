import { describe, expect, test } from 'vitest';
import { fold, partition, summing, taskOf } from './pieces';

/** A windowed operator of 10 ms that gives results early. */
function updating(updates: 'each' | { every: number }) {
  const given: unknown[] = [];
  const stage = { ...summing(10), updates };
  stage.emit = ({ key, value, window }, final, share) => {
    given.push([key, value, final ? 'final' : 'early']);
    stage.given.push({ key, value, window, share });
  };
  return { stage, given };
}

describe('results for each record', () => {
  test('come with it, and the record is released when they are', () => {
    const epoch = partition();
    const { stage, given } = updating('each');
    const task = taskOf([epoch], [stage]);
    fold(task, epoch, 1);
    fold(task, epoch, 2);
    expect(given).toEqual([
      ['k', 1, 'early'],
      ['k', 2, 'early'],
    ]);
    expect([epoch.inFlight, task.progress(epoch)?.ackedThrough]).toEqual([2, 0]);
    stage.given[0]?.share.release();
    expect([epoch.inFlight, task.progress(epoch)?.ackedThrough]).toEqual([1, 1]);
    fold(task, epoch, 10);
    expect(given.at(-1)).toEqual(['k', 1, 'early']);
    for (const { share } of stage.given.splice(1)) share.release();
    expect(given.at(-1)).toEqual(['k', 2, 'final']);
  });

  test('come not again for records that had theirs in an earlier life', () => {
    const epoch = partition({ offset: 0, ackedThrough: 2 });
    const { stage, given } = updating('each');
    const task = taskOf([epoch], [stage]);
    for (const timestamp of [1, 2, 3]) fold(task, epoch, timestamp);
    expect(given).toEqual([['k', 3, 'early']]);
  });
});

describe('results now and then', () => {
  test('tell each key that has changed once, as it stands', () => {
    const epoch = partition();
    const { stage, given } = updating({ every: 5 });
    const task = taskOf([epoch], [stage]);
    for (const key of ['a', 'b', 'a']) fold(task, epoch, 1, key);
    expect([given, epoch.inFlight]).toEqual([[], 0]);
    task.stages[0]?.update();
    task.stages[0]?.update();
    expect(given).toEqual([
      ['a', 2, 'early'],
      ['b', 1, 'early'],
    ]);
  });

  test('wait for the sink as any other, and the partitions with them', () => {
    const epoch = partition();
    const { stage, given } = updating({ every: 5 });
    const task = taskOf([epoch], [stage], { maxResults: 1 });
    for (const key of ['a', 'b']) fold(task, epoch, 1, key);
    task.stages[0]?.update();
    expect([given.length, task.mayDeliver(epoch)]).toEqual([1, false]);
    stage.given[0]?.share.release();
    expect([given.length, task.settled]).toEqual([2, false]);
    stage.given[1]?.share.release();
    expect([task.mayDeliver(epoch), task.settled]).toEqual([true, true]);
  });

  test('are not told of a window that has closed meanwhile: its own result is the last word', () => {
    const epoch = partition();
    const { stage, given } = updating({ every: 5 });
    const task = taskOf([epoch], [stage]);
    fold(task, epoch, 1);
    fold(task, epoch, 10);
    task.stages[0]?.update();
    expect(given).toEqual([
      ['k', 1, 'final'],
      ['k', 1, 'early'],
    ]);
    expect(stage.given[1]?.window).toEqual({ start: 10, end: 20 });
  });

  test('count as said when they are released: until then a next life says them again', () => {
    const epoch = partition();
    const { stage } = updating({ every: 5 });
    const task = taskOf([epoch], [stage]);
    for (const timestamp of [1, 2]) fold(task, epoch, timestamp);
    expect(task.progress(epoch)?.ackedThrough).toBe(0);
    task.stages[0]?.update();
    fold(task, epoch, 3);
    expect(task.progress(epoch)?.ackedThrough).toBe(0);
    stage.given[0]?.share.release();
    expect(task.progress(epoch)).toMatchObject({ offset: 0, ackedThrough: 2 });
  });

  test('are told again after a restart only where records are new', () => {
    const epoch = partition({ offset: 0, ackedThrough: 1 });
    const { stage, given } = updating({ every: 5 });
    const task = taskOf([epoch], [stage]);
    fold(task, epoch, 1, 'a');
    task.stages[0]?.update();
    expect(given).toEqual([]);
    fold(task, epoch, 1, 'b');
    task.stages[0]?.update();
    expect(given).toEqual([['b', 1, 'early']]);
  });
});

describe('parts of windows, given to make room', () => {
  const small = () => {
    const { stage, given } = updating('each');
    return { stage: { ...stage, updates: undefined, limit: { states: 1, bytes: Infinity, onFull: 'emitEarly' as const } }, given };
  };

  test('hold the commit until they are released, also when the rest of their window is out', () => {
    const epoch = partition();
    const { stage, given } = small();
    const task = taskOf([epoch], [stage]);
    for (const key of ['a', 'b', 'c']) fold(task, epoch, 1, key);
    fold(task, epoch, 10);
    expect(given).toEqual([
      ['a', 1, 'early'],
      ['b', 1, 'early'],
      ['c', 1, 'early'],
    ]);
    const [a, ...others] = stage.given;
    for (const { share } of others) share.release();
    expect([task.progress(epoch)?.offset, task.out]).toEqual([0, -Infinity]);
    a?.share.release();
    expect([task.progress(epoch)?.offset, task.out]).toEqual([3, 10]);
  });

  test('leave a window that closes all the same', () => {
    const epoch = partition();
    const { stage, given } = small();
    const task = taskOf([epoch], [stage]);
    for (const key of ['a', 'b']) fold(task, epoch, 1, key);
    for (const { share } of stage.given) share.release();
    expect([given.length, task.endStep, task.progress(epoch)?.offset]).toEqual([2, 10, 0]);
    task.force(epoch, 10);
    task.acknowledged(epoch, epoch.gate);
    expect([given.length, task.endStep, task.progress(epoch)?.offset]).toEqual([2, undefined, 2]);
  });
});
