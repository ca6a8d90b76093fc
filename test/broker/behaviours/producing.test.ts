import { CompressionTypes, Partitioners } from 'kafkajs';
import { describe, expect } from 'vitest';
import type { KafkaMessage } from '../../../src/kafka/client';
import { behaviourOf, eventually, refusal } from './behaviour';
import { brokers } from './brokers';
import type { Trial } from './trial';

/** All records of a topic, when there are so many of them. */
async function contents(trial: Trial, topic: string, count: number): Promise<(KafkaMessage & { partition: number })[]> {
  const read: (KafkaMessage & { partition: number })[] = [];
  await trial.member({
    topics: [topic],
    eachBatch: ({ batch }) => void read.push(...batch.messages.map((message) => ({ ...message, partition: batch.partition }))),
  });
  await eventually(() => expect(read).toHaveLength(count));
  return read;
}

const textOf = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString());

describe.each(brokers)('producing to $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour("a key goes to the partition that kafkajs' default partitioner names", async (trial) => {
    const topic = await trial.topic(7);
    const keys = ['', 'a', 'ab', 'abc', 'abcd', 'abcde', 'wörd', '日本', ...Array.from({ length: 60 }, (_, i) => `key-${i}`)];
    await trial.send(
      topic,
      keys.map((key) => ({ key, value: key })),
    );
    const partitioner = Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 7 }, (_, partitionId) => ({
      partitionId,
      leader: 1,
      partitionErrorCode: 0,
      replicas: [],
      isr: [],
    }));
    const found = (await contents(trial, topic, keys.length)).map(({ value, partition }) => [textOf(value), partition]);
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(keys.map((key) => [key, partitioner({ topic, partitionMetadata, message: { key, value: key } })])),
    );
  });

  behaviour('bytes as a key go where the same text goes', async (trial) => {
    const topic = await trial.topic(5);
    await trial.send(
      topic,
      ['one', 'two', 'three', 'four'].flatMap((key) => [
        { key, value: key },
        { key: Buffer.from(key), value: key },
      ]),
    );
    const partitions = new Map<string | null, number[]>();
    for (const { key, partition } of await contents(trial, topic, 8))
      partitions.set(textOf(key), [...(partitions.get(textOf(key)) ?? []), partition]);
    for (const [, [text, bytes]] of partitions) expect(bytes).toBe(text);
  });

  behaviour('a message goes to the partition that it names, whatever its key', async (trial) => {
    const topic = await trial.topic(3);
    await trial.send(
      topic,
      [0, 1, 2].map((partition) => ({ key: 'same', value: `to ${partition}`, partition })),
    );
    const read = await contents(trial, topic, 3);
    expect(read.map(({ partition, value }) => `${textOf(value)} in ${partition}`).sort()).toEqual(['to 0 in 0', 'to 1 in 1', 'to 2 in 2']);
  });

  behaviour('messages without a key go to the partitions in turn', async (trial) => {
    const topic = await trial.topic(3);
    const replies = await trial.send(
      topic,
      Array.from({ length: 9 }, (_, i) => (i % 2 ? { value: `${i}` } : { key: null, value: `${i}` })),
    );
    expect(replies.map(({ partition }) => partition).sort()).toEqual([0, 1, 2]);
    const ends = await (await trial.admin()).fetchTopicOffsets(topic);
    expect(ends.map(({ high }) => high)).toEqual(['3', '3', '3']);
  });

  behaviour('a reply names each partition once, with the offset of its first record', async (trial) => {
    const topic = await trial.topic(2);
    const send = async (partitions: number[]): Promise<unknown[]> => {
      const replies = await trial.send(
        topic,
        partitions.map((partition) => ({ partition, value: 'x' })),
      );
      return replies
        .map(({ topicName, partition, errorCode, baseOffset }) => ({ topicName, partition, errorCode, baseOffset }))
        .sort((a, b) => a.partition - b.partition);
    };
    expect(await send([1, 0, 1])).toEqual([
      { topicName: topic, partition: 0, errorCode: 0, baseOffset: '0' },
      { topicName: topic, partition: 1, errorCode: 0, baseOffset: '0' },
    ]);
    expect(await send([1])).toEqual([{ topicName: topic, partition: 1, errorCode: 0, baseOffset: '2' }]);
    expect(await send([0, 1])).toEqual([
      { topicName: topic, partition: 0, errorCode: 0, baseOffset: '1' },
      { topicName: topic, partition: 1, errorCode: 0, baseOffset: '3' },
    ]);
  });

  behaviour('messages of one send keep their order within a partition', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      Array.from({ length: 50 }, (_, i) => ({ value: `${i}` })),
    );
    const read = await contents(trial, topic, 50);
    expect(read.map(({ offset, value }) => [offset, textOf(value)])).toEqual(Array.from({ length: 50 }, (_, i) => [`${i}`, `${i}`]));
  });

  behaviour('a timestamp is kept as it was given, out of order too', async (trial) => {
    const topic = await trial.topic();
    const timestamps = ['1700000000123', '1000', '0', '1700000000122'];
    await trial.send(
      topic,
      timestamps.map((timestamp) => ({ value: 'x', timestamp })),
    );
    expect((await contents(trial, topic, 4)).map(({ timestamp }) => timestamp)).toEqual(timestamps);
  });

  behaviour('a message without a timestamp gets that of its sending', async (trial) => {
    const topic = await trial.topic();
    await trial.producer();
    const before = Date.now();
    await trial.send(topic, [{ value: 'x' }]);
    const after = Date.now();
    const [record] = await contents(trial, topic, 1);
    expect(Number(record?.timestamp)).toBeGreaterThanOrEqual(before);
    expect(Number(record?.timestamp)).toBeLessThanOrEqual(after);
  });

  behaviour('headers come as bytes, and a repeated one as a list', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [
      {
        value: 'x',
        headers: { text: 'tëxt', bytes: Buffer.from([0, 255]), empty: '', many: ['one', Buffer.from('two')], single: ['alone'] },
      },
      { value: 'y' },
    ]);
    const [first, second] = await contents(trial, topic, 2);
    expect(first?.headers).toEqual({
      text: Buffer.from('tëxt'),
      bytes: Buffer.from([0, 255]),
      empty: Buffer.from(''),
      many: [Buffer.from('one'), Buffer.from('two')],
      single: Buffer.from('alone'),
    });
    expect(second?.headers).toEqual({});
  });

  behaviour('keys and values that are null, empty or text come as they were', async (trial) => {
    const topic = await trial.topic();
    const messages = [
      { partition: 0, key: null, value: null },
      { partition: 0, key: '', value: '' },
      { partition: 0, key: 'schlüssel', value: 'wért' },
      { partition: 0, key: Buffer.from([0, 1, 254]), value: Buffer.from([255, 0]) },
      { partition: 0, value: 'no key' },
    ];
    await trial.send(topic, messages);
    expect((await contents(trial, topic, 5)).map(({ key, value }) => [key, value])).toEqual([
      [null, null],
      [Buffer.from(''), Buffer.from('')],
      [Buffer.from('schlüssel'), Buffer.from('wért')],
      [Buffer.from([0, 1, 254]), Buffer.from([255, 0])],
      [null, Buffer.from('no key')],
    ]);
  });

  behaviour('what is sent compressed is read as it was', async (trial) => {
    const topic = await trial.topic();
    await (
      await trial.producer()
    ).send({ topic, compression: CompressionTypes.GZIP, messages: [{ key: 'k', value: 'v' }, { value: 'w' }] });
    expect((await contents(trial, topic, 2)).map(({ offset, value }) => [offset, textOf(value)])).toEqual([
      ['0', 'v'],
      ['1', 'w'],
    ]);
  });

  behaviour('a send that wants no acknowledgement is stored, and its reply is empty', async (trial) => {
    const topic = await trial.topic();
    expect(await (await trial.producer()).send({ topic, acks: 0, messages: [{ value: 'x' }] })).toEqual([]);
    expect(await contents(trial, topic, 1)).toHaveLength(1);
  });

  behaviour('a send of no messages stores nothing', async (trial) => {
    const topic = await trial.topic();
    expect(await trial.send(topic, [])).toEqual([]);
    expect(await (await trial.admin()).fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: '0', high: '0', low: '0' }]);
  });

  behaviour('a message of more than a megabyte is refused, and nothing of its send is stored', async (trial) => {
    const topic = await trial.topic();
    const large = 'x'.repeat(1_048_577);
    expect(await refusal(trial.send(topic, [{ value: 'small' }, { value: large }]))).toBe('MESSAGE_TOO_LARGE');
    expect(await trial.send(topic, [{ value: 'next' }])).toMatchObject([{ baseOffset: '0' }]);
  });

  behaviour('a producer that has been disconnected sends nothing', async (trial) => {
    const topic = await trial.topic();
    const producer = await trial.connected(broker.kafka().producer());
    await producer.disconnect();
    await expect(producer.send({ topic, messages: [{ value: 'x' }] })).rejects.toThrow('The producer is disconnected');
    expect(await (await trial.admin()).fetchTopicOffsets(topic)).toMatchObject([{ high: '0' }]);
  });

  behaviour('bytes that are no Buffer are refused, and nothing is stored', async (trial) => {
    const topic = await trial.topic();
    expect(await refusal(trial.send(topic, [{ value: new Uint8Array([1, 2, 3]) }]))).toBe('INVALID_RECORD');
    expect(await trial.send(topic, [{ value: Buffer.from([1, 2, 3]) }])).toMatchObject([{ baseOffset: '0' }]);
  });

  behaviour('a message without a value is refused, and so is a header without one', async (trial) => {
    const topic = await trial.topic();
    const none = undefined as unknown as string;
    await expect(trial.send(topic, [{ value: 'x' }, { value: none }])).rejects.toThrow(
      `Invalid message without value for topic "${topic}": {}`,
    );
    expect(await refusal(trial.send(topic, [{ value: 'x', headers: { a: undefined } }]))).toBe('TypeError');
    expect(await (await trial.admin()).fetchTopicOffsets(topic)).toMatchObject([{ high: '0' }]);
  });

  behaviour('a header with an empty list is left out', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'x', headers: { none: [], some: 'y' } }]);
    expect((await contents(trial, topic, 1))[0]?.headers).toEqual({ some: Buffer.from('y') });
  });

  behaviour('a send is not atomic: a partition is stored though another of the same send is refused', async (trial) => {
    const topic = await trial.topic(2);
    const sent = trial.send(topic, [
      { partition: 0, value: 'small' },
      { partition: 1, value: 'x'.repeat(1_048_577) },
    ]);
    expect(await refusal(sent)).toBe('MESSAGE_TOO_LARGE');
    const ends = await (await trial.admin()).fetchTopicOffsets(topic);
    expect(Object.fromEntries(ends.map(({ partition, high }) => [partition, high]))).toEqual({ 0: '1', 1: '0' });
  });

  behaviour('a message for a partition that does not exist is not stored, and all that tells is the reply', async (trial) => {
    const topic = await trial.topic();
    expect(await trial.send(topic, [{ partition: 7, value: 'lost' }])).toEqual([]);
    const replies = await trial.send(topic, [
      { partition: 7, value: 'lost' },
      { partition: 0, value: 'kept' },
    ]);
    expect(replies.map(({ partition, baseOffset }) => [partition, baseOffset])).toEqual([[0, '0']]);
    expect((await contents(trial, topic, 1)).map(({ value }) => textOf(value))).toEqual(['kept']);
  });
});
