import { beforeEach, describe, expect, test, vi } from 'vitest';
import { StreamError } from '../../src/errors';
import { type CommitHost, Committer } from '../../src/run/committer';
import { Lane } from '../../src/run/lane';
import type { PartitionEpoch } from '../../src/run/partitionEpoch';
import { Clock, settled } from './clock';
import { partition, taskOf } from './pieces';

type Send = CommitHost['send'];

let clock: Clock;
beforeEach(() => {
  clock = new Clock();
});

/** Two partitions, and a broker that answers as `send` says. */
function committing(send: Send) {
  const epochs = [partition({ offset: 3 }), partition({ offset: 7 }, { slot: 1 })] as const;
  const task = taskOf(epochs, []);
  const lanes = epochs.map((epoch) => new Lane(task, epoch, Infinity, 10, 0));
  const host = { lanes, owner: 'me', fingerprint: 'f', foundersOf: () => 2, send: vi.fn(send), fail: vi.fn<CommitHost['fail']>() };
  const committer = new Committer(host, clock);
  const sent = () => host.send.mock.calls.map(([offsets]) => offsets.map((commit) => `${commit.partition}@${commit.offset}`).join(' '));
  return { epochs, task, host, committer, sent };
}

/** A promise for the answer of each request, to be settled by the test. */
function answers() {
  const waiting: { stored(): void; refused(error: unknown): void }[] = [];
  const send: Send = () => new Promise((resolve, reject) => waiting.push({ stored: () => resolve(true), refused: reject }));
  return { send, waiting };
}

const stored: Send = () => Promise.resolve(true);
const refused =
  (type: string): Send =>
  () =>
    Promise.reject(Object.assign(new Error('refused'), { type }));
const release = (epoch: PartitionEpoch): void => epoch.deliver(epoch.position, 0, 1).release();

test('all partitions go into one request, with what a new owner must know', async () => {
  const { host, committer } = committing(stored);
  committer.commit();
  await settled();
  expect(host.send.mock.calls).toEqual([
    [
      [
        { topic: 't', partition: 0, offset: 3, metadata: 'millrace/1 ["me","f",2,null,null,0,[]]' },
        { topic: 't', partition: 1, offset: 7, metadata: 'millrace/1 ["me","f",2,null,null,0,[]]' },
      ],
    ],
  ]);
});

test('what is stored already is not sent again', async () => {
  const { epochs, committer, sent } = committing(stored);
  committer.commit();
  await settled();
  release(epochs[1]);
  committer.commit();
  await settled();
  committer.commit();
  await settled();
  expect(sent()).toEqual(['0@3 1@7', '1@8']);
});

test('one request is under way at a time; what is asked for meanwhile goes into the next', async () => {
  const { send, waiting } = answers();
  const { epochs, committer, sent } = committing(send);
  committer.commit();
  release(epochs[0]);
  committer.commit();
  release(epochs[0]);
  committer.commit();
  await settled();
  expect([sent(), committer.busy]).toEqual([['0@3 1@7'], true]);
  waiting[0]?.stored();
  await settled();
  expect(sent()).toEqual(['0@3 1@7', '0@5']);
  waiting[1]?.stored();
  await settled();
  expect(committer.busy).toBe(false);
});

