import { expect, test } from 'vitest';
import { FakeTopics } from '../../../src/testing/broker/fakeTopics';

const refused = (type: string): unknown => expect.objectContaining({ name: 'KafkaJSProtocolError', type });

test('partitions have a replica at each broker, if it is not said how many', () => {
  const topics = new FakeTopics(2, 1);
  expect(topics.create('t', 3).map(({ topic, partition, replicas }) => [topic, partition, replicas])).toEqual([
    ['t', 0, 2],
    ['t', 1, 2],
    ['t', 2, 2],
  ]);
  expect(topics.create('u', 1, 1).map(({ replicas }) => replicas)).toEqual([1]);
});

test('a name is letters, digits, dots, dashes and underscores, 249 at most, and no name of a folder', () => {
  const topics = new FakeTopics(1, 1);
  for (const name of ['a.B_c-9', '...', 'x'.repeat(249)]) topics.create(name);
  expect(topics.names).toEqual(['a.B_c-9', '...', 'x'.repeat(249)]);
  for (const name of ['', '.', '..', 'a b', 'ä', 'a/b', 'x'.repeat(250)]) {
    expect(() => topics.create(name), name).toThrow(refused('INVALID_TOPIC_EXCEPTION'));
  }
});

test('there are no more replicas than brokers, and at least one of each partition', () => {
  const topics = new FakeTopics(2, 1);
  topics.create('t', 1, 2);
  for (const replicas of [0, 3]) expect(() => topics.create('u', 1, replicas)).toThrow(refused('INVALID_REPLICATION_FACTOR'));
  for (const partitions of [0, -2, 1.5]) expect(() => topics.create('u', partitions)).toThrow(refused('INVALID_PARTITIONS'));
  expect(topics.names).toEqual(['t']);
});

test('a topic that is not there is made by its first use if it may be, with as many partitions as is usual', () => {
  const topics = new FakeTopics(1, 3);
  expect(() => topics.partitions('t', false)).toThrow(refused('UNKNOWN_TOPIC_OR_PARTITION'));
  const made = topics.partitions('t', true);
  expect(made).toHaveLength(3);
  expect(topics.partitions('t', false)).toBe(made);
  expect(topics.partitions('t', true)).toBe(made);
});

test('a partition is found, or there is none', () => {
  const topics = new FakeTopics(1, 2);
  const [, second] = topics.create('t');
  expect(topics.find('t', 1)).toBe(second);
  expect(topics.get('t', 1)).toBe(second);
  for (const [topic, partition] of [
    ['t', 2],
    ['u', 0],
  ] as const) {
    expect(topics.find(topic, partition)).toBe(undefined);
    expect(() => topics.get(topic, partition)).toThrow(refused('UNKNOWN_TOPIC_OR_PARTITION'));
  }
});
