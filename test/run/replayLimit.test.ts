import { describe, expect, test, vi } from 'vitest';
import { ReplayLimit } from '../../src/run/replayLimit';
import { settled } from './clock';
import { fold, partition, summing, taskOf } from './pieces';

const minute = 60_000;
const hour = 60 * minute;

/** A window that has held the record at 4 since minute 0. */
function holding({ maxReplay, retention }: { maxReplay?: number; retention?: number | undefined } = {}) {
  const epoch = partition({ offset: 4 });
  const task = taskOf([epoch], [summing(1_000)]);
  fold(task, epoch, 3);
  const retentionOf = vi.fn(() => Promise.resolve(retention));
  const limit = new ReplayLimit({ maxReplay, groupId: 'g', retentionOf });
  const judge = (now: number) => limit.judge(task, epoch, task.progress(epoch)?.offset ?? NaN, now);
  return { epoch, task, limit, judge, retentionOf };
}

describe('records between a commit and the position', () => {
  test('are so many at most, or an error says what holds them', () => {
    const { task, epoch, judge } = holding({ maxReplay: 3 });
    for (const timestamp of [4, 5]) fold(task, epoch, timestamp);
    expect(judge(0)).toBeUndefined();
    fold(task, epoch, 6);
    const error = judge(1);
    expect(error).toMatchObject({ code: 'REPLAY_TOO_LONG', topic: 't', partition: 0, offset: 4, groupId: 'g', retriable: false });
    expect(error?.message).toContain('4 records from t[0]@4 on would be read again after a crash, and maxReplay is 3: they are held by');
    expect(error?.message).toContain('held by the open window [0, 1000) of sum of 1000 ms. Is the window');
  });

  test('may be any number without maxReplay', () => {
    const { task, epoch, judge } = holding();
    for (let i = 0; i < 10_000; i++) fold(task, epoch, 5);
    expect(judge(1)).toBeUndefined();
  });
});

describe('a record is held', () => {
  test('for half of the time that its topic keeps records at most, as far as the broker has said', async () => {
    const { judge, retentionOf } = holding({ retention: 2 * hour });
    judge(0);
    expect(judge(2 * hour)).toBeUndefined(); // it is asked now
    await settled();
    expect(retentionOf.mock.calls).toEqual([['t']]);
    const error = judge(2 * hour);
    expect(error).toMatchObject({ code: 'REPLAY_TOO_LONG', offset: 4, groupId: 'g' });
    expect(error?.message).toContain('t[0]@4 was read 7200000 ms ago and cannot be committed, and the topic keeps records for 7200000 ms');
    expect(error?.message).toContain('It is held by the open window [0, 1000) of sum of 1000 ms.');
  });

  test('no longer than that, and no shorter', async () => {
    const { judge } = holding({ retention: 2 * hour });
    judge(0);
    judge(minute);
    await settled();
    expect([judge(hour), judge(hour + 1)?.code]).toEqual([undefined, 'REPLAY_TOO_LONG']);
  });

  test('without a question while it is not held for a minute', async () => {
    const { judge, retentionOf } = holding({ retention: 1 });
    judge(0);
    judge(minute - 1);
    await settled();
    expect(judge(minute - 1)).toBeUndefined();
    expect(retentionOf).not.toHaveBeenCalled();
  });

  test('for ever, if the topic keeps records for ever, or nobody says', async () => {
    const { judge } = holding({ retention: undefined });
    judge(0);
    judge(minute);
    await settled();
    expect(judge(10_000 * hour)).toBeUndefined();
  });

  test('longer, if the topic has been told to keep records longer', async () => {
    const { judge, retentionOf } = holding({ retention: 2 * hour });
    judge(0);
    judge(minute);
    await settled();
    retentionOf.mockReturnValue(Promise.resolve(20 * hour));
    judge(50 * minute);
    await settled();
    expect(judge(3 * hour)).toBeUndefined();
    expect(retentionOf.mock.calls.length).toBe(3);
  });

  test('on, where the partition is rebuilt from its commit', async () => {
    const { judge, limit } = holding({ retention: 2 * hour });
    judge(0);
    judge(minute);
    await settled();
    const rebuilt = partition({ offset: 4 });
    const task = taskOf([rebuilt], [summing(1_000)]);
    fold(task, rebuilt, 3);
    expect(limit.judge(task, rebuilt, 4, 2 * hour)?.code).toBe('REPLAY_TOO_LONG');
  });

  test('and let go: the one that is held then has been so for less', async () => {
    const { epoch, task, limit } = holding({ retention: 2 * hour });
    const judge = (offset: number, now: number) => limit.judge(task, epoch, offset, now);
    judge(4, 0);
    judge(4, minute);
    await settled();
    fold(task, epoch, 4);
    expect(judge(4, 50 * minute)).toBeUndefined();
    expect(judge(5, 100 * minute)).toBeUndefined();
    expect(judge(5, 111 * minute)?.code).toBe('REPLAY_TOO_LONG');
  });
});

test('Infinity is no limit, and asks nothing', async () => {
  const { judge, retentionOf } = holding({ maxReplay: Infinity, retention: 1 });
  judge(0);
  judge(hour);
  await settled();
  expect(judge(2 * hour)).toBeUndefined();
  expect(retentionOf).not.toHaveBeenCalled();
});
