import { describe, expect, test } from 'vitest';
import * as runErrors from '../../src/run/runErrors';
import { partition } from './pieces';

const place = { topic: 't', partition: 3, offset: 7 };
const at3 = { topic: 't', partition: 3 };

/** A partition of which the records 4 and 5 are out. */
function behind() {
  const epoch = partition({ offset: 4 }, { slot: 3 });
  epoch.deliver(4, 0, 1);
  epoch.deliver(5, 0, 1);
  return epoch;
}

test.each([
  [runErrors.commitsTwice(), { code: 'INVALID_OPTION' }, 'keep the last one'],
  [runErrors.commitsForNobody(), { code: 'INVALID_OPTION' }, 'give fromTopic a groupId'],
  [runErrors.nothingCommitted(at3, 'g'), { code: 'INVALID_OPTION', ...at3, groupId: 'g' }, 'committed nothing for t[3]'],
  [
    runErrors.partitionsMissing(1, 4, 90, 'g'),
    { code: 'PARTITIONS_ELSEWHERE', groupId: 'g' },
    'over all 4 partitions, but for 90 ms the group "g" has given it only 1:',
  ],
  [runErrors.groupSharesOut('g', 'why'), { code: 'PARTITIONS_ELSEWHERE', groupId: 'g', cause: 'why' }, 'the group "g" shares them out'],
  [runErrors.recordsDeleted(place, 12, 'g'), { code: 'DATA_LOST', ...place, groupId: 'g' }, 'from t[3]@7 to 12 were deleted'],
  [runErrors.rebalancedUnacked('g'), { code: 'COMMIT_FAILED', groupId: 'g', retriable: true }, 'will be read again'],
  [runErrors.lastCommitFailed('g'), { code: 'COMMIT_FAILED', groupId: 'g', retriable: true }, 'will be read again'],
])('%o has its code and says where and what', (error, fields, words) => {
  expect(error).toMatchObject(fields);
  expect(error.message).toContain(words);
});

describe('a drain that takes too long', () => {
  test('names each partition with records that are out, and no other', () => {
    const error = runErrors.drainTooLong([partition(), behind()], 300, 'g');
    expect(error).toMatchObject({ code: 'TIMEOUT', groupId: 'g' });
    expect(error.message).toContain('in 300 ms; un-released: 2 from t[3]@4.');
  });

  test('without such records waits for results of windows', () => {
    expect(runErrors.drainTooLong([partition()], 300, 'g').message).toContain('un-released: results of windows.');
  });
});

describe('a stall', () => {
  test('names the oldest record that is out', () => {
    const error = runErrors.stalled([partition(), behind()], 400, 'g');
    expect(error).toMatchObject({ code: 'STALLED', ...at3, offset: 4, groupId: 'g' });
    expect(error.message).toContain('for 400 ms and no credit is left; the oldest un-released record is t[3]@4.');
  });

  test('without such a record is of the results of a window', () => {
    expect(runErrors.stalled([partition()], 400, 'g').message).toContain('what is not released is a result of a window.');
    expect(runErrors.stalled([partition()], 400, 'g', 'the result of sum').message).toContain('what is not released is the result of sum.');
  });
});

test('an end that has no room is told with how many steps there are', () => {
  const epoch = behind();
  epoch.addStep(50);
  const error = runErrors.endHasNoRoom(epoch, 'g');
  expect(error).toMatchObject({ code: 'STATE_FULL', ...at3, offset: 6, groupId: 'g' });
  expect(error.message).toContain('for t[3]@6: 1 steps');
});

describe('a replay that would be too long', () => {
  const pin = { offset: 4, what: 'the un-released record t[3]@4', check: 'Is it lost?' };

  test('says how many records it is, and what holds them', () => {
    const error = runErrors.replayTooLong(behind(), 4, pin, 1, 'g');
    expect(error).toMatchObject({ code: 'REPLAY_TOO_LONG', ...at3, offset: 4, groupId: 'g', retriable: false });
    expect(error.message).toBe(
      '2 records from t[3]@4 on would be read again after a crash, and maxReplay is 1: they are held by the un-released record t[3]@4. Is it lost? A higher maxReplay allows more',
    );
  });

  test('says for how long a record has been held, and how long the topic keeps it', () => {
    const error = runErrors.heldTooLong(behind(), 4, pin, { held: 31, retention: 60 }, 'g');
    expect(error).toMatchObject({ code: 'REPLAY_TOO_LONG', ...at3, offset: 4, groupId: 'g', retriable: false });
    expect(error.message).toContain(
      't[3]@4 was read 31 ms ago and cannot be committed, and the topic keeps records for 60 ms (retention.ms)',
    );
    expect(error.message).toContain(
      'held by the un-released record t[3]@4. Is it lost? A longer retention.ms gives more time; maxReplay: Infinity',
    );
  });

  test('says so where nothing holds them any more', () => {
    expect(runErrors.replayTooLong(behind(), 4, undefined, 1, 'g').message).toContain('held by something that has let go meanwhile.');
  });
});
