import { commitOffsets, flatMapValues, fromTopic, json, keyBy, mapValues, reduceByKey, text, toTopic, tumbling } from 'millrace';
import { FakeKafka } from 'millrace/testing';
import { expect, test } from 'vitest';
import { Clock } from '../run/clock';
import { textOf } from './reader';

const wordCount = (kafka: FakeKafka, scheduler: Clock, signal?: AbortSignal) =>
  fromTopic(kafka, 'lines', {
    groupId: 'g',
    value: text,
    scheduler,
    signal,
    consumer: { heartbeatInterval: 500, sessionTimeout: 6_000 },
  }).pipe(
    flatMapValues((line) => line.split(' ')),
    keyBy((word) => word),
    mapValues(() => 1),
    reduceByKey((a, b) => a + b, { window: tumbling('10s') }),
    toTopic(kafka, 'counts', { key: text, value: json<number>(), linger: 5 }),
    commitOffsets({ every: '1s' }),
  );

/** Counts by window and word; a repeated result with another value is an error. */
function countsOf(kafka: FakeKafka): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { key, value, timestamp } of kafka.records('counts')) {
    const name = `${timestamp} ${textOf(key)}`;
    const count = Number(textOf(value));
    expect(counts[name] ?? count).toBe(count);
    counts[name] = count;
  }
  return counts;
}

test('a word count on it survives the death of its process: another takes over, and every count is right', async () => {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock, partitions: 2, latency: 2 });
  kafka.createTopic('lines');
  kafka.createTopic('counts');
  const append = (from: number, to: number) =>
    kafka.append(
      'lines',
      Array.from({ length: to - from }, (_, i) => ({ value: i % 3 === 0 ? 'to be' : 'be', timestamp: (from + i) * 100 })),
    );
  const failures: unknown[] = [];
  const subscribe = (signal?: AbortSignal) =>
    wordCount(kafka, clock, signal).subscribe({ error: (error: unknown) => failures.push(error) });
  append(0, 550);
  const first = subscribe();
  await clock.pass(3_000);
  const [victim = ''] = kafka.members('g');
  kafka.kill(victim);
  const stopping = new AbortController();
  subscribe(stopping.signal);
  await clock.pass(4_000);
  append(550, 1_000);
  await clock.pass(120_000); // windows close over partitions that are idle
  first.unsubscribe();
  stopping.abort();
  await clock.pass(10_000);

  const expected: Record<string, number> = {};
  for (const { value, timestamp } of kafka.records('lines')) {
    for (const word of textOf(value)?.split(' ') ?? []) {
      const name = `${Math.floor(timestamp / 10_000) * 10_000 + 9_999} ${word}`;
      expected[name] = (expected[name] ?? 0) + 1;
    }
  }
  expect(failures).toEqual([]);
  expect(countsOf(kafka)).toEqual(expected);
  expect(kafka.members('g')).toEqual([]);
  expect(kafka.committed('g').map(({ offset }) => offset)).toEqual([500, 500]);
});
