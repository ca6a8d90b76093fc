import type { Batch } from 'kafkajs';
import { expect, test } from 'vitest';
import { FakeBatch } from '../../src/testing/fakeBatch';
import { FakeLog } from '../../src/testing/fakeLog';
import { kafkajsSource } from './kafkajsSource';

const KafkajsBatch = kafkajsSource('consumer/batch') as new (
  topic: string,
  fetchedOffset: string,
  data: { partition: number; highWatermark: string; messages: readonly object[]; abortedTransactions: [] },
) => Batch;

const tells = (batch: Batch | FakeBatch) => ({
  topic: batch.topic,
  partition: batch.partition,
  highWatermark: batch.highWatermark,
  offsets: batch.messages.map(({ offset }) => offset),
  isEmpty: batch.isEmpty(),
  firstOffset: batch.firstOffset(),
  lastOffset: batch.lastOffset(),
  offsetLag: batch.offsetLag(),
  offsetLagLow: batch.offsetLagLow(),
});

/** What is read from an offset of a log of so many messages, up to a room for so many. */
function readFrom(offset: number, end: number, room: number) {
  const log = new FakeLog('t', 2, 0);
  log.append(Array.from({ length: end }, () => ({ key: null, value: null, timestamp: '0', headers: {} })));
  return log.read(offset, log.end, 10 * room, true);
}

test.for([
  ['the whole log', 0, 5, 5],
  ['the beginning', 0, 5, 2],
  ['the middle', 1, 5, 3],
  ['the end', 3, 5, 5],
  ['nothing, at the end', 5, 5, 5],
  ['nothing, of a log that is empty', 0, 0, 5],
] as const)('a batch of %s tells what one of kafkajs tells', ([, offset, end, room]) => {
  const slice = readFrom(offset, end, room);
  const ours = new FakeBatch(String(offset), { topic: 't', partition: 2, highWatermark: end, ...slice });
  const theirs = new KafkajsBatch('t', String(offset), {
    partition: 2,
    highWatermark: String(end),
    messages: slice.messages,
    abortedTransactions: [],
  });
  expect(tells(ours)).toEqual(tells(theirs));
});

test('the mark of a transaction is not among the messages, and the last offset of a batch is that of the mark', () => {
  const { messages, bytes } = readFrom(0, 3, 3);
  const ours = new FakeBatch('0', { topic: 't', partition: 2, highWatermark: 6, messages, bytes, next: 4 });
  const theirs = new KafkajsBatch('t', '0', {
    partition: 2,
    highWatermark: '6',
    messages: [...messages, { offset: '3', isControlRecord: true }],
    abortedTransactions: [],
  });
  expect(tells(ours)).toEqual(tells(theirs));
  expect(ours).toMatchObject({ messages: { length: 3 } });
  expect(ours.lastOffset()).toBe('3');
});
