import { take } from 'rxjs';
import { describe, expect } from 'vitest';
import { commitOffsets, countByKey, session, tumbling } from '../../../src/index';
import { behaviourOf, eventually } from '../behaviours/behaviour';
import { brokers } from '../behaviours/brokers';
import { groupMembers } from './groupMembers';
import type { Trial } from '../behaviours/trial';
import { all, committedOffsets, contents, read, readKeyed, write } from './pipelines';
import { differences, someLines, trueCounts, wordCount } from './wordCount';

describe.each(brokers)('recovery on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('L1, L5: every count is right after five lives that were cut short in the middle', async (trial) => {
    const [lines, counts] = [await trial.topic(4), await trial.topic(1)];
    const written = someLines(10_000, 4);
    await write(trial, lines, written);
    const kafka = trial.broker.kafka();
    for (const results of [37, 150, 5, 91, 203]) {
      await all(read(trial, lines, { maxInFlight: 100 }, kafka).pipe(wordCount(kafka, counts, { every: '1ms' }), take(results)));
    }
    await all(read(trial, lines, { until: 'latest' }, kafka).pipe(wordCount(kafka, counts)));
    expect(differences(trueCounts(written), await contents(trial, counts))).toEqual([]);
    expect(await committedOffsets(trial, lines)).toEqual([2_500, 2_500, 2_500, 2_500]);
  });

  behaviour('L1, L5: every count is right after a member that died without a word, which its successor waits out', async (trial) => {
    const [lines, counts] = [await trial.topic(2), await trial.topic(1)];
    const written = someLines(6_000, 2);
    await write(trial, lines, written);
    const doomed = trial.broker.kafka();
    let results = 0;
    const subscription = read(trial, lines, { maxInFlight: 100 }, doomed)
      .pipe(wordCount(doomed, counts, { every: '1ms' }))
      .subscribe({ next: () => results++, error: () => undefined });
    await eventually(() => expect(results).toBeGreaterThan(60));
    for (const member of await groupMembers(trial)) trial.broker.kill(doomed, member);
    await all(read(trial, lines, { until: 'latest' }).pipe(wordCount(trial.broker.kafka(), counts)));
    subscription.unsubscribe();
    expect(differences(trueCounts(written), await contents(trial, counts))).toEqual([]);
  });

  behaviour('a window that is open when a bounded read ends goes on in the next run, if it is to be held', async (trial) => {
    const orders = await trial.topic(1);
    const order = (timestamp: number) => ({ key: 'k', value: 'x', timestamp });
    await write(trial, orders, [order(1), order(2)]);
    expect(await counted(trial, orders, 'hold')).toEqual([]);
    await write(trial, orders, [order(3)]);
    expect(await counted(trial, orders, 'close')).toEqual([3]);
    expect(await counted(trial, orders, 'close')).toEqual([]);
  });

  behaviour('L6: the end of a bounded read is recorded, so that a record which comes for a window that was out is late', async (trial) => {
    const orders = await trial.topic(1);
    await write(trial, orders, [{ key: 'k', value: 'x', timestamp: 1 }]);
    expect(await counted(trial, orders, 'close')).toEqual([1]);
    await write(trial, orders, [
      { key: 'k', value: 'x', timestamp: 2 },
      { key: 'k', value: 'x', timestamp: 1_500 },
    ]);
    expect(await counted(trial, orders, 'close')).toEqual([1]);
  });

  behaviour('other windows than those that were committed are an error, or are rebuilt on request', async (trial) => {
    const orders = await trial.topic(1);
    await write(trial, orders, [{ key: 'k', value: 'x', timestamp: 1 }]);
    expect(await counted(trial, orders, 'hold')).toEqual([]);
    const changed = (onChange: 'error' | 'rebuild') =>
      all(readKeyed(trial, orders, { until: 'latest', onChange }).pipe(countByKey({ window: tumbling('2s') }), commitOffsets()));
    await expect(changed('error')).rejects.toMatchObject({ code: 'WINDOWS_CHANGED', groupId: trial.groupId });
    expect((await changed('rebuild')).map(({ window, value }) => [window.end, value])).toEqual([[2_000, 1]]);
  });

  behaviour("another program's metadata is an error that says so, and nothing is read", async (trial) => {
    const orders = await trial.topic(1);
    await write(trial, orders, [{ key: 'k', value: 'x', timestamp: 1 }]);
    await trial.commit(orders, [{ partition: 0, offset: '1', metadata: '{"theirs":true}' }]);
    await expect(counted(trial, orders, 'close')).rejects.toMatchObject({ code: 'METADATA_UNREADABLE', topic: orders, partition: 0 });
  });

  behaviour('L11: more records than a replay may have are an error that names the session which holds them', async (trial) => {
    const orders = await trial.topic(1);
    await write(
      trial,
      orders,
      Array.from({ length: 300 }, (_, n) => ({ key: 'k', value: 'x', timestamp: n })),
    );
    const counts$ = readKeyed(trial, orders, { maxReplay: 100 }).pipe(
      countByKey({ window: session({ gap: '1h' }) }),
      commitOffsets({ every: '200ms' }),
    );
    await expect(all(counts$)).rejects.toMatchObject({
      code: 'REPLAY_TOO_LONG',
      topic: orders,
      partition: 0,
      offset: 0,
      message: expect.stringContaining('the open window [0, 3600299) of the key "k" of countByKey') as string,
    });
    expect(await committedOffsets(trial, orders)).toEqual([0]);
  });

  behaviour('an offset that was deleted before it was read is DATA_LOST, not a jump ahead', async (trial) => {
    const orders = await trial.topic(1);
    await write(
      trial,
      orders,
      Array.from({ length: 10 }, (_, n) => ({ key: 'k', value: 'x', timestamp: n })),
    );
    expect(await counted(trial, orders, 'hold')).toEqual([]);
    await broker.deleteBefore({ topic: orders, partition: 0, offset: 5 });
    await expect(counted(trial, orders, 'close')).rejects.toMatchObject({ code: 'DATA_LOST', topic: orders, partition: 0, offset: 0 });
  });
});

async function counted(trial: Trial, orders: string, atEnd: 'close' | 'hold'): Promise<number[]> {
  const results = await all(
    readKeyed(trial, orders, { until: 'latest', atEnd }).pipe(countByKey({ window: tumbling('1s') }), commitOffsets()),
  );
  return results.map(({ value }) => value);
}
