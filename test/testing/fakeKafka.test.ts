import { FakeKafka, type StoredRecord } from 'millrace/testing';
import { expect, test } from 'vitest';
import { partitionOf } from '../../src/kafka/partitionOf';
import { VirtualClock } from '../../src/testing/clock/virtualClock';
import { Clock } from '../run/clock';
import { Reader, textOf } from './reader';

const kafkaAt = (now: number, options = {}): FakeKafka => {
  const scheduler = new VirtualClock({ start: now });
  return new FakeKafka({ scheduler, ...options });
};
const brief = ({ partition, offset, key, value }: StoredRecord) => [partition, offset, textOf(key), textOf(value)];

test('a record goes to the partition of its key, to the one it names, or to each in turn', () => {
  const kafka = new FakeKafka({ partitions: 3 });
  const home = partitionOf(new TextEncoder().encode('apple'), 3);
  const places = kafka.append('t', [
    { key: 'apple', value: 'by key' },
    { key: 'apple', value: 'named', partition: (home + 1) % 3 },
    { value: 'a' },
    { value: 'b' },
    { value: 'c' },
    { key: new TextEncoder().encode('apple'), value: 'by bytes' },
  ]);
  expect(places.map(({ partition }) => partition)).toEqual([home, (home + 1) % 3, 0, 1, 2, home]);
  expect(kafka.records('t').map(brief)).toEqual(
    kafka
      .records('t')
      .toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
      .map(brief),
  );
});

test('the places that append gives are where the records are', () => {
  const kafka = new FakeKafka({ partitions: 2 });
  kafka.append('t', [{ value: 'before', partition: 1 }]);
  const places = kafka.append(
    't',
    ['a', 'b', 'c'].map((value) => ({ value })),
  );
  expect(places).toEqual([
    { topic: 't', partition: 0, offset: 0 },
    { topic: 't', partition: 1, offset: 1 },
    { topic: 't', partition: 0, offset: 1 },
  ]);
  const at = places.map((place) =>
    kafka.records('t').find(({ partition, offset }) => partition === place.partition && offset === place.offset),
  );
  expect(at.map((record) => textOf(record?.value))).toEqual(['a', 'b', 'c']);
});

test('a record without a timestamp gets the time of the clock', () => {
  const kafka = kafkaAt(1_234);
  kafka.append('t', [{ value: 'now' }, { value: 'then', timestamp: 99 }, { value: 'at the epoch', timestamp: 0 }]);
  expect(kafka.records('t').map(({ timestamp }) => timestamp)).toEqual([1_234, 99, 0]);
});

test('nulls stay, and headers come as bytes without a prototype', () => {
  const kafka = new FakeKafka();
  kafka.append('t', [
    { key: null, value: null, headers: { one: 'x', two: ['y', new Uint8Array([122])], single: ['s'], none: [], ['__proto__']: 'p' } },
  ]);
  const [record] = kafka.records('t');
  expect(record).toMatchObject({ key: null, value: null });
  expect(Object.getPrototypeOf(record?.headers)).toBe(null);
  expect(Object.keys(record?.headers ?? {})).toEqual(['one', 'two', 'single', '__proto__']);
  expect(
    Object.values(record?.headers ?? {}).map((value) => (Array.isArray(value) ? value.map(textOf) : textOf(value as Uint8Array))),
  ).toEqual(['x', ['y', 'z'], 's', 'p']);
});

test('a partition that does not exist cannot be appended to, and nothing else of the call is', () => {
  const kafka = new FakeKafka();
  expect(() => kafka.append('t', [{ value: 'a' }, { value: 'b', partition: 1 }])).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('t[1]') as string }),
  );
  expect(kafka.records('t')).toEqual([]);
});

test('a topic that is not there has no records', () => {
  expect(new FakeKafka().records('t')).toEqual([]);
});

test('a topic is made once, with a name and partitions that Kafka would take', () => {
  const kafka = new FakeKafka({ partitions: 2 });
  kafka.createTopic('t');
  kafka.createTopic('wide', { partitions: 5 });
  expect(
    kafka
      .append(
        'wide',
        Array.from({ length: 5 }, () => ({ value: '' })),
      )
      .map(({ partition }) => partition),
  ).toEqual([0, 1, 2, 3, 4]);
  expect(() => kafka.append('t', [{ value: '', partition: 2 }])).toThrow('partitions 0 to 1');
  expect(() => kafka.createTopic('t')).toThrow(expect.objectContaining({ type: 'TOPIC_ALREADY_EXISTS', code: 36 }));
  expect(() => kafka.createTopic('no spaces')).toThrow(expect.objectContaining({ type: 'INVALID_TOPIC_EXCEPTION' }));
  expect(() => kafka.createTopic('none', { partitions: 0 })).toThrow(expect.objectContaining({ type: 'INVALID_PARTITIONS' }));
});

test('options that make no sense are refused', () => {
  for (const options of [{ brokers: 0 }, { partitions: 1.5 }, { latency: -1 }]) {
    expect(() => new FakeKafka(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  }
});

test('what a group has committed is listed by topic and partition', async () => {
  const kafka = kafkaAt(0, { partitions: 2 });
  kafka.createTopic('t');
  kafka.createTopic('a');
  const { consumer } = await new Reader(kafka, { topics: ['t', 'a'] }).join();
  await consumer.commitOffsets([
    { topic: 't', partition: 1, offset: '7' },
    { topic: 't', partition: 0, offset: '5', metadata: 'five' },
    { topic: 'a', partition: 1, offset: '9', metadata: null },
  ]);
  expect(kafka.committed('g')).toEqual([
    { topic: 'a', partition: 1, offset: 9, metadata: '' },
    { topic: 't', partition: 0, offset: 5, metadata: 'five' },
    { topic: 't', partition: 1, offset: 7, metadata: '' },
  ]);
  expect(kafka.committed('another')).toEqual([]);
});

test('a member that nobody knows cannot be killed', () => {
  expect(() => new FakeKafka().kill('member-1')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});

test('a request takes the latency', async () => {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock, latency: '10ms' });
  const producer = kafka.producer();
  const sent = producer.connect().then(() => producer.send({ topic: 't', messages: [{ value: 'x' }] }));
  await clock.pass(29); // connect 10, metadata 20
  expect(kafka.records('t')).toEqual([]);
  await clock.pass(1);
  expect(kafka.records('t').map(({ timestamp }) => timestamp)).toEqual([20]);
  await expect(sent).resolves.toMatchObject([{ topicName: 't', partition: 0, errorCode: 0, baseOffset: '0' }]);
});
