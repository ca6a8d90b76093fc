import type { KafkaMessage } from '../../../src/kafka/client';
import { describe, expect } from 'vitest';
import { behaviourOf, errorType, eventually, expectGoesOnAtEnd, refusal } from './behaviour';
import { brokers, compacted } from './brokers';

/** A record as it was delivered, `offset:key=value`. */
const brief = ({ offset, key, value }: KafkaMessage): string => `${offset}:${textOf(key)}=${textOf(value)}`;
const textOf = (bytes: Uint8Array | null): string => (bytes === null ? 'null' : Buffer.from(bytes).toString());

describe.each(brokers)('retention and compaction of $name', (broker) => {
  const behaviour = behaviourOf(broker);
  const message = (text: string): { key: string; value: string | null; partition: number } => {
    const [key = '', value] = text.split('=');
    return { key, value: value ?? null, partition: 0 };
  };

  behaviour('deleteTopicRecords moves the first offset, and leaves the end', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 0, ['a', 'b', 'c']);
    const admin = await trial.admin();
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] });
    expect((await admin.fetchTopicOffsets(topic)).toSorted((a, b) => a.partition - b.partition)).toEqual([
      { partition: 0, offset: '3', high: '3', low: '2' },
      { partition: 1, offset: '0', high: '0', low: '0' },
    ]);
  });

  behaviour('deleteTopicRecords of offset -1 deletes everything, and offsets go on from there', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b', 'c']);
    const admin = await trial.admin();
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '-1' }] });
    expect(await admin.fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: '3', high: '3', low: '3' }]);
    expect(await trial.send(topic, [{ value: 'd' }])).toMatchObject([{ baseOffset: '3', logStartOffset: '3' }]);
  });

  behaviour('deleteTopicRecords cannot go beyond the end, nor to a partition that does not exist', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b', 'c']);
    const admin = await trial.admin();
    await admin.fetchTopicOffsets(topic);
    const failure = (partition: number, offset: string): Promise<unknown> =>
      admin.deleteTopicRecords({ topic, partitions: [{ partition, offset }] }).catch((error: unknown) => error);
    expect(await failure(0, '4')).toMatchObject({
      name: 'KafkaJSNonRetriableError',
      cause: {
        name: 'KafkaJSDeleteTopicRecordsError',
        message: 'Error while deleting records',
        partitions: [{ partition: 0, offset: '4', error: { name: 'KafkaJSProtocolError', type: 'OFFSET_OUT_OF_RANGE' } }],
      },
    });
    expect(await failure(7, '0')).toMatchObject({
      name: 'KafkaJSDeleteTopicRecordsError',
      partitions: [{ partition: 7, offset: '0', error: { name: 'KafkaJSBrokerNotFound' } }],
    });
    expect(await admin.fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: '3', high: '3', low: '0' }]);
  });

  behaviour('deleteTopicRecords of what is deleted already changes nothing', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b', 'c']);
    const admin = await trial.admin();
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] });
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
    expect(await admin.fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: '3', high: '3', low: '2' }]);
  });

  behaviour('deleteTopicRecords knows only topics that this client has asked about', async (trial) => {
    const topic = await trial.topic();
    const admin = await trial.admin();
    expect(await refusal(admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '0' }] }))).toBe(
      'KafkaJSTopicMetadataNotLoaded',
    );
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '0' }] });
  });

  behaviour('deleteTopicRecords without partitions or topic is refused', async (trial) => {
    const admin = await trial.admin();
    expect(await refusal(admin.deleteTopicRecords({ topic: '', partitions: [{ partition: 0, offset: '0' }] }))).toBe(
      'KafkaJSNonRetriableError',
    );
    expect(await refusal(admin.deleteTopicRecords({ topic: await trial.topic(), partitions: [] }))).toBe('KafkaJSNonRetriableError');
  });

  behaviour('a batch that is deleted in part is read from where it begins now', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, ['a=1', 'b=2', 'c=3'].map(message));
    await broker.deleteBefore({ topic, partition: 0, offset: 1 });
    const batches: unknown[] = [];
    await trial.member({
      topics: [topic],
      eachBatch: ({ batch }) =>
        void batches.push([batch.fetchedOffset, batch.firstOffset(), batch.lastOffset(), batch.messages.map(brief)]),
    });
    await eventually(() => expect(batches).toEqual([['1', '1', '2', ['1:b=2', '2:c=3']]]));
  });

  behaviour('a reader whose next record is deleted goes on with the first that is left, if it is to begin there', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b']);
    const member = await trial.member({ topics: [topic], fromBeginning: true });
    await eventually(() => expect(member.values()).toEqual(['a', 'b']));
    member.consumer.pause([{ topic }]);
    await trial.sendEach(topic, 0, ['c', 'd', 'e']);
    await broker.deleteBefore({ topic, partition: 0, offset: 4 });
    member.consumer.resume([{ topic }]);
    await eventually(() => expect(member.values().at(-1)).toBe('e'));
    expect(member.values()).not.toContain('d');
    expect(member.crashes).toEqual([]);
  });

  behaviour('a reader whose next record is deleted misses the rest too, if it is not to begin at the beginning', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b', 'c', 'd']);
    await trial.commit(topic, [{ partition: 0, offset: '1' }]);
    await broker.deleteBefore({ topic, partition: 0, offset: 3 });
    const member = await trial.member({ topics: [topic], fromBeginning: false });
    await expectGoesOnAtEnd(trial, member, topic);
  });

  behaviour('a partition that lost everything is read on from its end', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b']);
    await broker.deleteBefore({ topic, partition: 0, offset: 2 });
    const member = await trial.member({ topics: [topic], fromBeginning: true });
    await trial.sendEach(topic, 0, ['c']);
    await eventually(() => expect(member.delivered).toEqual([{ topic, partition: 0, offset: '2', value: 'c' }]));
  });

  behaviour('a topic that is not compacted has no compaction, and one that does not retain forgets what is too old', async (trial) => {
    const topic = await trial.topic(1, { 'retention.ms': '600000', 'segment.ms': '600000' });
    const old = String(Date.now() - 3_600_000);
    for (const text of ['a=1', 'b=2', 'a=3']) await trial.send(topic, [{ ...message(text), timestamp: old }]);
    await broker.retain(topic);
    const admin = await trial.admin();
    expect(await admin.fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: '4', high: '4', low: '3' }]);
  });

  behaviour('compaction keeps the last record of each key where it was, and leaves the first offset and the end', async (trial) => {
    const topic = await trial.topic(1, compacted);
    for (const text of ['a=1', 'b=1', 'a=2', 'c=1', 'a=3', 'b=2']) await trial.send(topic, [message(text)]);
    await broker.compact(topic);
    const read: string[] = [];
    await trial.member({ topics: [topic], eachBatch: ({ batch }) => void read.push(...batch.messages.map(brief)) });
    await eventually(() => expect(read).toEqual(['3:c=1', '4:a=3', '5:b=2', '6:segment 1=segment 1']));
    expect(await (await trial.admin()).fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: '7', high: '7', low: '0' }]);
  });

  behaviour('a tombstone outlives the records it deletes', async (trial) => {
    const topic = await trial.topic(1, compacted);
    for (const text of ['a=1', 'b=1', 'a', 'b=2']) await trial.send(topic, [message(text)]);
    await broker.compact(topic);
    const read: string[] = [];
    await trial.member({ topics: [topic], eachBatch: ({ batch }) => void read.push(...batch.messages.map(brief)) });
    await eventually(() => expect(read).toEqual(['2:a=null', '3:b=2', '4:segment 1=segment 1']));
  });

  behaviour('a tombstone goes when it has been kept for as long as the topic says', async (trial) => {
    const topic = await trial.topic(1, { ...compacted, 'delete.retention.ms': '0' });
    for (const text of ['a=1', 'b=1', 'a']) await trial.send(topic, [message(text)]);
    await broker.compact(topic, { deleteTombstones: true });
    const read: string[] = [];
    await trial.member({ topics: [topic], eachBatch: ({ batch }) => void read.push(...batch.messages.map(brief)) });
    await eventually(() => expect(read).toEqual(['1:b=1', '3:segment 1=segment 1', '4:segment 2=segment 2']));
  });

  behaviour('a topic may be compacted and forget what is too old', async (trial) => {
    const topic = await trial.topic(1, { ...compacted, 'cleanup.policy': 'compact,delete', 'retention.ms': '600000' });
    const old = String(Date.now() - 3_600_000);
    for (const text of ['a=1', 'b=1']) await trial.send(topic, [{ ...message(text), timestamp: old }]);
    await broker.retain(topic);
    expect(await (await trial.admin()).fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: '3', high: '3', low: '2' }]);
  });

  behaviour('a topic that is only compacted forgets nothing for its age', async (trial) => {
    const topic = await trial.topic(1, { ...compacted, 'retention.ms': '1' });
    const old = String(Date.now() - 3_600_000);
    for (const text of ['a=1', 'b=1', 'a=2']) await trial.send(topic, [{ ...message(text), timestamp: old }]);
    await broker.compact(topic);
    const read: string[] = [];
    await trial.member({ topics: [topic], eachBatch: ({ batch }) => void read.push(...batch.messages.map(brief)) });
    await eventually(() => expect(read).toEqual(['1:b=1', '2:a=2', '3:segment 1=segment 1']));
  });

  behaviour('a record without a key is refused by a compacted topic', async (trial) => {
    const topic = await trial.topic(1, compacted);
    expect(await refusal(trial.send(topic, [{ value: 'x' }]))).toBe('INVALID_RECORD');
    await trial.send(topic, [message('a=1')]);
    expect(await refusal(trial.send(topic, [message('a=2'), { value: 'x' }]))).toBe('INVALID_RECORD');
    expect(await (await trial.admin()).fetchTopicOffsets(topic)).toMatchObject([{ high: '1' }]);
  });

  behaviour('a batch over gaps says what it holds, and how many offsets lie behind', async (trial) => {
    const topic = await trial.topic(1, compacted);
    for (const text of ['a=1', 'b=1', 'a=2', 'c=1', 'a=3', 'b=2']) await trial.send(topic, [message(text)]);
    await broker.compact(topic);
    const batches: unknown[] = [];
    const member = await trial.member({
      topics: [topic],
      maxBytesPerPartition: 1,
      eachBatch: ({ batch }) =>
        void batches.push({
          fetched: batch.fetchedOffset,
          first: batch.firstOffset(),
          last: batch.lastOffset(),
          lag: batch.offsetLag(),
          lagLow: batch.offsetLagLow(),
        }),
    });
    await eventually(() => expect(batches).toHaveLength(4));
    expect(batches).toEqual([
      { fetched: '0', first: '3', last: '3', lag: '3', lagLow: '3' },
      { fetched: '4', first: '4', last: '4', lag: '2', lagLow: '2' },
      { fetched: '5', first: '5', last: '5', lag: '1', lagLow: '1' },
      { fetched: '6', first: '6', last: '6', lag: '0', lagLow: '0' },
    ]);
    expect(member.crashes).toEqual([]);
  });

  behaviour('an offset that was compacted away is not out of range: the next record is read', async (trial) => {
    const topic = await trial.topic(1, compacted);
    for (const text of ['a=1', 'b=1', 'a=2', 'c=1', 'a=3', 'b=2']) await trial.send(topic, [message(text)]);
    await broker.compact(topic);
    await trial.commit(topic, [{ partition: 0, offset: '1' }]);
    const member = await trial.member({ topics: [topic], fromBeginning: false });
    await eventually(() => expect(member.values()).toEqual(['1', '3', '2', 'segment 1']));
    expect(await trial.committed(topic)).toEqual([{ partition: 0, offset: '1', metadata: null }]);
  });

  behaviour(
    'where the end of a batch was compacted away, a reader of it goes on one by one, and tells of an empty batch',
    async (trial) => {
      const topic = await trial.topic(1, compacted);
      await trial.send(topic, ['a=1', 'b=1', 'c=1', 'd=1'].map(message));
      for (const text of ['c=2', 'd=2']) await trial.send(topic, [message(text)]);
      await broker.compact(topic);
      await trial.commit(topic, [{ partition: 0, offset: '2' }]);
      const told: unknown[] = [];
      const member = await trial.outsider({ topics: [topic], maxBytesPerPartition: 1 });
      member.consumer.on('consumer.end_batch_process', ({ payload }) => {
        const { firstOffset, lastOffset, batchSize } = payload as { firstOffset: string | null; lastOffset: string; batchSize: number };
        told.push([firstOffset, lastOffset, batchSize]);
      });
      await member.join();
      await eventually(() => expect(member.values()).toEqual(['2', '2', 'segment 1']));
      await eventually(() => expect(told).toHaveLength(5));
      expect(told).toEqual([
        [null, '2', 0],
        [null, '3', 0],
        ['4', '4', 1],
        ['5', '5', 1],
        ['6', '6', 1],
      ]);
      expect(member.crashes.map(({ error }) => errorType(error))).toEqual([]);
    },
  );

  behaviour('an offset by timestamp is that of a record that is left', async (trial) => {
    const topic = await trial.topic(1, compacted);
    const times: Record<string, number> = { 'a=1': 1_000, 'b=1': 5_000, 'a=2': 2_000, 'c=1': 3_000, 'b=2': 4_000 };
    for (const [text, timestamp] of Object.entries(times)) await trial.send(topic, [{ ...message(text), timestamp: String(timestamp) }]);
    await broker.compact(topic);
    const admin = await trial.admin();
    const at = async (timestamp: number): Promise<string | undefined> =>
      (await admin.fetchTopicOffsetsByTimestamp(topic, timestamp))[0]?.offset;
    expect([await at(0), await at(1_000), await at(2_500), await at(3_500), await at(4_500)]).toEqual(['2', '2', '3', '4', '5']);
  });

  behaviour('a seek into a gap gives the next record', async (trial) => {
    const topic = await trial.topic(1, compacted);
    for (const text of ['a=1', 'a=2', 'a=3', 'a=4', 'b=1']) await trial.send(topic, [message(text)]);
    await broker.compact(topic);
    const member = await trial.member({ topics: [topic] });
    await eventually(() => expect(member.values()).toEqual(['4', '1', 'segment 1']));
    member.consumer.seek({ topic, partition: 0, offset: '1' });
    await eventually(() => expect(member.values()).toEqual(['4', '1', 'segment 1', '4', '1', 'segment 1']));
  });
});
