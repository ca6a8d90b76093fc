import { expect, test } from 'vitest';
import { encodeMemberAssignment } from '../../../src/kafka/assignerProtocol';
import type { KafkaAssignerFactory } from '../../../src/kafka/client';
import { roundRobin } from '../../../src/testing/client/fakeRoundRobin';
import { settled } from '../../run/clock';
import { Reader } from '../reader';
import { withTopic } from '../withTopic';

test('what a poll under way brings of a partition that was paused is thrown away, and read after the resume', async () => {
  const { clock, kafka } = withTopic(2);
  const { consumer, read } = await new Reader(kafka).join();
  await clock.pass(1);
  consumer.pause([{ topic: 't', partitions: [0] }]);
  kafka.append('t', [{ value: 'a' }, { value: 'b' }]);
  await clock.pass(1);
  expect(read).toEqual(['1:b']);
  consumer.resume([{ topic: 't', partitions: [0] }]);
  await clock.pass(5_000);
  expect(read).toEqual(['1:b', '0:a']);
});

test('what a poll under way brings of a partition that was sought is thrown away', async () => {
  const { clock, kafka } = withTopic(1);
  kafka.append('t', [{ value: 'a' }, { value: 'b' }]);
  const { consumer, read } = await new Reader(kafka).join();
  await clock.pass(1);
  consumer.seek({ topic: 't', partition: 0, offset: '1' });
  kafka.append('t', [{ value: 'c' }]);
  await clock.pass(1);
  expect(read).toEqual(['0:a', '0:b', '0:b', '0:c']);
});

test('while everything is paused there is one poll per maxWaitTimeInMs, whatever minBytes says', async () => {
  const { clock, kafka } = withTopic(1);
  const reader = new Reader(kafka, { minBytes: 0, maxWaitTimeInMs: 1_000 });
  reader.consumer.on('consumer.group_join', () => reader.consumer.pause([{ topic: 't' }]));
  await reader.join();
  await clock.pass(5_500);
  expect(reader.told('fetch_start')).toHaveLength(6);
});

test('heartbeats that are asked for at the same time are one, and none is sent before it is due', async () => {
  const { clock, kafka } = withTopic(1);
  let beatOften = async (): Promise<void> => undefined;
  const reader = await new Reader(kafka, {
    heartbeatInterval: 1_000,
    eachBatch: async ({ heartbeat }) => {
      beatOften = async () => {
        await Promise.all([heartbeat(), heartbeat(), heartbeat()]);
      };
    },
  }).join();
  await clock.pass(500);
  kafka.append('t', [{ value: 'x' }]);
  await settled();
  await beatOften();
  expect(reader.told('heartbeat')).toHaveLength(0);
  await clock.pass(500);
  await beatOften();
  expect(reader.told('heartbeat')).toHaveLength(1);
});

test('a member that the group has given up while it was about to join again joins as somebody else', async () => {
  const { clock, kafka } = withTopic(2, { latency: 100 });
  let letGo = (): void => undefined;
  const settings = { rebalanceTimeout: 2_000, heartbeatInterval: 1, maxWaitTimeInMs: 500 };
  const late = new Reader(kafka, { ...settings, eachBatch: () => new Promise((resolve) => (letGo = resolve)) });
  kafka.append('t', [{ value: 'x' }]);
  void late.join();
  await clock.pass(2_000);
  const first = late.memberId;
  const other = new Reader(kafka, settings);
  void other.join();
  await clock.pass(400); // connect, subscribe, find the coordinator, join: the rebalance timeout begins
  await clock.pass(1_850);
  letGo(); // the heartbeat arrives in time, the join does not
  await clock.pass(8_000);
  expect(late.told('rebalancing')[0]).toEqual({ groupId: 'g', memberId: first });
  expect(late.memberId).not.toBe(first);
  expect([...late.assigned, ...other.assigned].toSorted()).toEqual([0, 1]);
  expect(late.told('crash')).toEqual([]);
});

test('partitions that do not exist and topics that were not asked for may be assigned, and are not read', async () => {
  const { clock, kafka } = withTopic(1);
  kafka.append('t', [{ value: 'x' }]);
  const assigner: KafkaAssignerFactory['create'] = (config) => ({
    ...roundRobin(config),
    assign: async ({ members }) =>
      members.map(({ memberId }) => ({
        memberId,
        memberAssignment: encodeMemberAssignment({ version: 0, assignment: { t: [0, 7], other: [0] }, userData: new Uint8Array() }),
      })),
  });
  const reader = await new Reader(kafka, { partitionAssigners: [assigner] }).join();
  await clock.pass(1);
  expect(reader.read).toEqual(['0:x']);
  expect(reader.told('crash')).toEqual([]);
  expect(reader.told('group_join')).toMatchObject([{ memberAssignment: { t: [0, 7] } }]);
  expect(reader.told('received_unsubscribed_topics')).toMatchObject([{ assignedTopics: ['t', 'other'], topicsNotSubscribed: ['other'] }]);
});

test('a member without an assignor that the group has chosen cannot lead', async () => {
  const { kafka } = withTopic(1);
  const create: KafkaAssignerFactory['create'] = (config) => ({ ...roundRobin(config), name: 'another name than its protocol has' });
  const reader = await new Reader(kafka, { partitionAssigners: [create] }).join();
  expect(reader.told('crash')).toMatchObject([
    { error: { message: expect.stringContaining('Unsupported partition assigner') as string }, restart: false },
  ]);
});

test('a consumer that has crashed and will start anew does not when it is stopped', async () => {
  const { clock, kafka } = withTopic(1);
  kafka.append('t', [{ value: 'x' }]);
  const reader = await new Reader(kafka, {
    retry: { retries: 0 },
    eachBatch: () => {
      throw new Error('any');
    },
  }).join();
  await clock.pass(1);
  expect(reader.told('crash')).toMatchObject([{ restart: true }]);
  await reader.consumer.stop();
  await clock.pass(10_000);
  expect(reader.told('group_join')).toHaveLength(1);
});

test('a restart that is asked about is made only if wanted', async () => {
  const asked: string[] = [];
  for (const [answer, joins] of [
    [() => Promise.resolve(false), 1],
    [() => Promise.resolve(true), 2],
    [() => Promise.reject(new Error('does not know')), 2],
  ] as const) {
    const { clock, kafka } = withTopic(1);
    kafka.append('t', [{ value: 'x' }]);
    const restartOnFailure = (error: Error) => {
      asked.push(error.name);
      return answer();
    };
    const eachBatch = () => {
      throw new Error('any');
    };
    const reader = await new Reader(kafka, { retry: { retries: 0, restartOnFailure }, eachBatch }).join();
    await clock.pass(301);
    expect(reader.told('group_join')).toHaveLength(joins);
  }
  expect(new Set(asked)).toEqual(new Set(['KafkaJSNumberOfRetriesExceeded']));
});
