import { take } from 'rxjs';
import { describe, expect } from 'vitest';
import { behaviourOf } from '../behaviours/behaviour';
import { brokers, compacted } from '../behaviours/brokers';
import { all, quick, readKeyed } from './pipelines';

describe.each(brokers)('compaction on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('a run that begins where the end of a batch was compacted away goes on with what follows', async (trial) => {
    const topic = await trial.topic(1, compacted);
    await trial.send(
      topic,
      ['a', 'b', 'c', 'd'].map((key) => ({ key, value: `${key}1` })),
    );
    for (const key of ['c', 'd']) await trial.send(topic, [{ key, value: `${key}2` }]);
    await broker.compact(topic);
    await trial.commit(topic, [{ partition: 0, offset: '2' }]);
    // So little that a fetch has no batch but the one that offset 2 is in.
    const read$ = readKeyed(trial, topic, { consumer: { ...quick, maxBytesPerPartition: 1 } });
    expect((await all(read$.pipe(take(3)))).map(({ key, value, offset }) => [key, value, offset])).toEqual([
      ['c', 'c2', 4],
      ['d', 'd2', 5],
      ['segment 1', 'segment 1', 6],
    ]);
  });

  behaviour('a bounded read of a compacted topic gives the last record of each key, and ends', async (trial) => {
    const topic = await trial.topic(1, compacted);
    for (const [key, value] of [
      ['a', '1'],
      ['b', '1'],
      ['a', '2'],
      ['c', '1'],
      ['a', '3'],
    ] as const) {
      await trial.send(topic, [{ key, value }]);
    }
    await broker.compact(topic);
    const records = await all(readKeyed(trial, topic, { until: 'latest' }));
    expect(records.map(({ key, value, offset }) => [key, value, offset])).toEqual([
      ['b', '1', 1],
      ['c', '1', 3],
      ['a', '3', 4],
      ['segment 1', 'segment 1', 5],
    ]);
  });
});
