import { expect, test } from 'vitest';
import { commitOffsets, countByKey, type FromTopicOptions, isStreamError, type KafkaClient, tumbling } from '../../src/index';
import { outcomeOf, Reading } from '../run/reading';

const year2106 = Date.UTC(2106, 1, 7);

/** A topic in which the third record of five has this timestamp, counted in windows of 10 ms. */
async function counting(bad: number, options: Partial<FromTopicOptions<KafkaClient, string, string>>) {
  const reading = new Reading(0);
  reading.kafka.append(
    't',
    [1, 12, bad, 13, 25].map((timestamp) => ({ key: 'k', value: 'line', timestamp })),
  );
  const seen = outcomeOf(
    reading.lines$({ until: 'latest', maxAhead: '1h', ...options }).pipe(countByKey({ window: tumbling(10) }), commitOffsets()),
  );
  await reading.time.pass(2_000);
  return { ...seen, counts: seen.values.map(({ window, value }) => [window.start, value]), committed: reading.committed() };
}

test.each([-1, year2106])('a record from %s is an error with its place, and stays uncommitted', async (bad) => {
  const { errors, counts, committed } = await counting(bad, {});
  expect(errors).toMatchObject([{ code: 'BAD_TIMESTAMP', topic: 't', partition: 0, offset: 2 }]);
  expect(counts).toEqual([[0, 1]]);
  expect(committed).toEqual([1]);
});

test.each([-1, year2106])("with onBadTimestamp: 'skip' a record from %s is dropped and committed, and closes no window", async (bad) => {
  const { errors, counts, committed } = await counting(bad, { onBadTimestamp: 'skip' });
  expect(errors).toEqual([]);
  expect(counts).toEqual([
    [0, 1],
    [10, 2],
    [20, 1],
  ]);
  expect(committed).toEqual([5]);
});

test.each([-1, year2106])("with onBadTimestamp: 'partitionTime' a record from %s counts as of the newest before it", async (bad) => {
  const { errors, counts } = await counting(bad, { onBadTimestamp: 'partitionTime' });
  expect(errors).toEqual([]);
  expect(counts).toEqual([
    [0, 1],
    [10, 3],
    [20, 1],
  ]);
});

test('the record carries the timestamp that it goes by', async () => {
  const reading = new Reading(0);
  reading.kafka.append(
    't',
    [5, -1].map((timestamp) => ({ value: 'line', timestamp, key: 'k' })),
  );
  const { values } = outcomeOf(reading.lines$({ until: 'latest', onBadTimestamp: 'partitionTime' }));
  await reading.time.pass(1_000);
  expect(values.map(({ timestamp }) => timestamp)).toEqual([5, 5]);
});

test('the error says whether the callback gave the timestamp', async () => {
  const reading = new Reading(1);
  const { errors } = outcomeOf(reading.lines$({ timestamp: () => -1 }));
  await reading.time.pass(1_000);
  expect(isStreamError(errors[0]) && errors[0].message).toContain('the timestamp that the callback gave for t[0]@0 is -1');
});
