import { expect, test } from 'vitest';
import { FakeNodes } from '../../../src/testing/network/fakeNodes';
import { FakeSocket } from '../../../src/testing/network/fakeSocket';

const places = [0, 1, 2, 3].map((partition) => ({ partition, replicas: 3 }));
const [first = { partition: 0, replicas: 3 }] = places;
const leaders = (nodes: FakeNodes) => places.map((place) => nodes.leaderOf(place));

test('partitions begin with each broker in turn, and the first coordinates', () => {
  const nodes = new FakeNodes(3);
  expect(leaders(nodes)).toEqual([0, 1, 2, 0]);
  expect(nodes.coordinator).toBe(0);
  expect(nodes.ids).toEqual([0, 1, 2]);
});

test('a leader moves to the next broker that is up, and who waits for that is told', () => {
  const nodes = new FakeNodes(3);
  let told = 0;
  const forget = nodes.onMove(() => told++);
  nodes.stop(1);
  expect(told).toBe(1);
  expect(nodes.moveLeader(first)).toBe(true);
  forget();
  expect(nodes.moveLeader(first)).toBe(true);
  expect(nodes.leaderOf(first)).toBe(0);
  expect(told).toBe(2);
  nodes.stop(2);
  expect(nodes.moveLeader(first)).toBe(false);
});

test('the next broker takes over from one that stops, and keeps it', () => {
  const nodes = new FakeNodes(3);
  expect(leaders(nodes)).toEqual([0, 1, 2, 0]);
  nodes.stop(0);
  expect([nodes.coordinator, nodes.isUp(0)]).toEqual([1, false]);
  nodes.start(0);
  expect(leaders(nodes)).toEqual([1, 1, 2, 1]);
  expect([nodes.coordinator, nodes.isUp(0)]).toEqual([1, true]);
});

test('while no broker is up nobody leads, and the one that is back first leads everything', () => {
  const nodes = new FakeNodes(2);
  expect(leaders(nodes)).toEqual([0, 1, 0, 1]);
  nodes.stop(1);
  nodes.stop(0);
  expect([...leaders(nodes), nodes.coordinator]).toEqual([undefined, undefined, undefined, undefined, undefined]);
  nodes.start(1);
  expect([...leaders(nodes), nodes.coordinator]).toEqual([1, 1, 1, 1, 1]);
});

test('the connections to a broker that stops close, those that were given back and those to others do not', () => {
  const nodes = new FakeNodes(2);
  const [held, released, other] = [0, 1, 2].map(() => new FakeSocket(() => undefined));
  if (!held || !released || !other) return;
  nodes.hold(0, held);
  nodes.hold(0, released);
  nodes.hold(1, other);
  nodes.release(0, released);
  nodes.stop(0);
  expect([held.closed, released.closed, other.closed]).toEqual([true, false, false]);
});

test('a partition with one replica has no leader while its broker is down, and takes its replica along when it moves', () => {
  const nodes = new FakeNodes(3);
  const alone = { partition: 1, replicas: 1 };
  expect(nodes.replicasOf(alone)).toEqual([1]);
  nodes.stop(1);
  expect([nodes.leaderOf(alone), nodes.moveLeader(alone)]).toEqual([undefined, false]);
  nodes.start(1);
  expect([nodes.leaderOf(alone), nodes.moveLeader(alone), nodes.leaderOf(alone)]).toEqual([1, true, 2]);
  expect(nodes.replicasOf(alone)).toEqual([2]);
  expect(nodes.replicasOf({ partition: 2, replicas: 2 })).toEqual([2, 0]);
});
