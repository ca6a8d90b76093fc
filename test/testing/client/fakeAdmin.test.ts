import { expect, test } from 'vitest';
import { Reader } from '../reader';
import { withTopic } from '../withTopic';

test('the offsets of a group are those of the partitions that it has committed, or of all of a topic', async () => {
  const { kafka } = withTopic(2);
  kafka.createTopic('other', { partitions: 1 });
  const { consumer } = await new Reader(kafka).join();
  await consumer.commitOffsets([{ topic: 't', partition: 1, offset: '5', metadata: 'five' }]);
  const admin = kafka.admin();
  const t = {
    topic: 't',
    partitions: [
      { partition: 0, offset: '-1', metadata: null },
      { partition: 1, offset: '5', metadata: 'five' },
    ],
  };
  expect(await admin.fetchOffsets({ groupId: 'g', topics: [] })).toEqual([{ topic: 't', partitions: [t.partitions[1]] }]);
  const other = { topic: 'other', partitions: [{ partition: 0, offset: '-1', metadata: null }] };
  expect(await admin.fetchOffsets({ groupId: 'g', topics: ['other', 't'] })).toEqual([other, t]);
  await expect(admin.fetchOffsets({ groupId: '', topics: [] })).rejects.toThrow('Invalid groupId');
});

test('setting offsets takes the five seconds that it takes kafkajs, and leaves an empty group', async () => {
  const { clock, kafka } = withTopic(2);
  const admin = kafka.admin();
  let isDone = false;
  void admin.setOffsets({ groupId: 'g', topic: 't', partitions: [{ partition: 1, offset: '3' }] }).then(() => (isDone = true));
  await clock.pass(4_990);
  expect(isDone).toBe(false);
  await clock.pass(20);
  expect(isDone).toBe(true);
  expect(kafka.committed('g')).toEqual([{ topic: 't', partition: 1, offset: 3, metadata: '' }]);
  expect(kafka.members('g')).toEqual([]);
});

test('offsets are not set under the feet of a member', async () => {
  const { kafka } = withTopic();
  await new Reader(kafka).join();
  const admin = kafka.admin();
  const words = 'The consumer group must have no running instances, current state: Stable';
  await expect(admin.setOffsets({ groupId: 'g', topic: 't', partitions: [{ partition: 0, offset: '0' }] })).rejects.toThrow(words);
});

test('the settings of brokers, and synonyms, are not there, and say so', async () => {
  const { kafka } = withTopic();
  const admin = kafka.admin();
  for (const [type, includeSynonyms] of [
    [4, false],
    [2, true],
  ] as const) {
    await expect(admin.describeConfigs({ resources: [{ type, name: 't' }], includeSynonyms })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  }
});

test('the cluster is described, and what is not there says so', async () => {
  const { kafka } = withTopic(1, { brokers: 2 });
  const admin = kafka.admin();
  const brokers = [0, 1].map((nodeId) => ({ nodeId, host: '127.0.0.1', port: 9_092 + nodeId }));
  expect(await admin.describeCluster()).toEqual({ brokers, controller: 0, clusterId: 'FakeKafka' });
  for (const name of ['alterConfigs', 'describeAcls', 'createAcls', 'listPartitionReassignments'] as const) {
    await expect(admin[name]()).rejects.toMatchObject({
      name: 'StreamError',
      code: 'UNSUPPORTED',
      message: expect.stringContaining(name) as string,
    });
  }
});
