import { VirtualTimeScheduler } from 'rxjs';
import { describe, expect, test } from 'vitest';
import type { StreamError } from '../../src/errors';
import { partitionOf } from '../../src/kafka/partitionOf';
import type { OutgoingMessage } from '../../src/kafka/partitionWriter';
import { TopicWriter, type TopicWriterOptions } from '../../src/kafka/topicWriter';
import { heldProducer, settle } from './heldProducer';

const utf8 = new TextEncoder();
const message = (key: string | null, value = 'value'): OutgoingMessage => ({
  key: key === null ? null : utf8.encode(key),
  value: utf8.encode(value),
  timestamp: 7,
  headers: {},
});

function writerOn(topics: Record<string, number>, options: Partial<TopicWriterOptions> = {}) {
  const scheduler = new VirtualTimeScheduler();
  const { client, ...broker } = heldProducer(topics);
  const written: string[] = [];
  const failures: StreamError[] = [];
  const writer = new TopicWriter<string>(
    client,
    { acks: -1, compression: undefined, linger: 5, clock: () => scheduler, producer: {}, ...options },
    { acknowledged: (elements) => written.push(...elements), failed: (error) => failures.push(error) },
  );
  const linger = () => settle(() => scheduler.flush());
  return { writer, written, failures, scheduler, linger, ...broker };
}

