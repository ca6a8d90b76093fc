import { describe, expect } from 'vitest';
import { decodeMemberAssignment } from '../../../src/kafka/assignerProtocol';
import { behaviourOf, eventually, refusal } from './behaviour';
import { brokers } from './brokers';

describe.each(brokers)('looking after groups of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('a group that does not exist is described as dead', async (trial) => {
    const { groups } = await (await trial.admin()).describeGroups([trial.groupId]);
    expect(groups).toMatchObject([{ groupId: trial.groupId, state: 'Dead', protocolType: '', protocol: '', members: [] }]);
  });

  behaviour('a group is described with its members, and what each was given', async (trial) => {
    const topic = await trial.topic(2);
    const member = await trial.member({ topics: [topic] });
    const description = await member.consumer.describeGroup();
    expect(description).toMatchObject({
      groupId: trial.groupId,
      state: 'Stable',
      protocolType: 'consumer',
      protocol: 'RoundRobinAssigner',
    });
    expect(description.members.map(({ memberId }) => memberId)).toEqual([member.memberId]);
    const [described] = description.members;
    const assignment = decodeMemberAssignment(described?.memberAssignment ?? new Uint8Array())?.assignment;
    expect(assignment?.[topic]?.toSorted()).toEqual([0, 1]);
    expect(described?.memberMetadata.length).toBeGreaterThan(0);
    expect((await (await trial.admin()).describeGroups([trial.groupId])).groups).toEqual([description]);
  });

  behaviour('a group without members is empty, and has no protocol any more', async (trial) => {
    const topic = await trial.topic();
    await trial.commit(topic, [{ partition: 0, offset: '0' }]);
    const { groups } = await (await trial.admin()).describeGroups([trial.groupId]);
    expect(groups).toMatchObject([{ state: 'Empty', protocolType: 'consumer', protocol: '', members: [] }]);
  });

  behaviour('several groups are described at once', async (trial) => {
    const topic = await trial.topic();
    await trial.member({ topics: [topic] });
    const { groups } = await (await trial.admin()).describeGroups([`${trial.groupId}-other`, trial.groupId]);
    expect(groups.map(({ groupId, state }) => [groupId, state])).toEqual([
      [`${trial.groupId}-other`, 'Dead'],
      [trial.groupId, 'Stable'],
    ]);
  });

  behaviour('listGroups has the groups that there are, also without members', async (trial) => {
    const topic = await trial.topic();
    const admin = await trial.admin();
    expect((await admin.listGroups()).groups.map(({ groupId }) => groupId)).not.toContain(trial.groupId);
    await trial.commit(topic, [{ partition: 0, offset: '0' }]);
    expect((await admin.listGroups()).groups).toContainEqual({ groupId: trial.groupId, protocolType: 'consumer' });
  });

  behaviour('describing, or asking for offsets, makes no group', async (trial) => {
    const topic = await trial.topic();
    const admin = await trial.admin();
    await admin.describeGroups([trial.groupId]);
    await admin.fetchOffsets({ groupId: trial.groupId, topics: [topic] });
    expect((await admin.listGroups()).groups.map(({ groupId }) => groupId)).not.toContain(trial.groupId);
    expect((await admin.describeGroups([trial.groupId])).groups[0]?.state).toBe('Dead');
  });

  behaviour('deleteGroups deletes a group without members and what it has committed', async (trial) => {
    const topic = await trial.topic();
    await trial.commit(topic, [{ partition: 0, offset: '3' }]);
    const admin = await trial.admin();
    expect(await admin.deleteGroups([trial.groupId])).toEqual([{ groupId: trial.groupId, errorCode: 0 }]);
    expect((await trial.committed(topic))[0]?.offset).toBe('-1');
    expect((await admin.listGroups()).groups.map(({ groupId }) => groupId)).not.toContain(trial.groupId);
  });

  behaviour('a group with members, or one that does not exist, cannot be deleted', async (trial) => {
    const topic = await trial.topic();
    await trial.member({ topics: [topic] });
    const admin = await trial.admin();
    const failure = (groupId: string): Promise<unknown> => admin.deleteGroups([groupId]).catch((error: unknown) => error);
    expect(await failure(trial.groupId)).toMatchObject({
      name: 'KafkaJSDeleteGroupsError',
      message: 'Error in DeleteGroups',
      groups: [{ groupId: trial.groupId, errorCode: 68, error: { type: 'NON_EMPTY_GROUP' } }],
    });
    expect(await failure(`${trial.groupId}-other`)).toMatchObject({
      groups: [{ groupId: `${trial.groupId}-other`, errorCode: 69, error: { type: 'GROUP_ID_NOT_FOUND' } }],
    });
    expect(await refusal(admin.deleteGroups('all' as unknown as string[]))).toBe('KafkaJSNonRetriableError');
    expect(await admin.deleteGroups([])).toEqual([]);
  });

  behaviour('setOffsets commits for a group without members, and leaves the partitions that it does not name', async (trial) => {
    const topic = await trial.topic(2);
    const admin = await trial.admin();
    await trial.commit(topic, [{ partition: 1, offset: '4', metadata: 'mine' }]);
    await admin.setOffsets({ groupId: trial.groupId, topic, partitions: [{ partition: 0, offset: '7' }] });
    expect(await trial.committed(topic)).toEqual([
      { partition: 0, offset: '7', metadata: null },
      { partition: 1, offset: '4', metadata: 'mine' },
    ]);
    expect((await admin.describeGroups([trial.groupId])).groups[0]?.state).toBe('Empty');
  });

  behaviour('setOffsets is refused while the group has members', async (trial) => {
    const topic = await trial.topic();
    await trial.member({ topics: [topic] });
    const admin = await trial.admin();
    await expect(admin.setOffsets({ groupId: trial.groupId, topic, partitions: [{ partition: 0, offset: '0' }] })).rejects.toThrow(
      'The consumer group must have no running instances, current state: Stable',
    );
    await expect(admin.resetOffsets({ groupId: trial.groupId, topic, earliest: true })).rejects.toThrow(
      'The consumer group must have no running instances',
    );
    expect(await refusal(admin.setOffsets({ groupId: '', topic, partitions: [{ partition: 0, offset: '0' }] }))).toBe(
      'KafkaJSNonRetriableError',
    );
    expect(await refusal(admin.setOffsets({ groupId: 'g', topic: '', partitions: [{ partition: 0, offset: '0' }] }))).toBe(
      'KafkaJSNonRetriableError',
    );
    expect(await refusal(admin.setOffsets({ groupId: 'g', topic, partitions: [] }))).toBe('KafkaJSNonRetriableError');
    expect(await refusal(admin.resetOffsets({ groupId: 'g', topic: '', earliest: true }))).toBe('KafkaJSNonRetriableError');
  });

  behaviour('a consumer begins where setOffsets has said', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b', 'c']);
    await (await trial.admin()).setOffsets({ groupId: trial.groupId, topic, partitions: [{ partition: 0, offset: '2' }] });
    const member = await trial.member({ topics: [topic], fromBeginning: true });
    await eventually(() => expect(member.values()).toEqual(['c']));
  });

  for (const [earliest, offset, values] of [
    [true, '-2', ['b', 'c']],
    [false, '-1', []],
  ] as const) {
    behaviour(
      `resetOffsets to the ${earliest ? 'earliest' : 'latest'} commits ${offset}, which is resolved by whoever reads, or asks to resolve`,
      async (trial) => {
        const topic = await trial.topic();
        await trial.sendEach(topic, 0, ['a', 'b', 'c']);
        await broker.deleteBefore({ topic, partition: 0, offset: 1 });
        const admin = await trial.admin();
        await admin.resetOffsets({ groupId: trial.groupId, topic, earliest });
        expect(await trial.committed(topic)).toEqual([{ partition: 0, offset, metadata: null }]);
        const resolved = [{ topic, partitions: [{ partition: 0, offset: String(3 - values.length), metadata: null }] }];
        expect(await admin.fetchOffsets({ groupId: trial.groupId, topics: [topic], resolveOffsets: true })).toEqual(resolved);
        expect(await admin.fetchOffsets({ groupId: trial.groupId, topics: [topic] })).toEqual(resolved);
        const member = await trial.member({ topics: [topic], fromBeginning: !earliest });
        await trial.sendEach(topic, 0, ['d']);
        await eventually(() => expect(member.values()).toEqual([...values, 'd']));
      },
    );
  }

  behaviour('fetchOffsets without topics has the partitions that were committed, and no others', async (trial) => {
    const topic = await trial.topic(3);
    await trial.commit(topic, [{ partition: 1, offset: '5', metadata: 'one' }]);
    const admin = await trial.admin();
    const expected = [{ topic, partitions: [{ partition: 1, offset: '5', metadata: 'one' }] }];
    expect(await admin.fetchOffsets({ groupId: trial.groupId })).toEqual(expected);
    expect(await admin.fetchOffsets({ groupId: trial.groupId, topics: [] })).toEqual(expected);
    expect(await admin.fetchOffsets({ groupId: `${trial.groupId}-other` })).toEqual([]);
  });

  behaviour('fetchOffsets of a topic that does not exist is refused', async (trial) => {
    const admin = await trial.admin();
    expect(await refusal(admin.fetchOffsets({ groupId: trial.groupId, topics: [`${trial.groupId}-missing`] }))).toBe(
      'UNKNOWN_TOPIC_OR_PARTITION',
    );
    expect(await refusal(admin.fetchOffsets({ groupId: '' }))).toBe('KafkaJSNonRetriableError');
    expect(await refusal(admin.fetchOffsets({ groupId: 'g', topics: 'all' as unknown as string[] }))).toBe('KafkaJSNonRetriableError');
  });
});
