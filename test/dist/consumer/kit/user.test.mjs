import { int32, json, mapValues, text } from 'millrace';
import { FakeKafka, marbles, VirtualClock } from 'millrace/testing';
import { Subject, takeUntil } from 'rxjs';
import { expect, test } from 'vitest';
import { withPrices, wordCount } from './pipelines.mjs';

const counts = (kafka) =>
  kafka.records('counts').map(({ key, value, timestamp }) => `${text.decode(key)}=${int32.decode(value)} at ${timestamp}`);

test('a quiet topic: the last window closes by the clock', async () => {
  const clock = new VirtualClock();
  const kafka = new FakeKafka({ scheduler: clock });
  kafka.createTopic('counts');
  kafka.append('lines', [{ value: 'to be or not to be', timestamp: 1_000 }]);
  const stop = new Subject();
  wordCount(kafka, { scheduler: clock }).pipe(takeUntil(stop)).subscribe();
  await clock.advance('1h');
  expect(counts(kafka)).toEqual(['to=2 at 9999', 'be=2 at 9999', 'or=1 at 9999', 'not=1 at 9999']);
  expect(kafka.committed('word-count')).toMatchObject([{ topic: 'lines', partition: 0, offset: 1 }]);
  stop.next();
  await clock.idle();
});

test('a process that is killed: the next one counts every word once', async () => {
  const clock = new VirtualClock();
  const kafka = new FakeKafka({ scheduler: clock, partitions: 2 });
  kafka.createTopic('counts', { partitions: 1 });
  const line = (second, value) => ({ value, timestamp: second * 1_000, partition: second % 2 });
  kafka.append('lines', [line(1, 'to be'), line(2, 'or not'), line(3, 'to be')]);
  wordCount(kafka, { scheduler: clock }).subscribe();
  await clock.advance('5s');
  for (const id of kafka.members('word-count')) kafka.kill(id);
  kafka.append('lines', [line(4, 'to be'), line(31, 'that is'), line(32, 'the question')]);
  const next = wordCount(kafka, { scheduler: clock, until: 'latest' });
  await clock.until(next.forEach(() => undefined));
  expect(counts(kafka).slice(0, 4).sort()).toEqual(['be=3 at 9999', 'not=1 at 9999', 'or=1 at 9999', 'to=3 at 9999']);
});

test('mergeMap: an order is committed when its own price is written, however they overtake each other', async () => {
  const clock = new VirtualClock();
  const kafka = new FakeKafka({ scheduler: clock });
  kafka.createTopic('priced');
  kafka.append(
    'orders',
    ['slow', 'fast', 'fast'].map((item, n) => ({ key: `k${n}`, value: JSON.stringify({ item }) })),
  );
  const wait = (ms) => new Promise((resolve) => clock.schedule(resolve, ms));
  const priceOf = async (item) => {
    await wait(item === 'slow' ? 5_000 : 10);
    return item.length;
  };
  const stop = new Subject();
  withPrices(kafka, priceOf, { scheduler: clock }).pipe(takeUntil(stop)).subscribe();
  await clock.advance('3s');
  expect(kafka.records('priced').map(({ key }) => text.decode(key))).toEqual(['k1', 'k2']);
  expect(kafka.committed('prices').filter(({ offset }) => offset > 0)).toEqual([]);
  await clock.advance('3s');
  expect(kafka.records('priced').map(({ value }) => json().decode(value))).toEqual([
    { item: 'fast', price: 4 },
    { item: 'fast', price: 4 },
    { item: 'slow', price: 4 },
  ]);
  expect(kafka.committed('prices')).toMatchObject([{ offset: 3 }]);
  stop.next();
  await clock.idle();
});

test('marbles: an operator keeps keys and order', () => {
  marbles(({ records, expectRecords }) => {
    const lines = records('-a-b|', { a: ['ann', 1], b: ['bob', 2] });
    expectRecords(lines.pipe(mapValues((value) => value * 10))).toBe('-a-b|', { a: ['ann', 10], b: ['bob', 20] });
  });
});

test('marbles: what differs is shown as two diagrams', () => {
  const wrong = () =>
    marbles(({ records, expectRecords }) => {
      expectRecords(records('-a|', { a: ['ann', 1] })).toBe('--a|', { a: ['ann', 1] });
    });
  expect(wrong).toThrow('-a|');
});