describe('a request that failed', () => {
  test('is made again, with everything in it, after 50 ms, then after twice as long, at most 5 s', async () => {
    const at: number[] = [];
    const { committer, sent } = committing(() => {
      at.push(clock.now());
      return Promise.reject(new Error('timed out'));
    });
    committer.commit();
    await clock.pass(20_000);
    const pauses = at.map((time, index) => time - (at[index - 1] ?? 0)).slice(1);
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    expect(new Set(sent())).toEqual(new Set(['0@3 1@7']));
  });

  test('is not made again before its time because something else is to be committed', async () => {
    const { epochs, committer, sent } = committing(() => Promise.reject(new Error('timed out')));
    committer.commit();
    await settled();
    release(epochs[0]);
    committer.commit();
    await settled();
    expect(sent()).toHaveLength(1);
    await clock.pass(50);
    expect(sent()).toHaveLength(2);
  });

  test('of a former epoch does not slow down those of the next', async () => {
    const { committer, sent } = committing(() => Promise.reject(new Error('timed out')));
    committer.commit();
    await clock.pass(1_000);
    committer.reset();
    const before = sent().length;
    committer.commit();
    await clock.pass(50);
    expect(sent()).toHaveLength(before + 2);
  });

  test('says what is safe by the time it is made again', async () => {
    const { epochs, host, committer, sent } = committing(() => Promise.reject(new Error('timed out')));
    committer.commit();
    await settled();
    release(epochs[0]);
    host.send.mockImplementation(stored);
    await clock.pass(50);
    expect(sent()).toEqual(['0@3 1@7', '0@4 1@7']);
  });

  test('is one that the broker did not store, though nobody complained', async () => {
    const { host, committer } = committing(() => Promise.resolve(false));
    committer.commit();
    await settled();
    expect(committer.busy).toBe(true);
    await clock.pass(50);
    expect(host.send).toHaveBeenCalledTimes(2);
  });

  test('does not make the pause after a later failure longer, once one was stored', async () => {
    const { epochs, host, committer } = committing(() => Promise.reject(new Error('timed out')));
    committer.commit();
    await clock.pass(50);
    host.send.mockImplementation(stored);
    await clock.pass(100);
    host.send.mockReset().mockImplementation(() => Promise.reject(new Error('timed out')));
    release(epochs[0]);
    committer.commit();
    await clock.pass(50);
    expect(host.send).toHaveBeenCalledTimes(2);
  });

  test.each(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS', 'FENCED_INSTANCE_ID'])(
    'is left alone if the epoch is over: %s',
    async (type) => {
      const { host, committer } = committing(refused(type));
      committer.commit();
      await clock.pass(60_000);
      expect(host.send).toHaveBeenCalledTimes(1);
      expect(host.fail).not.toHaveBeenCalled();
    },
  );

  test.each(['OFFSET_METADATA_TOO_LARGE', 'GROUP_AUTHORIZATION_FAILED', 'TOPIC_AUTHORIZATION_FAILED', 'INVALID_GROUP_ID'])(
    'fails the run if trying again is no cure: %s',
    async (type) => {
      const { host, committer } = committing(refused(type));
      committer.commit();
      await clock.pass(60_000);
      expect(host.send).toHaveBeenCalledTimes(1);
      expect(host.fail).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({
          code: 'COMMIT_FAILED',
          message: expect.stringContaining(`could not commit t[0]@3, t[1]@7: ${type}`) as string,
        }),
      );
    },
  );

  test('is known by the cause that the client hid', async () => {
    const { host, committer } = committing(() => Promise.reject(new Error('gave up', { cause: { cause: { type: 'INVALID_GROUP_ID' } } })));
    committer.commit();
    await settled();
    expect(host.fail).toHaveBeenCalledTimes(1);
  });
});

describe('a step that waits for its commit', () => {
  test('is let through when the commit that carried it is stored', async () => {
    const { send, waiting } = answers();
    const { epochs, task, committer } = committing(send);
    task.force(epochs[0], 40);
    committer.commit();
    await settled();
    expect(epochs[0].gate).not.toBeNull();
    waiting[0]?.stored();
    await settled();
    expect([epochs[0].gate, epochs[0].watermark]).toEqual([null, 40]);
  });

  test('is not let through by a commit that was sent before it', async () => {
    const { send, waiting } = answers();
    const { epochs, task, committer } = committing(send);
    committer.commit();
    task.force(epochs[0], 40);
    waiting[0]?.stored();
    await settled();
    expect(epochs[0].gate).not.toBeNull();
  });

  test('is not let through by an error, for the commit may have been stored in part', async () => {
    const { epochs, task, committer } = committing(() => Promise.reject(new Error('timed out')));
    task.force(epochs[0], 40);
    committer.commit();
    await settled();
    expect(epochs[0].gate).not.toBeNull();
  });

  test('is asked for though the same is stored already', async () => {
    const { epochs, task, committer, sent } = committing(stored);
    committer.commit();
    await settled();
    task.begin(epochs[0]); // a first commit says no more than what an earlier one said
    committer.commit();
    await settled();
    expect(sent()).toEqual(['0@3 1@7', '0@3']);
    expect(epochs[0].gate).toBeNull();
  });
});

