import { describe, expect, test } from 'vitest';
import { global } from '../../src/time/global';
import { session } from '../../src/time/session';
import type { WindowShape } from '../../src/time/windowShape';
import { fold, partition, summing, taskOf } from './pieces';
import { FreeWindows } from '../../src/run/freeWindows';
import { VirtualClock } from '../../src/testing/clock/virtualClock';

const one = (stage = summing(10)) => {
  const epoch = partition({ offset: 4 });
  const task = taskOf([epoch], [stage]);
  return { epoch, task, stage, pin: () => task.pinnedBy(epoch) };
};

describe('what keeps a commit where it is', () => {
  test('is nothing where all that was read can be committed', () => {
    const { epoch, pin } = one();
    expect(pin()).toBeUndefined();
    epoch.deliver(4, 0, 1).release();
    expect(pin()).toBeUndefined();
  });

  test('is the oldest un-released record, with what may have swallowed it', () => {
    const { epoch, pin } = one();
    epoch.deliver(4, 0, 1);
    epoch.deliver(5, 0, 1);
    expect(pin()).toMatchObject({ offset: 4, what: 'the un-released record t[0]@4' });
    expect(pin()?.check).toContain('filterRecords');
  });

  test('is the session of a key', () => {
    const { task, epoch, pin } = one(summing(10, { shape: session({ gap: '1s' }) as unknown as WindowShape<unknown> }));
    fold(task, epoch, 100, 'a');
    fold(task, epoch, 50, 'b');
    expect(pin()).toMatchObject({ offset: 4, what: 'the open window [100, 1100) of the key "a" of sum of 10 ms' });
  });

  test('is a record that is older than what windows hold, or a window that holds what is older', () => {
    const { task, epoch, pin } = one();
    const older = epoch.deliver(4, 1, 1);
    fold(task, epoch, 2);
    expect(pin()).toMatchObject({ offset: 4, what: 'the un-released record t[0]@4' });
    older.release();
    expect(pin()).toMatchObject({ offset: 5, what: 'the open window [0, 10) of sum of 10 ms' });
    expect(pin()?.check).toContain('maxSkew');
  });

  test('is a record of which a part is in a window, and another not released', () => {
    const { task, epoch, pin } = one();
    const share = epoch.deliver(4, 1, 1);
    const other = share.fork();
    task.stages[0]?.fold(share, 1, 'k', 1);
    expect(pin()).toMatchObject({ offset: 4, what: 'the un-released record t[0]@4' });
    other.release();
    expect(pin()).toMatchObject({ offset: 4, what: 'the open window [0, 10) of sum of 10 ms' });
  });

  test('is a window whose results are not released, and later the windows before it', () => {
    const { task, epoch, stage, pin } = one();
    fold(task, epoch, 3);
    fold(task, epoch, 13);
    fold(task, epoch, 23);
    expect(pin()).toMatchObject({ offset: 4, what: 'the result of sum of 10 ms for [0, 10)' });
    expect(task.untakenResult).toBe('the result of sum of 10 ms for [0, 10)');
    stage.given[1]?.share.release();
    expect(pin()).toMatchObject({ offset: 4, what: 'the result of sum of 10 ms for [0, 10)' });
    expect(pin()?.check).toContain('sink');
    stage.given[0]?.share.release();
    expect(pin()).toMatchObject({ offset: 6, what: 'the open window [20, 30) of sum of 10 ms' });
    expect(task.untakenResult).toBeUndefined();
  });

  test('is a released window that waits for one before it', () => {
    const epochs = [partition(), partition({ offset: 7 }, { slot: 1 })] as const;
    const stage = summing(10);
    const task = taskOf(epochs, [stage]);
    fold(task, epochs[0], 3);
    const [, other] = epochs;
    const share = other.deliver(7, 13, 1);
    task.stages[0]?.fold(share, 13, 'k', 1);
    fold(task, epochs[0], 30);
    fold(task, other, 30);
    stage.given[1]?.share.release();
    expect(task.pinnedBy(other)).toMatchObject({
      offset: 7,
      what: 'the result of sum of 10 ms for [10, 20), until windows that end before it, and parts given early, are released too',
    });
  });

  test('is the window over everything, which only the end of its source closes', () => {
    const epoch = partition({ offset: 4 });
    const task = taskOf([epoch], []);
    const free = new FreeWindows([epoch], { clock: new VirtualClock(), maxResults: 9, autoRelease: false, moved: () => undefined });
    free.stageOf(summing(0, { shape: global() })).fold(epoch.deliver(4, 0, 1), 0, 'k', 1);
    expect(task.pinnedBy(epoch)).toMatchObject({ offset: 4, what: 'the window over everything of sum of 0 ms' });
    expect(task.pinnedBy(epoch)?.check).toContain("until: 'latest'");
  });
});
