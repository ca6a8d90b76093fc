import { FakeKafka } from 'millrace/testing';
import { expect, test } from 'vitest';
import { withTopic } from '../withTopic';

test('topics are made as they are wanted, and -1 leaves it to the broker', async () => {
  const kafka = new FakeKafka({ brokers: 2, partitions: 3 });
  const admin = kafka.admin();
  await admin.connect();
  const topics = [
    { topic: 'four', numPartitions: 4, replicationFactor: 2 },
    { topic: 'usual', numPartitions: -1, replicationFactor: -1 },
  ];
  expect(await admin.createTopics({ topics })).toBe(true);
  expect(await admin.listTopics()).toEqual(['four', 'usual']);
  const { topics: found } = await admin.fetchTopicMetadata({ topics: [] });
  const led = (...leaders: number[]) => leaders.map((leader, partitionId) => ({ partitionId, leader }));
  expect(found).toMatchObject([
    { name: 'four', partitions: led(0, 1, 0, 1) },
    { name: 'usual', partitions: led(0, 1, 0) },
  ]);
  await admin.disconnect();
});

test('topics that are all there already are no error, and those that are not are made beside one that is refused', async () => {
  const { kafka } = withTopic();
  const admin = kafka.admin();
  expect(await admin.createTopics({ topics: [{ topic: 't' }] })).toBe(false);
  const refused = admin.createTopics({ topics: [{ topic: 't' }, { topic: 'new' }, { topic: 'no name' }] });
  await expect(refused).rejects.toMatchObject({
    name: 'KafkaJSAggregateError',
    message: 'Topic creation errors',
    errors: [
      { name: 'KafkaJSCreateTopicError', type: 'TOPIC_ALREADY_EXISTS' },
      { name: 'KafkaJSCreateTopicError', type: 'INVALID_TOPIC_EXCEPTION' },
    ],
  });
  expect(await admin.listTopics()).toEqual(['t', 'new']);
});

test.for([
  ['no list', 't', 'Invalid topics array t'],
  ['a name that is no text', [{ topic: 7 }], 'the topic names have to be a valid string'],
  ['a topic twice', [{ topic: 'u' }, { topic: 'u' }], 'it cannot have multiple entries for the same topic'],
] as const)('topics are not made of %s', async ([, topics, message]) => {
  const { kafka } = withTopic();
  const admin = kafka.admin();
  await expect(admin.createTopics({ topics } as unknown as Parameters<typeof admin.createTopics>[0])).rejects.toMatchObject({
    name: 'KafkaJSNonRetriableError',
    message: expect.stringContaining(message) as string,
  });
  expect(await admin.listTopics()).toEqual(['t']);
});

test('the offsets of a topic are its first and its next, and by a time the first that is as new, or the end', async () => {
  const { kafka } = withTopic(2);
  kafka.append(
    't',
    [10, 20, 30].map((timestamp) => ({ value: '', timestamp, partition: 0 })),
  );
  const admin = kafka.admin();
  expect(await admin.fetchTopicOffsets('t')).toEqual([
    { partition: 0, offset: '3', high: '3', low: '0' },
    { partition: 1, offset: '0', high: '0', low: '0' },
  ]);
  const at = async (timestamp?: number) => (await admin.fetchTopicOffsetsByTimestamp('t', timestamp)).map(({ offset }) => offset);
  expect([await at(20), await at(21), await at(31), await at(-2), await at(-1), await at()]).toEqual([
    ['1', '0'],
    ['2', '0'],
    ['3', '0'],
    ['0', '0'],
    ['3', '0'],
    ['3', '0'],
  ]);
});

test('the offsets of a topic that is not there yet are asked for again, its metadata are not', async () => {
  const { clock, kafka } = withTopic();
  const admin = kafka.admin();
  const offsets = admin.fetchTopicOffsets('u');
  await expect(admin.fetchTopicMetadata({ topics: ['u'] })).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
  await clock.pass(299);
  kafka.createTopic('u');
  await clock.pass(1);
  expect(await offsets).toMatchObject([{ partition: 0, offset: '0' }]);
  await expect(admin.fetchTopicOffsets('')).rejects.toThrow('Invalid topic');
});

test('a topic has as many partitions as it is grown to, led in turn, and never fewer', async () => {
  const kafka = new FakeKafka({ brokers: 2 });
  kafka.createTopic('t', { partitions: 1 });
  kafka.append('t', [{ value: 'a' }]);
  const admin = kafka.admin();
  await admin.createPartitions({ topicPartitions: [{ topic: 't', count: 3 }] });
  const { topics } = await admin.fetchTopicMetadata({ topics: ['t'] });
  expect(topics[0]?.partitions).toMatchObject([{ leader: 0 }, { leader: 1 }, { leader: 0 }]);
  expect(kafka.records('t')).toHaveLength(1);
  await expect(admin.createPartitions({ topicPartitions: [{ topic: 't', count: 2 }] })).rejects.toMatchObject({
    type: 'INVALID_PARTITIONS',
  });
});

test('of several topics those that are there are deleted, and the others looked for again', async () => {
  const { clock, kafka } = withTopic();
  kafka.createTopic('u');
  const admin = kafka.admin();
  const deleted = admin.deleteTopics({ topics: ['t', 'missing', 'u'] });
  const failure = expect(deleted).rejects.toMatchObject({
    name: 'KafkaJSNumberOfRetriesExceeded',
    cause: { type: 'UNKNOWN_TOPIC_OR_PARTITION' },
  });
  await clock.pass(60_000);
  await failure;
  expect(await admin.listTopics()).toEqual([]);
});
