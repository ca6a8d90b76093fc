import type { Batch } from 'kafkajs';
import { expect, test } from 'vitest';
import { FakeBatch } from '../../../src/testing/client/fakeBatch';
import { FakeLog, type LogSlice } from '../../../src/testing/broker/fakeLog';
import { kafkajsSource } from '../kafkajsSource';

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

const unplaced = (value: string | null = null) => ({
  key: null,
  value: value === null ? null : Buffer.from(value),
  timestamp: '0',
  headers: {},
});

/** What both make of the batches that a broker sends. */
function both(offset: number, log: FakeLog, { batches, bytes }: LogSlice): readonly [FakeBatch, Batch] {
  const messages = batches.flatMap(({ messages, isControl = false }) =>
    messages.map((message) => ({ ...message, isControlRecord: isControl })),
  );
  return [
    new FakeBatch({ topic: 't', partition: 2, offset, highWatermark: log.end, batches, bytes }),
    new KafkajsBatch('t', String(offset), { partition: 2, highWatermark: String(log.end), messages, abortedTransactions: [] }),
  ];
}

test.for([
  ['the whole log', 0, 5, 5],
  ['the beginning', 0, 5, 2],
  ['the middle', 1, 5, 3],
  ['the end', 3, 5, 5],
  ['nothing, at the end', 5, 5, 5],
  ['nothing, of a log that is empty', 0, 0, 5],
] as const)('a batch of %s tells what one of kafkajs tells', ([, offset, end, room]) => {
  const log = new FakeLog('t', 2, 0);
  for (let i = 0; i < end; i++) log.append([unplaced()]);
  const slice = log.read(offset, log.end, 69 * room, true);
  const [ours, theirs] = both(offset, log, slice);
  expect(tells(ours)).toEqual(tells(theirs));
  expect(ours.messages).toHaveLength(Math.min(end - offset, room));
});

test('of a batch that begins earlier only what was asked for is given', () => {
  const log = new FakeLog('t', 2, 0);
  log.append([unplaced(), unplaced(), unplaced(), unplaced()]);
  log.append([unplaced()]);
  const [ours, theirs] = both(2, log, log.read(2, log.end, 1_000, true));
  expect(tells(ours)).toEqual(tells(theirs));
  expect(tells(ours)).toMatchObject({ offsets: ['2', '3', '4'], firstOffset: '2', lastOffset: '4' });
});

test('the mark of a transaction is not among the messages, and the last offset of a batch is that of the mark', () => {
  const log = new FakeLog('t', 2, 0);
  log.append([unplaced(), unplaced(), unplaced()]);
  log.append([unplaced()], { isControl: true });
  const [ours, theirs] = both(0, log, log.read(0, log.end, 1_000, true));
  expect(tells(ours)).toEqual(tells(theirs));
  expect(tells(ours)).toMatchObject({ offsets: ['0', '1', '2'], lastOffset: '3' });
});

test('a batch of marks is empty due to filtering, and one of nothing is just empty', () => {
  const log = new FakeLog('t', 2, 0);
  log.append([unplaced()], { isControl: true });
  for (const [offset, isEmptyDueToFiltering] of [
    [0, true],
    [1, false],
  ] as const) {
    const [ours, theirs] = both(offset, log, log.read(offset, log.end, 1_000, true));
    expect(tells(ours)).toEqual(tells(theirs));
    expect(ours.isEmptyDueToFiltering()).toBe(isEmptyDueToFiltering);
  }
});

test('where the end of a batch has been compacted away, the offset that was asked for is passed over', () => {
  const log = new FakeLog('t', 2, 0);
  log.append([unplaced('a'), unplaced('b'), unplaced('c')]);
  log.append([unplaced('d')]);
  log.keep(({ offset }) => offset !== '2');
  const [ours, theirs] = both(2, log, log.read(2, log.end, 0, true));
  expect(tells(ours)).toEqual(tells(theirs));
  expect(tells(ours)).toMatchObject({ offsets: [], firstOffset: null, lastOffset: '2', offsetLagLow: '0' });
  expect(ours.isEmptyDueToFiltering()).toBe(true);
});
