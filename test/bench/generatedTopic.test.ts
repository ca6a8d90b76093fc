import { lastValueFrom, map, toArray } from 'rxjs';
import { expect, test } from 'vitest';
import { GeneratedTopic } from '../../bench/generatedTopic';
import { firstTimestamp } from '../../bench/workload';
import { commitOffsets, countByKey, fromTopic, int32, text, tumbling } from '../../src/index';

test('a pipeline reads every record of a generated topic, once and in order, and comes to an end', async () => {
  const kafka = new GeneratedTopic({ records: 5_001, recordsPerSecond: 1_000, keys: 3, disorder: 20 });
  const read$ = fromTopic(kafka, kafka.topic, { groupId: 'g', key: text, value: int32, until: 'latest' });
  const records = await lastValueFrom(read$.pipe(commitOffsets(), toArray()));
  expect(records.map(({ offset }) => offset)).toEqual(Array.from({ length: 5_001 }, (_, offset) => offset));
  expect(new Set(records.map(({ key }) => key))).toEqual(new Set(['key-0', 'key-1', 'key-2']));
  expect(records.every(({ value }) => value === 1)).toBe(true);
  for (const { timestamp, offset } of records) {
    expect(timestamp).toBeLessThanOrEqual(firstTimestamp + offset);
    expect(timestamp).toBeGreaterThanOrEqual(firstTimestamp + offset - 20);
  }
});

test('windows over it are full', async () => {
  const kafka = new GeneratedTopic({ records: 10_000, recordsPerSecond: 1_000, keys: 1, disorder: 0 });
  const counts$ = fromTopic(kafka, kafka.topic, { groupId: 'g', key: text, until: 'latest' }).pipe(
    countByKey({ window: tumbling('1s') }),
    commitOffsets(),
    map(({ value }) => value),
  );
  expect(await lastValueFrom(counts$.pipe(toArray()))).toEqual(Array<number>(10).fill(1_000));
});
