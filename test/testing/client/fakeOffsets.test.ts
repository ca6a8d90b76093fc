import { expect, test } from 'vitest';
import { FakeBroker } from '../../../src/testing/broker/fakeBroker';
import { FakeCluster } from '../../../src/testing/client/fakeCluster';
import { FakeConnection } from '../../../src/testing/network/fakeConnection';
import { FakeEvents } from '../../../src/testing/client/fakeEvents';
import { FakeOffsets } from '../../../src/testing/client/fakeOffsets';
import { Clock } from '../../run/clock';
import { Reader } from '../reader';
import { withTopic } from '../withTopic';

test('an offset beyond the end is given up for the end or the beginning, as the subscription says, by a commit', async () => {
  const { clock, kafka } = withTopic(1);
  kafka.append('t', [{ value: 'a' }, { value: 'b' }]);
  const { consumer, read } = await new Reader(kafka).join();
  await clock.pass(1);
  consumer.seek({ topic: 't', partition: 0, offset: '9' });
  await clock.pass(5_001);
  expect(kafka.committed('g')).toMatchObject([{ offset: -2 }]);
  expect(read).toEqual(['0:a', '0:b', '0:a', '0:b']);
});

/** The partitions 0, 1 and 7 of topics 'first' and 'last', which have two partitions of three messages; only 'first' is read from its beginning. */
function standing(autoCommit = false) {
  const clock = { scheduler: new Clock(), latency: 0 };
  const broker = new FakeBroker(clock, 1, 2);
  const message = { key: null, value: null, timestamp: '0', headers: {} };
  for (const topic of ['first', 'last']) for (const log of broker.topics.create(topic)) log.append([message, message, message]);
  const connection = new FakeConnection(clock);
  const cluster = new FakeCluster(broker, connection, false);
  const ready = cluster.addTargets(['first', 'last']);
  const events = new FakeEvents(connection);
  const told: unknown[] = [];
  events.on('consumer.commit_offsets', ({ payload }) => told.push((payload as { topics: unknown }).topics));
  const fromBeginning = (topic: string) => topic === 'first';
  const offsets = new FakeOffsets(
    { broker, cluster, connection, events, groupId: 'g', autoCommit, fromBeginning, isolation: 'read_committed' },
    { memberId: '', generation: -1 },
    new Map(['first', 'last'].map((topic) => [topic, [0, 1, 7]])),
  );
  const commit = (topic: string, partition: number, offset: number) =>
    broker.group('g').commits.store([{ topic, partition, offset, metadata: '' }]);
  const place = (topic: string, partition: number) => offsets.places.find((one) => one.topic === topic && one.partition === partition);
  const next = (topic: string, partition: number) => place(topic, partition)?.next();
  const isKnown = (topic: string, partition: number) => place(topic, partition)?.committed !== undefined;
  return { broker, offsets, next, isKnown, told, commit, ready };
}

test('reading begins from what is committed, or else from the beginning or the end as the topic is subscribed', async () => {
  const { offsets, commit, ready, isKnown, next } = standing();
  await ready;
  commit('first', 1, 2);
  commit('last', 1, 0);
  expect(isKnown('first', 0)).toBe(false);
  await offsets.load();
  const both = (topic: string) => [0, 1].map((partition) => next(topic, partition));
  expect([both('first'), both('last')]).toEqual([
    [0, 2],
    [3, 0],
  ]);
  expect(isKnown('first', 0)).toBe(true);
  expect(isKnown('first', 7)).toBe(false);
});

test('what is resolved and not yet committed is committed, and nothing a second time', async () => {
  const { broker, offsets, told, commit, next } = standing();
  commit('first', 1, 2);
  await offsets.load();
  next('first', 1);
  offsets.resolve('first', 0, 1);
  offsets.resolve('last', 1, 5);
  await offsets.commit();
  await offsets.commit();
  expect(told).toEqual([
    [
      { topic: 'first', partitions: [{ partition: '0', offset: '2' }] },
      { topic: 'last', partitions: [{ partition: '1', offset: '6' }] },
    ],
  ]);
  expect(
    broker
      .group('g')
      .commits.all()
      .map(({ topic, partition, offset }) => [topic, partition, offset]),
  ).toEqual([
    ['first', 0, 2],
    ['first', 1, 2],
    ['last', 1, 6],
  ]);
});

test('a seek without autoCommit commits nothing', async () => {
  const { broker, offsets, next } = standing();
  await offsets.load();
  await offsets.seek('first', 0, 2);
  expect(next('first', 0)).toBe(2);
  expect(broker.group('g').commits.all()).toEqual([]);
});

test('a seek with autoCommit is a commit, and the next load begins there', async () => {
  const { broker, offsets, isKnown, next } = standing(true);
  await offsets.load();
  offsets.resolve('first', 0, 2);
  await offsets.seek('first', 0, 1);
  expect(broker.group('g').commits.all()).toMatchObject([{ topic: 'first', partition: 0, offset: 1 }]);
  expect(isKnown('first', 0)).toBe(false);
  await offsets.load();
  expect(next('first', 0)).toBe(1);
});

test('an offset that is not there is given up by a commit of the beginning or the end, and asked for again', async () => {
  const { broker, offsets, isKnown, next } = standing();
  await offsets.load();
  offsets.resolve('first', 0, 90);
  offsets.resolve('last', 0, 90);
  await offsets.reset('first', 0);
  await offsets.reset('last', 0);
  expect(broker.group('g').commits.all()).toMatchObject([{ offset: -2 }, { offset: -1 }]);
  expect(isKnown('first', 0)).toBe(false);
  await offsets.load();
  expect([next('first', 0), next('last', 0)]).toEqual([0, 3]);
});