describe('a topic writer', () => {
  test('sends what was written within the linger as one batch for each partition', async () => {
    const { writer, sends, linger, written } = writerOn({ out: 2 });
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const key of keys) writer.write('out', message(key), key);
    await settle();
    expect(sends).toHaveLength(0);
    await linger();
    expect(sends).toHaveLength(2);
    for (const { messages } of sends) {
      for (const { key, partition } of messages) expect(partition).toBe(partitionOf(key as Uint8Array, 2));
    }
    expect(written).toEqual([]);
    for (const send of sends) await send.acknowledge();
    expect([...written].sort()).toEqual(keys);
    expect(writer.pending).toBe(0);
  });

  test('keeps the order of a partition: one send at a time, and what comes meanwhile makes the next', async () => {
    const { writer, sends, linger, written } = writerOn({ out: 1 });
    writer.write('out', message('a'), '1');
    await settle();
    await linger();
    for (const element of ['2', '3', '4']) writer.write('out', message('a'), element);
    await linger();
    expect(sends.map(({ messages }) => messages.length)).toEqual([1]);
    await sends[0]?.acknowledge();
    expect(sends.map(({ messages }) => messages.length)).toEqual([1, 3]);
    await sends[1]?.acknowledge();
    expect(written).toEqual(['1', '2', '3', '4']);
  });

  test('does not let one partition wait for another', async () => {
    const { writer, sends, linger, written } = writerOn({ out: 2 });
    writer.write('out', message(null), 'slow', 0);
    writer.write('out', message(null), 'quick', 1);
    await settle();
    await linger();
    await sends.find(({ messages }) => messages[0]?.partition === 1)?.acknowledge();
    expect(written).toEqual(['quick']);
  });

  test('sends a full batch without waiting, and never more in one', async () => {
    const { writer, sends, linger } = writerOn({ out: 1 });
    await settle();
    for (let n = 0; n < 1_200; n++) writer.write('out', message('a'), String(n));
    await settle();
    expect(sends.map(({ messages }) => messages.length)).toEqual([500]);
    await sends[0]?.acknowledge();
    await sends[1]?.acknowledge();
    await linger();
    expect(sends.map(({ messages }) => messages.length)).toEqual([500, 500, 200]);
  });

  test('keeps a batch below what brokers take, and lets a record that is larger go alone', async () => {
    const { writer, sends } = writerOn({ out: 1 });
    await settle();
    const large = 'x'.repeat(500_000);
    for (const [n, value] of [large, large, large, `${large}${large}`].entries()) writer.write('out', message('a', value), String(n));
    await settle();
    for (let n = 0; n < 4; n++) await sends[n]?.acknowledge();
    expect(sends.map(({ messages }) => messages.length)).toEqual([1, 1, 1, 1]);
  });

  test('fills one partition after the other where there is no key', async () => {
    const { writer, sends, linger } = writerOn({ out: 3 });
    await settle();
    for (let n = 0; n < 1_000; n++) writer.write('out', message(null), String(n));
    await linger();
    expect(sends.map(({ messages }) => [messages[0]?.partition, messages.length])).toEqual([
      [0, 500],
      [1, 500],
    ]);
  });

  test('passes key, value, timestamp, headers, acks and compression on', async () => {
    const { writer, sends, linger } = writerOn({ out: 1 }, { acks: 1, compression: 1 });
    writer.write('out', { ...message('a'), headers: { one: Uint8Array.of(1), more: ['x', Uint8Array.of(2)], none: undefined } }, 'a');
    await settle();
    await linger();
    expect(sends[0]).toMatchObject({ topic: 'out', acks: 1, compression: 1 });
    expect(sends[0]?.messages).toEqual([
      {
        key: Buffer.from('a'),
        value: Buffer.from('value'),
        timestamp: '7',
        partition: 0,
        headers: { one: Buffer.of(1), more: ['x', Buffer.of(2)], none: undefined },
      },
    ]);
  });

  test('writes null as null', async () => {
    const { writer, sends, linger } = writerOn({ out: 1 });
    writer.write('out', { ...message(null), value: null }, 'tombstone');
    await settle();
    await linger();
    expect(sends[0]?.messages).toEqual([{ key: null, value: null, timestamp: '7', partition: 0 }]);
  });

  test('flushes without lingering, also what waits for a send or for the number of partitions', async () => {
    const { writer, sends } = writerOn({ out: 1, other: 1 });
    writer.write('out', message('a'), '1');
    await settle();
    writer.write('other', message('a'), '2');
    let flushed = false;
    void writer.flush().then(() => (flushed = true));
    await settle();
    expect(sends).toHaveLength(2);
    await sends[0]?.acknowledge();
    expect(flushed).toBe(false);
    await sends[1]?.acknowledge();
    expect(flushed).toBe(true);
  });

  test('flushes at once when nothing is pending', async () => {
    const { writer } = writerOn({});
    await expect(writer.flush()).resolves.toBeUndefined();
  });

  test('tells a refusal with code and place, and writes nothing more', async () => {
    const { writer, sends, failures, linger, written } = writerOn({ out: 2 });
    writer.write('out', message(null), '1', 0);
    writer.write('out', message(null), '2', 1);
    await settle();
    await linger();
    writer.write('out', message(null), '3', 1);
    await sends[0]?.refuse(
      Object.assign(new Error('too large'), { name: 'KafkaJSProtocolError', type: 'MESSAGE_TOO_LARGE', retriable: false }),
    );
    await sends[1]?.acknowledge();
    await linger();
    expect(sends).toHaveLength(2);
    expect(written).toEqual([]);
    expect(failures).toMatchObject([{ code: 'PRODUCE_FAILED', topic: 'out', partition: 0, retriable: false }]);
    expect(failures[0]?.message).toContain('max.message.bytes');
  });

  test.each([
    ['no answer at all', []],
    ['the answer of another partition', [{ topicName: 'out', partition: 3, errorCode: 0 }]],
    ['the answer of another topic', [{ topicName: 'others', partition: 0, errorCode: 0 }]],
    ['more than one answer', [0, 0].map((errorCode) => ({ topicName: 'out', partition: 0, errorCode }))],
    ['an error in the answer', [{ topicName: 'out', partition: 0, errorCode: 6 }]],
  ])('takes %s for a failure, though the send has resolved', async (_, reply) => {
    const { writer, sends, failures, linger, written } = writerOn({ out: 1 });
    writer.write('out', message('a'), '1');
    await settle();
    await linger();
    await sends[0]?.answer(reply);
    expect(written).toEqual([]);
    expect(failures).toMatchObject([{ code: 'PRODUCE_FAILED', topic: 'out', partition: 0, retriable: true }]);
  });

  test('does not make a topic that is not there', async () => {
    const { writer, failures, created } = writerOn({});
    writer.write('out', message('a'), '1');
    await settle();
    expect(failures).toMatchObject([{ code: 'UNKNOWN_TOPIC', topic: 'out' }]);
    expect(created).toEqual([]);
  });

  test('makes it when it may', async () => {
    const { writer, failures, created, linger, sends } = writerOn({}, { producer: { allowAutoTopicCreation: true } });
    writer.write('out', message('a'), '1');
    await settle();
    await linger();
    expect(created).toEqual(['out']);
    expect(sends).toHaveLength(1);
    expect(failures).toEqual([]);
  });

  test.each([-1, 2, 0.5, NaN])('refuses the partition %s of a topic with two', async (partition) => {
    const { writer, failures, sends, linger } = writerOn({ out: 2 });
    writer.write('out', message('a'), '1', partition);
    await settle();
    await linger();
    expect(sends).toEqual([]);
    expect(failures).toMatchObject([{ code: 'INVALID_OPTION', topic: 'out' }]);
  });

  test('looks for new partitions every five minutes', async () => {
    const topics = { out: 1 };
    const { writer, sends, linger, scheduler } = writerOn(topics);
    writer.write('out', message('a'), '1');
    await settle();
    await linger();
    topics.out = 50;
    scheduler.schedule(() => writer.write('out', message('a'), '2'), 300_001);
    await linger();
    writer.write('out', message('a'), '3');
    await linger();
    await sends[0]?.acknowledge();
    expect(sends.map(({ messages }) => messages[0]?.partition)).toEqual([0, partitionOf(utf8.encode('a'), 50), 0]);
  });

  test('drops what was not sent when it is closed, and disconnects', async () => {
    const { writer, sends, linger, connected, written } = writerOn({ out: 1 });
    writer.write('out', message('a'), '1');
    await settle();
    await linger();
    writer.write('out', message('a'), '2');
    await settle(() => void writer.close());
    await sends[0]?.acknowledge();
    expect(sends).toHaveLength(1);
    expect(written).toEqual([]);
    expect([...connected]).toEqual([]);
  });
});
