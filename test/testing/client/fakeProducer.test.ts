import type { ICustomPartitioner } from 'kafkajs';
import { FakeKafka } from 'millrace/testing';
import { expect, test } from 'vitest';
import { partitionOf } from '../../../src/kafka/partitionOf';
import { Clock } from '../../run/clock';
import { textOf } from '../reader';
import { withTopic } from '../withTopic';

test('a producer that is disconnected waits for what is under way', async () => {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock, latency: 10 });
  const producer = kafka.producer();
  const connected = producer.connect();
  await clock.pass(10);
  await connected;
  const sent = producer.send({ topic: 't', messages: [{ value: 'x' }] });
  await clock.pass(15);
  let disconnected = false;
  void producer.disconnect().then(() => (disconnected = true));
  await clock.pass(4);
  expect(disconnected).toBe(false);
  await expect(producer.send({ topic: 't', messages: [] })).rejects.toMatchObject({ name: 'KafkaJSNonRetriableError' });
  await clock.pass(1);
  expect(disconnected).toBe(true);
  await expect(sent).resolves.toHaveLength(1);
  await expect(producer.send({ topic: 't', messages: [] })).rejects.toMatchObject({
    name: 'KafkaJSError',
    message: 'The producer is disconnected',
  });
});

const valuesOf = (kafka: FakeKafka) => kafka.records('t').map(({ partition, value }) => `${partition}:${textOf(value)}`);

test('a message goes to the partition that it names, to the one of its key, or to each in turn', async () => {
  const { kafka } = withTopic(3);
  const producer = kafka.producer();
  await producer.connect();
  const home = partitionOf(new TextEncoder().encode('apple'), 3);
  const named = (home + 1) % 3;
  await producer.send({ topic: 't', messages: [{ key: 'apple', value: 'named', partition: named }] });
  await producer.send({ topic: 't', messages: [{ key: 'apple', value: 'keyed' }] });
  expect(valuesOf(kafka).toSorted()).toEqual([`${home}:keyed`, `${named}:named`].toSorted());
  const replies = await producer.send({ topic: 't', messages: ['a', 'b', 'c', 'd'].map((value) => ({ value })) });
  expect(valuesOf(kafka).filter((text) => /:[abcd]$/.test(text))).toEqual(['0:a', '0:d', '1:b', '2:c']);
  expect(replies.map(({ partition }) => partition)).toEqual([0, 1, 2]);
});

test('a partitioner of the program has its way, and a partition that does not exist swallows its messages', async () => {
  const { kafka } = withTopic(2);
  const asked: unknown[] = [];
  const createPartitioner = () => (question: object) => {
    const { topic, partitionMetadata, message } = question as Parameters<ReturnType<ICustomPartitioner>>[0];
    asked.push([topic, partitionMetadata.length, message.value]);
    return message.value === 'lost' ? 9 : 1;
  };
  const producer = kafka.producer({ createPartitioner });
  await producer.connect();
  const replies = await producer.send({ topic: 't', messages: [{ value: 'kept' }, { value: 'lost' }] });
  expect(replies).toMatchObject([{ partition: 1, baseOffset: '0' }]);
  expect(valuesOf(kafka)).toEqual(['1:kept']);
  expect(asked).toEqual([
    ['t', 2, 'kept'],
    ['t', 2, 'lost'],
  ]);
});

test('without acks there is no answer, and the messages are there', async () => {
  const { kafka } = withTopic(1);
  const producer = kafka.producer();
  await producer.connect();
  expect(await producer.send({ topic: 't', messages: [{ value: 'x' }], acks: 0 })).toEqual([]);
  expect(valuesOf(kafka)).toEqual(['0:x']);
});

test.for([
  ['no topic', { topic: '', messages: [] }, 'Invalid topic'],
  ['no messages', { topic: 't', messages: 'none' }, 'Invalid messages array [none] for topic "t"'],
  ['no value', { topic: 't', messages: [{ value: 'x' }, { key: 'k' }] }, 'Invalid message without value for topic "t": {"key":"k"}'],
  ['too few acks', { topic: 't', messages: [], acks: 1 }, 'Not requiring ack for all messages'],
] as const)('an idempotent send with %s is refused, and stores nothing', async ([, request, message]) => {
  const { kafka } = withTopic(1);
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const sent = producer.send(request as unknown as Parameters<typeof producer.send>[0]);
  await expect(sent).rejects.toMatchObject({ name: 'KafkaJSNonRetriableError', message: expect.stringContaining(message) as string });
  expect(kafka.records('t')).toEqual([]);
});

test('a topic that is not there is waited for where it may not be made', async () => {
  const { clock, kafka } = withTopic();
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const sent = producer.send({ topic: 'u', messages: [{ value: 'x' }] });
  await clock.pass(299);
  kafka.createTopic('u');
  await clock.pass(1);
  await expect(sent).resolves.toHaveLength(1);
  expect(kafka.records('u')).toMatchObject([{ partition: 0, offset: 0 }]);
});

test('what the broker refuses for good is not tried again', async () => {
  const { clock, kafka } = withTopic(1);
  const producer = kafka.producer();
  await producer.connect();
  await expect(producer.send({ topic: 't', messages: [{ value: 'x'.repeat(2_000_000) }] })).rejects.toMatchObject({
    name: 'KafkaJSProtocolError',
    type: 'MESSAGE_TOO_LARGE',
  });
  expect(clock.pending).toBe(0);
});
