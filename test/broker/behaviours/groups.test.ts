import { describe, expect } from 'vitest';
import type { KafkaBatchPayload } from '../../../src/kafka/client';
import { everythingToTheFirst } from './assigner';
import { behaviourOf, eventually, refusal } from './behaviour';
import { brokers } from './brokers';
import type { Member } from './member';

/** Which partitions a topic's members have, when these are shared out among all of them. */
const shares = (topic: string, members: readonly Member[]): number[][] => members.map((member) => member.assigned(topic));

describe.each(brokers)('groups of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('run resolves when the member has joined, and GROUP_JOIN has said what it got', async (trial) => {
    const topics = [await trial.topic(3), await trial.topic(1)] as const;
    const member = await trial.member({ topics: [...topics] });
    expect(member.joins).toHaveLength(1);
    expect(member.joins[0]).toMatchObject({
      groupId: trial.groupId,
      memberId: expect.any(String) as string,
      leaderId: member.memberId,
      isLeader: true,
      memberAssignment: { [topics[0]]: [0, 1, 2], [topics[1]]: [0] },
      groupProtocol: 'RoundRobinAssigner',
    });
  });

  behaviour('a consumer that runs is not started again', async (trial) => {
    const topic = await trial.topic(1);
    const member = await trial.member({ topics: [topic] });
    const run = { autoCommit: false, eachBatchAutoResolve: true, partitionsConsumedConcurrently: 1 };
    let second = 0;
    await member.consumer.run({
      ...run,
      eachBatch: async () => {
        second++;
      },
    });
    await trial.sendEach(topic, 0, ['a']);
    await eventually(() => expect(member.values()).toEqual(['a']));
    expect([member.joins.length, second]).toEqual([1, 0]);
  });

  behaviour('two members share the partitions: each has one owner, and the member with the smaller id has the odd one', async (trial) => {
    const topic = await trial.topic(5);
    const members = [await trial.member({ topics: [topic] }), await trial.member({ topics: [topic] })];
    await eventually(() => expect(members.map(({ joins }) => joins.length)).toEqual([2, 1]));
    members.sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
    // Which ones is not said: brokers tell partitions in any order, and kafkajs deals them out in that.
    expect(shares(topic, members).map((partitions) => partitions.length)).toEqual([3, 2]);
    expect(shares(topic, members).flat().sort()).toEqual([0, 1, 2, 3, 4]);
  });

  behaviour('the partitions of several topics are dealt out as one row, in the order of the subscription', async (trial) => {
    const topics = [await trial.topic(1), await trial.topic(2)] as const;
    const members = [await trial.member({ topics: [...topics] }), await trial.member({ topics: [...topics] })];
    await eventually(() => expect(members[0]?.joins).toHaveLength(2));
    members.sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
    expect(shares(topics[0], members)).toEqual([[0], []]);
    expect(shares(topics[1], members).map((partitions) => partitions.length)).toEqual([1, 1]);
  });

  behaviour('both members agree on the leader, and one of them is it', async (trial) => {
    const topic = await trial.topic(2);
    const members = [await trial.member({ topics: [topic] }), await trial.member({ topics: [topic] })];
    await eventually(() => expect(members[0]?.joins).toHaveLength(2));
    const joins = members.map(({ joins }) => joins.at(-1));
    expect(joins[0]?.leaderId).toBe(joins[1]?.leaderId);
    expect(joins.filter((join) => join?.isLeader).map((join) => join?.memberId)).toEqual([joins[0]?.leaderId]);
  });

  behaviour('a member keeps its id when the group is rebalanced', async (trial) => {
    const topic = await trial.topic(2);
    const member = await trial.member({ topics: [topic] });
    await trial.member({ topics: [topic] });
    await eventually(() => expect(member.joins).toHaveLength(2));
    expect(new Set(member.joins.map(({ memberId }) => memberId)).size).toBe(1);
  });

  behaviour('a member too many gets nothing, and takes over when another leaves', async (trial) => {
    const topic = await trial.topic(1);
    const members = [await trial.member({ topics: [topic] }), await trial.member({ topics: [topic] })];
    await eventually(() => expect(members[0]?.joins).toHaveLength(2));
    const owner = members.find((member) => member.assigned(topic).length === 1);
    const other = members.find((member) => member !== owner);
    expect(other?.joins.at(-1)?.memberAssignment).toEqual({});
    await owner?.consumer.disconnect();
    await eventually(() => expect(other?.assigned(topic)).toEqual([0]));
    await trial.sendEach(topic, 0, ['a']);
    await eventually(() => expect(other?.values()).toEqual(['a']));
  });

  for (const leave of ['stop', 'disconnect'] as const) {
    behaviour(`${leave} leaves the group, and the partitions go to who is left, from what was committed`, async (trial) => {
      const topic = await trial.topic(4);
      // Long enough that the session's end cannot be what hands them over.
      const options = { topics: [topic], sessionTimeout: 300_000 };
      const [leaver, heir] = [await trial.member(options), await trial.member(options)];
      await eventually(() => expect(leaver.joins).toHaveLength(2));
      const [theirs = -1] = leaver.assigned(topic);
      await trial.sendEach(topic, theirs, ['a', 'b']);
      await eventually(() => expect(leaver.values(theirs)).toContain('b'));
      await leaver.consumer.commitOffsets([{ topic, partition: theirs, offset: '1' }]);
      await leaver.consumer[leave]();
      await eventually(() => expect(heir.assigned(topic)).toEqual([0, 1, 2, 3]));
      await eventually(() => expect(heir.values(theirs)).toEqual(['b']));
    });
  }

  behaviour('a member that dies is missed when its session ends, and its partitions go to who is left', async (trial) => {
    const topic = await trial.topic(2);
    const [victim, heir] = [await trial.member({ topics: [topic], sessionTimeout: 2_000 }), await trial.member({ topics: [topic] })];
    await eventually(() => expect(shares(topic, [victim, heir]).flat().sort()).toEqual([0, 1]));
    const [theirs = -1] = victim.assigned(topic);
    await trial.sendEach(topic, theirs, ['a']);
    await eventually(() => expect(victim.values()).toEqual(['a']));
    victim.kill();
    await eventually(() => expect(heir.assigned(topic)).toEqual([0, 1]));
    await trial.sendEach(topic, theirs, ['b']);
    await eventually(() => expect(heir.values(theirs)).toEqual(['a', 'b']));
    expect(victim.values()).toEqual(['a']);
  });

  behaviour('a rebalance goes back to what was committed, also in partitions that stay', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 0, ['a', 'b', 'c']);
    await trial.sendEach(topic, 1, ['1', '2', '3']);
    const member = await trial.member({ topics: [topic] });
    await eventually(() => expect(member.delivered).toHaveLength(6));
    await member.consumer.commitOffsets([0, 1].map((partition) => ({ topic, partition, offset: '2' })));
    await trial.member({ topics: [topic] });
    await eventually(() => expect(member.joins).toHaveLength(2));
    const [stayed = -1] = member.assigned(topic);
    await eventually(() => expect(member.values(stayed)).toEqual(stayed === 0 ? ['a', 'b', 'c', 'c'] : ['1', '2', '3', '3']));
  });

  behaviour('a partition that stays is read on without a gap when it is sought as it is assigned', async (trial) => {
    const topic = await trial.topic(2);
    for (const partition of [0, 1]) await trial.sendEach(topic, partition, ['a', 'b']);
    const member = await trial.outsider({ topics: [topic] });
    member.consumer.on('consumer.group_join', () => {
      for (const partition of member.assigned(topic)) {
        member.consumer.seek({ topic, partition, offset: String(member.values(partition).length) });
      }
    });
    await member.join();
    await eventually(() => expect(member.delivered).toHaveLength(4));
    await trial.member({ topics: [topic] });
    await eventually(() => expect(member.joins).toHaveLength(2));
    const [stayed = -1] = member.assigned(topic);
    await trial.sendEach(topic, stayed, ['c']);
    await eventually(() => expect(member.values(stayed).at(-1)).toBe('c'));
    expect(member.values(stayed)).toEqual(['a', 'b', 'c']);
  });

  behaviour('a partition that is paused stays so over a rebalance', async (trial) => {
    const topic = await trial.topic(2);
    const member = await trial.member({ topics: [topic] });
    member.consumer.pause([{ topic, partitions: [0, 1] }]);
    await trial.member({ topics: [topic] });
    await eventually(() => expect(member.joins).toHaveLength(2));
    // Of what it does not have any more it says nothing.
    expect(member.consumer.paused()).toEqual([{ topic, partitions: member.assigned(topic) }]);
  });

  behaviour('a member says that the group is being rebalanced before it joins again', async (trial) => {
    const topic = await trial.topic(2);
    const member = await trial.outsider({ topics: [topic] });
    const events: string[] = [];
    for (const event of ['consumer.rebalancing', 'consumer.group_join']) member.consumer.on(event, ({ type }) => void events.push(type));
    await member.join();
    await trial.member({ topics: [topic] });
    await eventually(() => expect(events).toEqual(['consumer.group_join', 'consumer.rebalancing', 'consumer.group_join']));
  });

  behaviour('a rebalance waits for handlers: their heartbeats tell them, and what they commit is stored', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 0, ['a']);
    const [told, leave] = [trial.gate(), trial.gate()];
    let error = '';
    const member = await trial.member({
      topics: [topic],
      eachBatch: async ({ heartbeat, commitOffsetsIfNecessary }) => {
        if (error) return;
        error = await eventually(async () => {
          const said = await refusal(heartbeat());
          expect(said).not.toBe('it was not refused');
          return said;
        });
        await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition: 0, offset: '1', metadata: 'in time' }] }] });
        told.open();
        await leave.opened;
      },
    });
    await eventually(() => expect(member.values()).toEqual(['a']));
    const second = await trial.outsider({ topics: [topic] });
    const joined = second.join();
    await told.opened;
    expect(error).toBe('REBALANCE_IN_PROGRESS');
    expect([member.joins.length, second.joins.length]).toEqual([1, 0]);
    expect((await trial.committed(topic))[0]).toEqual({ partition: 0, offset: '1', metadata: 'in time' });
    leave.open();
    await joined;
    await eventually(() => expect(shares(topic, [member, second]).flat().sort()).toEqual([0, 1]));
  });

  behaviour(
    'a member whose handler outlasts its session is put out: its commit is refused, and it joins again with a new id',
    async (trial) => {
      const topic = await trial.topic(1);
      await trial.sendEach(topic, 0, ['a']);
      const [entered, leave, done] = [trial.gate(), trial.gate(), trial.gate()];
      let answer = '';
      const late = await trial.member({
        topics: [topic],
        sessionTimeout: 1_500,
        eachBatch: async ({ commitOffsetsIfNecessary }) => {
          if (answer) return;
          entered.open();
          await leave.opened;
          answer = await refusal(commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition: 0, offset: '1' }] }] }));
          done.open();
        },
      });
      await entered.opened;
      const heir = await trial.member({ topics: [topic] });
      expect(heir.assigned(topic)).toEqual([0]);
      await eventually(() => expect(heir.values()).toEqual(['a']));
      await heir.consumer.commitOffsets([{ topic, partition: 0, offset: '0', metadata: 'the heir' }]);
      leave.open();
      await done.opened;
      expect(answer).toBe('UNKNOWN_MEMBER_ID');
      expect(await trial.committed(topic)).toEqual([{ partition: 0, offset: '0', metadata: 'the heir' }]);
      await eventually(() => expect(new Set(late.joins.map(({ memberId }) => memberId)).size).toBe(2));
    },
  );

  behaviour('a member whose handler outlasts the rebalance timeout is left behind, and its commit is refused', async (trial) => {
    const topic = await trial.topic(2);
    const options = { topics: [topic], rebalanceTimeout: 1_000, sessionTimeout: 60_000 };
    await trial.sendEach(topic, 0, ['a']);
    const [entered, leave, done] = [trial.gate(), trial.gate(), trial.gate()];
    let answer = '';
    const late = await trial.member({
      ...options,
      eachBatch: async ({ commitOffsetsIfNecessary }) => {
        if (answer) return;
        entered.open();
        await leave.opened;
        answer = await refusal(commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition: 0, offset: '1' }] }] }));
        done.open();
      },
    });
    await entered.opened;
    const heir = await trial.member(options);
    expect(heir.assigned(topic)).toEqual([0, 1]);
    leave.open();
    await done.opened;
    expect(answer).toBe('UNKNOWN_MEMBER_ID');
    await eventually(() => expect(shares(topic, [late, heir]).flat().sort()).toEqual([0, 1]));
  });

  behaviour('a member that is given nothing may commit all the same, for its generation is that of the group', async (trial) => {
    const topic = await trial.topic(1);
    await trial.sendEach(topic, 0, ['a']);
    const members = [await trial.member({ topics: [topic] }), await trial.member({ topics: [topic] })];
    await eventually(() => expect(members[0]?.joins).toHaveLength(2));
    const standby = members.find((member) => member.assigned(topic).length === 0);
    await standby?.consumer.commitOffsets([{ topic, partition: 0, offset: '1', metadata: 'not the owner' }]);
    expect(await trial.committed(topic)).toEqual([{ partition: 0, offset: '1', metadata: 'not the owner' }]);
  });

  behaviour('a commit with the generation before the rebalance is refused', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 0, ['a']);
    let payload: KafkaBatchPayload | undefined;
    const answers: string[] = [];
    // The leader is asked to assign when the group has its new generation, and has not been given it yet.
    const member = await trial.member({
      topics: [topic],
      partitionAssigners: [
        everythingToTheFirst(async () => {
          if (payload)
            answers.push(
              await refusal(payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition: 0, offset: '1' }] }] })),
            );
        }),
      ],
      eachBatch: (batch) => void (payload = batch),
    });
    await eventually(() => expect(member.values()).toEqual(['a']));
    await trial.member({ topics: [topic], partitionAssigners: [everythingToTheFirst(() => Promise.resolve())] });
    await eventually(() => expect(answers.length).toBeGreaterThan(0));
    expect(answers[0]).toBe('ILLEGAL_GENERATION');
    expect(await trial.committed(topic)).toMatchObject([{ offset: '-1' }, { offset: '-1' }]);
  });

  behaviour("a handler that passes on its heartbeat's error makes its member join again, and does not crash it", async (trial) => {
    const topic = await trial.topic(2);
    for (const partition of [0, 1]) await trial.sendEach(topic, partition, ['a']);
    const entered = trial.gate();
    const member = await trial.member({
      topics: [topic],
      eachBatch: async ({ heartbeat }) => {
        entered.open();
        while (member.joins.length === 1) {
          await new Promise(setImmediate);
          await heartbeat();
        }
      },
    });
    await entered.opened;
    const second = await trial.member({ topics: [topic] });
    await eventually(() => expect(member.joins).toHaveLength(2));
    await eventually(() => expect(second.values()).toEqual(['a']));
    expect(member.crashes).toEqual([]);
  });

  behaviour('a member whose topics the leader has not subscribed to is given none of them', async (trial) => {
    const [theirs, own] = [await trial.topic(2), await trial.topic(1)];
    const leader = await trial.member({ topics: [theirs] });
    const other = await trial.outsider({ topics: [own] });
    const unsubscribed: unknown[] = [];
    other.consumer.on('consumer.received_unsubscribed_topics', ({ payload }) => void unsubscribed.push(payload));
    await other.join();
    await eventually(() => expect(leader.joins).toHaveLength(2));
    // The half of the leader's topic that fell to it is read by nobody.
    expect(leader.assigned(theirs)).toHaveLength(1);
    expect(other.joins.at(-1)?.memberAssignment).toEqual({});
    expect(unsubscribed).toMatchObject([{ groupId: trial.groupId, topicsSubscribed: [own], topicsNotSubscribed: [theirs] }]);
  });
});
