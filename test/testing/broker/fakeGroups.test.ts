import { expect, test } from 'vitest';
import { FakeConnection } from '../../../src/testing/network/fakeConnection';
import { FakeGroup } from '../../../src/testing/broker/fakeGroup';
import { FakeGroups } from '../../../src/testing/broker/fakeGroups';
import { Clock } from '../../run/clock';

/** Groups, and somebody who joins one. */
function groupsOn(clock = new Clock()) {
  const groups = new FakeGroups(() => new FakeGroup({ scheduler: clock, latency: 0 }, () => 'm1'));
  const connection = new FakeConnection({ scheduler: clock, latency: 0 });
  const join = (groupId: string) =>
    groups.get(groupId).join({
      memberId: '',
      sessionTimeout: 100,
      rebalanceTimeout: 100,
      protocols: [{ name: 'p', metadata: Uint8Array.of(7) }],
      connection,
    });
  return { groups, connection, join };
}

test('a group that was only asked about is not there', () => {
  const { groups } = groupsOn();
  expect(groups.get('g').commits.all()).toEqual([]);
  expect(groups.list()).toEqual([]);
  expect(groups.describe('g')).toEqual({ groupId: 'g', state: 'Dead', protocolType: '', protocol: '', members: [] });
  expect(() => groups.delete('g')).toThrow(expect.objectContaining({ type: 'GROUP_ID_NOT_FOUND' }));
});

test('a group is told with its state, and with its protocol when it is stable', async () => {
  const { groups, join } = groupsOn();
  const { memberId, generation } = await join('g');
  expect(groups.describe('g')).toMatchObject({
    state: 'CompletingRebalance',
    protocol: '',
    members: [{ memberMetadata: Buffer.alloc(0) }],
  });
  await groups.get('g').sync({ memberId, generation, shares: [{ memberId, memberAssignment: Uint8Array.of(9) }] });
  expect(groups.describe('g')).toEqual({
    groupId: 'g',
    state: 'Stable',
    protocolType: 'consumer',
    protocol: 'p',
    members: [
      {
        memberId: 'm1',
        clientId: 'kafkajs',
        clientHost: '/127.0.0.1',
        memberMetadata: Buffer.from([7]),
        memberAssignment: Buffer.from([9]),
      },
    ],
  });
  groups.get('g').leave(memberId);
  expect(groups.describe('g')).toEqual({ groupId: 'g', state: 'Empty', protocolType: 'consumer', protocol: '', members: [] });
});

test('a group is deleted when its members are gone, with what it has committed', async () => {
  const { groups, join } = groupsOn();
  const { memberId } = await join('g');
  expect(() => groups.delete('g')).toThrow(expect.objectContaining({ type: 'NON_EMPTY_GROUP' }));
  groups.get('g').leave(memberId);
  groups.get('g').commits.store([{ topic: 't', partition: 0, offset: 1, metadata: '' }]);
  groups.delete('g');
  expect(groups.list()).toEqual([]);
  expect(groups.get('g').commits.all()).toEqual([]);
});

test('a member is found by its process, in whichever group it is', async () => {
  const { groups, connection, join } = groupsOn();
  groups.get('other');
  await join('g');
  expect(groups.processOf('m1')).toBe(connection.process);
  expect(groups.processOf('m2')).toBe(undefined);
});

test('what groups have committed in a topic is forgotten, and no more', () => {
  const { groups } = groupsOn();
  for (const topic of ['t', 'u']) groups.get('g').commits.store([{ topic, partition: 0, offset: 1, metadata: '' }]);
  groups.forget('t');
  expect(
    groups
      .get('g')
      .commits.all()
      .map(({ topic }) => topic),
  ).toEqual(['u']);
  expect(groups.list()).toEqual([{ groupId: 'g', protocolType: '' }]);
});
