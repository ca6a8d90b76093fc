import { describe, expect } from 'vitest';
import { assigner, everythingToTheFirst, type JoiningMember } from './assigner';
import { behaviourOf, errorType, eventually } from './behaviour';
import { brokers } from './brokers';

describe.each(brokers)('assignors with $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('the leader is asked to assign, with what each member has told it, and members get what it gives', async (trial) => {
    const topic = await trial.topic(3);
    const calls: { by: string; members: readonly JoiningMember[]; topics: readonly string[]; partitions: number[] }[] = [];
    const wishing = (wish: string): ReturnType<typeof assigner> =>
      assigner({
        name: 'by-wish',
        userData: () => wish,
        assign: async (members, topics, partitionsOf) => {
          calls.push({ by: wish, members, topics, partitions: partitionsOf(topic).sort() });
          return Object.fromEntries(members.map(({ memberId, userData }) => [memberId, { [topic]: userData === 'two' ? [2, 0] : [1] }]));
        },
      });
    const one = await trial.member({ topics: [topic], partitionAssigners: [wishing('one')] });
    expect(one.joins.at(-1)?.memberAssignment).toEqual({ [topic]: [1] });
    const two = await trial.member({ topics: [topic], partitionAssigners: [wishing('two')] });
    await eventually(() => expect(one.joins).toHaveLength(2));

    const told = [
      { memberId: one.memberId, topics: [topic], userData: 'one' },
      { memberId: two.memberId, topics: [topic], userData: 'two' },
    ];
    const leader = two.joins.at(-1)?.isLeader ? 'two' : 'one';
    expect(calls.map(({ by }) => by)).toEqual(['one', leader]);
    expect(calls[1]?.topics).toEqual([topic]);
    expect(calls[1]?.partitions).toEqual([0, 1, 2]);
    expect(calls[1]?.members).toHaveLength(2);
    expect(calls[1]?.members).toEqual(expect.arrayContaining(told));
    expect([one, two].map((member) => member.assigned(topic))).toEqual([[1], [0, 2]]);
    expect(two.joins.at(-1)?.groupProtocol).toBe('by-wish');
    for (const partition of [0, 1, 2]) await trial.sendEach(topic, partition, [`${partition}`]);
    await eventually(() => expect([one.values(), two.values().sort()]).toEqual([['1'], ['0', '2']]));
  });

  behaviour('what a member tells is asked for at each join', async (trial) => {
    const topic = await trial.topic(1);
    let joins = 0;
    const seen: string[][] = [];
    const counting = assigner({
      name: 'counting',
      userData: () => `join ${++joins}`,
      assign: async (members) => {
        seen.push(members.map(({ userData }) => userData));
        return {};
      },
    });
    const member = await trial.member({ topics: [topic], partitionAssigners: [counting] });
    const other = await trial.member({
      topics: [topic],
      partitionAssigners: [assigner({ name: 'counting', userData: () => 'other', assign: async () => ({}) })],
    });
    await eventually(() => expect(member.joins).toHaveLength(2));
    await other.consumer.disconnect();
    await eventually(() => expect(member.joins).toHaveLength(3));
    expect(seen.map((texts) => texts.filter((text) => text !== 'other'))).toEqual([['join 1'], ['join 2'], ['join 3']]);
  });

  behaviour('a member that is given nothing stays in the group with an empty assignment', async (trial) => {
    const topic = await trial.topic(2);
    const options = { topics: [topic], partitionAssigners: [everythingToTheFirst()] };
    const members = [await trial.member(options), await trial.member(options)];
    await eventually(() => expect(members[0]?.joins).toHaveLength(2));
    members.sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
    expect(members.map(({ joins }) => joins.at(-1)?.memberAssignment)).toEqual([{ [topic]: [0, 1] }, {}]);
    await members[0]?.consumer.disconnect();
    await eventually(() => expect(members[1]?.assigned(topic)).toEqual([0, 1]));
  });

  behaviour('the protocol is one that all members offer', async (trial) => {
    const topic = await trial.topic(2);
    const named = (...names: string[]): ReturnType<typeof assigner>[] => names.map((name) => everythingToTheFirst(undefined, name));
    const one = await trial.member({ topics: [topic], partitionAssigners: named('mine', 'common') });
    expect(one.joins.at(-1)?.groupProtocol).toBe('mine');
    const two = await trial.member({ topics: [topic], partitionAssigners: named('theirs', 'common') });
    await eventually(() => expect(one.joins).toHaveLength(2));
    expect([one, two].map(({ joins }) => joins.at(-1)?.groupProtocol)).toEqual(['common', 'common']);
  });

  behaviour('a consumer that has no assignor in common with the group is refused, and crashes for good', async (trial) => {
    const topic = await trial.topic(1);
    const owner = await trial.member({ topics: [topic] });
    const stranger = await trial.member({ topics: [topic], partitionAssigners: [everythingToTheFirst()] });
    await eventually(() => expect(stranger.crashes).toHaveLength(1));
    expect(stranger.crashes[0]).toMatchObject({ groupId: trial.groupId, restart: false });
    expect(errorType(stranger.crashes[0]?.error)).toBe('INCONSISTENT_GROUP_PROTOCOL');
    expect(stranger.joins).toEqual([]);
    await trial.sendEach(topic, 0, ['a']);
    await eventually(() => expect(owner.values()).toEqual(['a']));
    expect(owner.joins).toHaveLength(1);
  });

  behaviour('an assignor that fails crashes the leader for good', async (trial) => {
    const topic = await trial.topic(1);
    const broken = assigner({ name: 'broken', assign: () => Promise.reject(new Error('no partition for anyone')) });
    const member = await trial.member({ topics: [topic], partitionAssigners: [broken] });
    await eventually(() => expect(member.crashes).toHaveLength(1));
    expect(member.crashes[0]).toMatchObject({ restart: false, error: { message: 'no partition for anyone' } });
    expect(member.joins).toEqual([]);
  });
});