describe('L4: an epoch that has ended', () => {
  test('is not committed', async () => {
    const { task, host, committer } = committing(stored);
    task.end();
    committer.commit();
    await settled();
    expect(host.send).not.toHaveBeenCalled();
  });

  test('is not committed by a request that is made again', async () => {
    const { task, host, committer } = committing(() => Promise.reject(new Error('timed out')));
    committer.commit();
    await settled();
    task.end();
    await clock.pass(60_000);
    expect(host.send).toHaveBeenCalledTimes(1);
  });

  test('takes no step that is acknowledged after it', async () => {
    const { send, waiting } = answers();
    const { epochs, task, committer } = committing(send);
    task.force(epochs[0], 40);
    committer.commit();
    task.end();
    waiting[0]?.stored();
    await settled();
    expect(epochs[0].watermark).toBe(-Infinity);
  });
});

describe('the last commit', () => {
  test('waits for the one under way, and says what that did not', async () => {
    const { send, waiting } = answers();
    const { epochs, committer, sent } = committing(send);
    committer.commit();
    release(epochs[0]);
    const done = committer.flush(3);
    await settled();
    expect(sent()).toHaveLength(1);
    waiting[0]?.stored();
    await settled();
    waiting[1]?.stored();
    await expect(done).resolves.toBe(true);
    expect(sent()).toEqual(['0@3 1@7', '0@4']);
  });

  test('is tried as often as it is told, with pauses, and then given up', async () => {
    const at: number[] = [];
    const { committer } = committing(() => {
      at.push(clock.now());
      return Promise.reject(new Error('timed out'));
    });
    let givenUp = 0;
    const done = committer.flush(3).finally(() => (givenUp = at.length));
    await clock.pass(60_000);
    await expect(done).resolves.toBe(false);
    expect(givenUp).toBeGreaterThanOrEqual(3);
    expect(new Set(at).size).toBe(at.length); // with a pause before each
  });

  test('is done at once where there is nothing to say', async () => {
    const { host, committer } = committing(stored);
    committer.commit();
    await settled();
    host.send.mockReset();
    await expect(committer.flush(1)).resolves.toBe(true);
    expect(host.send).not.toHaveBeenCalled();
  });
});

test('with a new epoch everything is said anew, and what waited to be tried again does not come', async () => {
  const { host, committer, sent } = committing(() => Promise.reject(new Error('timed out')));
  committer.commit();
  await settled();
  committer.reset();
  await clock.pass(60_000);
  expect(host.send).toHaveBeenCalledTimes(1);
  host.send.mockReset().mockImplementation(stored);
  committer.commit();
  await settled();
  committer.reset();
  committer.commit();
  await settled();
  expect(sent()).toEqual(['0@3 1@7', '0@3 1@7']);
});

describe('a partition that can commit too little', () => {
  test('is an error when the commit that found it has been answered, so that nothing is committed twice', async () => {
    const { send, waiting } = answers();
    const { host, committer, epochs } = committing(send);
    const error = new StreamError('REPLAY_TOO_LONG', 'too long');
    const judge = vi.fn((lane: Lane, offset: number) => (lane.epoch === epochs[1] && offset === 7 ? error : undefined));
    Object.assign(host, { judge });
    committer.commit();
    await settled();
    expect(host.fail).not.toHaveBeenCalled();
    waiting[0]?.stored();
    await settled();
    expect(host.fail.mock.calls).toEqual([[error]]);
    expect(judge.mock.calls.map(([lane, offset]) => [lane.epoch.slot, offset])).toEqual([
      [0, 3],
      [1, 7],
    ]);
  });

  test('is found also where there is nothing to commit', async () => {
    const { host, committer } = committing(stored);
    committer.commit();
    await settled();
    const error = new StreamError('REPLAY_TOO_LONG', 'too long');
    Object.assign(host, { judge: () => error });
    committer.commit();
    await settled();
    expect([host.send.mock.calls.length, host.fail.mock.calls]).toEqual([1, [[error]]]);
  });

  test('is none of the next epoch', async () => {
    const { send, waiting } = answers();
    const { host, committer } = committing(send);
    Object.assign(host, { judge: () => new StreamError('REPLAY_TOO_LONG', 'too long') });
    committer.commit();
    committer.reset();
    Object.assign(host, { judge: () => undefined });
    waiting[0]?.stored();
    await settled();
    expect(host.fail).not.toHaveBeenCalled();
  });
});
