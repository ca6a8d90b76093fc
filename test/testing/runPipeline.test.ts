import { ack, commitOffsets, countByKey, fromTopic, json, keyBy, mapValues, reduceByKey, text, toTopic, tumbling } from 'millrace';
import { runPipeline } from 'millrace/testing';
import { delay, map, NEVER } from 'rxjs';
import { expect, test } from 'vitest';
import { textOf } from './reader';

const line = (key: string, timestamp: number, value = '') => ({ key, value, timestamp });

test('what the pipeline gives, what it has committed and what came late are told', async () => {
  const { results, commits, late } = await runPipeline(
    ({ kafka, topic, source }) =>
      fromTopic(kafka, topic, { ...source, key: text }).pipe(countByKey({ window: tumbling('10s') }), commitOffsets()),
    { records: [line('ann', 1), line('bob', 2), line('ann', 12_000), line('ann', 3), line('bob', 13_000)] },
  );
  expect(results.map(({ key, value, window }) => [key, value, window.end])).toEqual([
    ['ann', 1, 10_000],
    ['bob', 1, 10_000],
    ['ann', 1, 20_000],
    ['bob', 1, 20_000],
  ]);
  expect(commits).toEqual([{ topic: 'records', partition: 0, offset: 5 }]);
  expect(late).toMatchObject([{ topic: 'records', partition: 0, offset: 3, timestamp: 3 }]);
});

test('several topics may be given by name and by partition, and empty ones to write to', async () => {
  const { results, commits, kafka } = await runPipeline(
    ({ kafka: cluster, source }) =>
      fromTopic(cluster, ['lines', 'more'], { ...source, value: json<number>() }).pipe(
        keyBy(() => 'all'),
        reduceByKey((a, b) => a + b, { window: tumbling('10s') }),
        toTopic(cluster, 'sums', { key: text, value: json() }),
        commitOffsets(),
      ),
    { records: { lines: [[line('a', 1, '1'), line('a', 2, '2')], [line('b', 3, '4')]], more: [line('c', 4, '8')], sums: [] } },
  );
  expect(results.map(({ value }) => value)).toEqual([15]);
  expect(kafka.records('sums').map(({ value }) => textOf(value))).toEqual(['15']);
  expect(commits).toEqual([
    { topic: 'lines', partition: 0, offset: 2 },
    { topic: 'lines', partition: 1, offset: 1 },
    { topic: 'more', partition: 0, offset: 1 },
  ]);
});

test('records go to partitions by their keys, and have the time of the clock if they say none', async () => {
  const { results } = await runPipeline(
    ({ kafka, topic, source }) =>
      fromTopic(kafka, topic, { ...source, key: text }).pipe(map(({ key, partition, timestamp }) => [key, partition, timestamp])),
    { records: ['a', 'b', 'c', 'd'].map((key) => ({ key, value: null })), partitions: 2, start: new Date(5_000) },
  );
  expect(new Set(results.map(([, partition]) => partition))).toEqual(new Set([0, 1]));
  expect(new Set(results.map(([, , timestamp]) => timestamp))).toEqual(new Set([5_000]));
});

test('what takes time takes none', async () => {
  const { results, commits } = await runPipeline(
    ({ kafka, topic, source, scheduler }) => fromTopic(kafka, topic, source).pipe(delay(30_000, scheduler), ack()),
    { records: [line('a', 1)] },
  );
  expect(results).toHaveLength(1);
  expect(commits).toMatchObject([{ offset: 1 }]);
});

test('an error of the pipeline rejects it as it is', async () => {
  const run = runPipeline(
    ({ kafka, topic, source }) =>
      fromTopic(kafka, topic, source).pipe(
        mapValues((): number => {
          throw new Error('no');
        }),
      ),
    { records: [line('a', 1)] },
  );
  await expect(run).rejects.toMatchObject({ code: 'CALLBACK_FAILED', topic: 'records', partition: 0, offset: 0 });
});

test('a pipeline that does not complete is an error that asks after source, with what is scheduled', async () => {
  const unbounded = runPipeline(({ kafka, topic, scheduler }) => fromTopic(kafka, topic, { groupId: 'g', scheduler }).pipe(ack()), {
    records: [line('a', 1)],
    most: '1m',
  });
  await expect(unbounded).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: expect.stringMatching(
      /^the pipeline did not complete: is \.\.\.source among the options of its fromTopic.* did not settle in 1 m: .*Scheduled, by who set it:\n/,
    ) as string,
  });
  await expect(runPipeline(() => NEVER, { records: [] })).rejects.toMatchObject({ code: 'TIMEOUT' });
});

test('a record for a partition that the topic has not is refused', async () => {
  await expect(runPipeline(() => NEVER, { records: [{ value: null, partition: 1 }] })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});
