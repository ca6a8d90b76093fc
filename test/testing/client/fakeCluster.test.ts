import { expect, test } from 'vitest';
import { FakeBroker } from '../../../src/testing/broker/fakeBroker';
import { FakeCluster } from '../../../src/testing/client/fakeCluster';
import { FakeConnection } from '../../../src/testing/network/fakeConnection';
import type { FakeRequest } from '../../../src/testing/network/fakeFaults';
import { FakeProcess } from '../../../src/testing/network/fakeProcess';
import { Clock } from '../../run/clock';

function known(brokers = 3) {
  const clock = new Clock();
  const broker = new FakeBroker({ scheduler: clock, latency: 0 }, brokers, brokers);
  broker.topics.create('t');
  const connection = new FakeConnection({ scheduler: clock, latency: 0 }, new FakeProcess('me'), broker);
  const cluster = new FakeCluster(broker, connection, false);
  const refuse = (on: FakeRequest, error: string, times = 1) => broker.faults.inject({ on, times, then: { error } });
  return { clock, broker, cluster, refuse };
}

const outcomeOf = (promise: Promise<unknown>) =>
  promise.then(
    (value) => value,
    (error: unknown) => (error as Error).name,
  );

test('who leads is known as it was when the metadata was asked for, and again after five minutes', async () => {
  const { clock, broker, cluster } = known();
  await cluster.addTargets(['t']);
  expect([0, 1, 2, 3].map((partition) => cluster.leaderOf({ topic: 't', partition }))).toEqual([0, 1, 2, undefined]);
  broker.nodes.moveLeader(broker.topics.get('t', 0));
  await clock.pass(300_000);
  await cluster.refreshIfOld();
  expect(cluster.leaderOf({ topic: 't', partition: 0 })).toBe(0);
  await clock.pass(1);
  await cluster.refreshIfOld();
  expect(cluster.leaderOf({ topic: 't', partition: 0 })).toBe(1);
});

test('connecting tries one broker after the other', async () => {
  const { clock, broker, cluster } = known();
  broker.stop(0);
  const connected = cluster.connect();
  await clock.pass(299);
  expect(cluster.isConnected).toBe(false);
  await clock.pass(1);
  await connected;
  expect(cluster.isConnected).toBe(true);
  await cluster.refresh();
  expect(cluster.nodeIds).toEqual([1, 2]);
});

test('a cluster of which no broker is up cannot be connected to, after five tries more', async () => {
  const { clock, broker, cluster } = known(1);
  broker.stop(0);
  const outcome = outcomeOf(cluster.connect());
  await clock.pass(300 + 600 + 1_200 + 2_400 + 4_800);
  expect(await outcome).toBe('KafkaJSNumberOfRetriesExceeded');
});

test('a broker that cannot be reached makes the client ask for the metadata', async () => {
  const { broker, cluster } = known();
  await cluster.addTargets(['t']);
  broker.stop(1);
  expect(await outcomeOf(cluster.find(1))).toBe('KafkaJSConnectionError');
  expect(cluster.nodeIds).toEqual([0, 2]);
  expect(await outcomeOf(cluster.find(1))).toBe('KafkaJSBrokerNotFound');
  expect(cluster.leaderOf({ topic: 't', partition: 1 })).toBe(2);
});

test('the coordinator is looked for until there is one', async () => {
  const { clock, cluster, refuse } = known(1);
  await cluster.addTargets(['t']);
  refuse('findCoordinator', 'GROUP_COORDINATOR_NOT_AVAILABLE', 2);
  const found = cluster.findCoordinator();
  await clock.pass(900);
  expect(await found).toBe(0);
});

test('a broker that refuses to say who the coordinator is, is passed over without a word', async () => {
  const { cluster, refuse } = known(2);
  await cluster.addTargets(['t']);
  refuse('findCoordinator', 'GROUP_AUTHORIZATION_FAILED');
  expect(await cluster.findCoordinator()).toBe(0);
  refuse('findCoordinator', 'GROUP_AUTHORIZATION_FAILED', 2);
  expect(await outcomeOf(cluster.findCoordinator())).toBe('KafkaJSGroupCoordinatorNotFound');
});

test('a request to a broker that coordinates no more is refused', async () => {
  const { broker, cluster } = known();
  await cluster.addTargets(['t']);
  const coordinator = await cluster.findCoordinator();
  broker.stop(coordinator);
  broker.start(coordinator);
  await expect(cluster.coordinated('heartbeat', coordinator, () => undefined)).rejects.toMatchObject({ type: 'NOT_COORDINATOR_FOR_GROUP' });
});

test('offsets are asked of each leader, and those of unknown partitions are left out', async () => {
  const { broker, cluster } = known();
  await cluster.addTargets(['t']);
  const places = [0, 1, 2, 3].map((partition) => ({ topic: 't', partition }));
  const found = await cluster.listOffsets(places, () => 'latest', 'read_committed');
  expect(found.map(({ partition }) => partition)).toEqual([0, 1, 2]);
  broker.nodes.moveLeader(broker.topics.get('t', 1));
  await expect(cluster.listOffsets(places, () => 'latest', 'read_committed')).rejects.toMatchObject({ type: 'NOT_LEADER_FOR_PARTITION' });
});

test('metadata of a partition that nobody leads is asked for again', async () => {
  const { clock, cluster, refuse } = known();
  refuse('metadata', 'LEADER_NOT_AVAILABLE', 2);
  const added = cluster.addTargets(['t']);
  await clock.pass(900);
  await added;
  expect(cluster.partitionsOf('t')).toHaveLength(3);
});

test('a topic that does not exist is no target', async () => {
  const { cluster } = known();
  expect(await outcomeOf(cluster.addTargets(['missing']))).toBe('KafkaJSProtocolError');
  await cluster.addTargets(['t']);
  expect(cluster.partitionsOf('missing')).toEqual([]);
});
