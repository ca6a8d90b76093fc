import { describe, expect } from 'vitest';
import { behaviourOf, eventually } from './behaviour';
import { brokers } from './brokers';

const kilobyte = (letter: string): string => letter.repeat(1_000);

describe.each(brokers)('limits of a fetch from $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('messages that were sent in one request come together, however small the limit', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['a', 'b', 'c'].map((letter) => ({ value: kilobyte(letter) })),
    );
    await trial.send(
      topic,
      ['d', 'e'].map((letter) => ({ value: kilobyte(letter) })),
    );
    const batches: string[][] = [];
    await trial.member({
      topics: [topic],
      maxBytesPerPartition: 1_500,
      eachBatch: ({ batch }) => void batches.push(batch.messages.map(({ offset }) => offset)),
    });
    await eventually(() =>
      expect(batches).toEqual([
        ['0', '1', '2'],
        ['3', '4'],
      ]),
    );
  });

  behaviour('a reader that begins within such a batch gets the rest of it', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['a', 'b', 'c'].map((letter) => ({ value: kilobyte(letter) })),
    );
    await trial.sendEach(topic, 0, ['d']);
    await trial.commit(topic, [{ partition: 0, offset: '1' }]);
    const batches: unknown[] = [];
    await trial.member({
      topics: [topic],
      maxBytesPerPartition: 1,
      eachBatch: ({ batch }) =>
        void batches.push([batch.fetchedOffset, batch.firstOffset(), batch.lastOffset(), batch.messages.map(({ offset }) => offset)]),
    });
    await eventually(() =>
      expect(batches).toEqual([
        ['1', '1', '2', ['1', '2']],
        ['3', '3', '3', ['3']],
      ]),
    );
  });

  behaviour('a fetch ends before the batch that does not fit, to the byte', async (trial) => {
    const topic = await trial.topic();
    // 61 bytes of the batch and 9 of the record beside its 130.
    await trial.sendEach(
      topic,
      0,
      ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(130)),
    );
    const read = async (maxBytesPerPartition: number): Promise<string[]> => {
      const batches: string[] = [];
      const member = await trial.outsider({
        groupId: `${trial.groupId}-${maxBytesPerPartition}`,
        topics: [topic],
        maxBytesPerPartition,
        eachBatch: ({ batch }) => void batches.push(batch.messages.map(({ offset }) => offset).join(' ')),
      });
      await member.join();
      await eventually(() => expect(member.values()).toHaveLength(4));
      return batches;
    };
    expect(await read(399)).toEqual(['0', '1', '2', '3']);
    expect(await read(400)).toEqual(['0 1', '2 3']);
    expect(await read(600)).toEqual(['0 1 2', '3']);
  });

  behaviour('maxBytes is a limit for all partitions together, and the first of them comes even if it is larger', async (trial) => {
    const topic = await trial.topic(3);
    for (const partition of [0, 1, 2]) await trial.send(topic, [{ partition, value: kilobyte('x') }]);
    const fetched: number[] = [];
    let inFetch = 0;
    const member = await trial.outsider({
      topics: [topic],
      maxBytes: 10,
      eachBatch: () => {
        inFetch++;
      },
    });
    member.consumer.on('consumer.fetch_start', () => {
      if (inFetch > 0) fetched.push(inFetch);
      inFetch = 0;
    });
    await member.join();
    await eventually(() => expect(fetched).toEqual([1, 1, 1]));
  });

  behaviour('minBytes makes a fetch wait for more, but no longer than maxWaitTimeInMs', async (trial) => {
    const topic = await trial.topic();
    const at: number[] = [];
    const member = await trial.member({
      topics: [topic],
      minBytes: 3_000,
      maxWaitTimeInMs: 2_000,
      eachBatch: ({ batch }) => void at.push(batch.messages.length),
    });
    let fetches = 0;
    member.consumer.on('consumer.fetch', () => {
      fetches++;
    });
    await eventually(() => expect(fetches).toBe(1)); // so that the next has just begun
    for (const letter of ['a', 'b', 'c']) await trial.sendEach(topic, 0, [kilobyte(letter)]);
    await eventually(() => expect(at).toEqual([3]));
    await trial.sendEach(topic, 0, ['little']);
    await eventually(() => expect(at).toEqual([3, 1]));
  });

  behaviour('a compressed batch counts as it is, and is read like any other', async (trial) => {
    const topic = await trial.topic();
    const producer = await trial.producer();
    for (const letter of ['a', 'b', 'c']) {
      await producer.send({ topic, compression: 1, messages: Array.from({ length: 20 }, () => ({ value: kilobyte(letter) })) });
    }
    const batches: number[] = [];
    await trial.member({
      topics: [topic],
      maxBytesPerPartition: 3_000,
      eachBatch: ({ batch }) => void batches.push(batch.messages.length),
    });
    await eventually(() => expect(batches).toEqual([60]));
  });

  behaviour('a batch that is deleted in part keeps its size, and a gap at the end of a log is waited at', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['a', 'b', 'c'].map((letter) => ({ value: kilobyte(letter) })),
    );
    await broker.deleteBefore({ topic, partition: 0, offset: 3 });
    const member = await trial.member({ topics: [topic], fromBeginning: true });
    let empty = 0;
    member.consumer.on('consumer.fetch', () => {
      empty++;
    });
    await eventually(() => expect(empty).toBeGreaterThan(2));
    expect(member.values()).toEqual([]);
    await trial.sendEach(topic, 0, ['d']);
    await eventually(() => expect(member.delivered).toEqual([{ topic, partition: 0, offset: '3', value: 'd' }]));
  });

  behaviour('an offset by timestamp within a batch is that of the record, not of the batch', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['1000', '3000', '2000', '4000'].map((timestamp) => ({ timestamp, value: 'x' })),
    );
    await broker.deleteBefore({ topic, partition: 0, offset: 2 });
    const admin = await trial.admin();
    const at = async (timestamp: number): Promise<string | undefined> =>
      (await admin.fetchTopicOffsetsByTimestamp(topic, timestamp))[0]?.offset;
    expect([await at(0), await at(2_000), await at(2_500), await at(4_001)]).toEqual(['2', '2', '3', '4']);
  });

  behaviour('a tombstone takes its place like any record: it is counted, committed and read by offset', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ key: 'a', value: 'x' }]);
    const [reply] = await trial.send(topic, [{ key: 'a', value: null }]);
    expect(reply).toMatchObject({ baseOffset: '1' });
    await trial.commit(topic, [{ partition: 0, offset: '1' }]);
    const member = await trial.member({ topics: [topic] });
    await eventually(() => expect(member.delivered).toEqual([{ topic, partition: 0, offset: '1', value: undefined }]));
  });
});
