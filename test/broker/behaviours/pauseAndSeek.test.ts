import { describe, expect } from 'vitest';
import { uniqueName } from '../realKafka';
import { behaviourOf, eventually } from './behaviour';
import { brokers } from './brokers';

describe.each(brokers)('pause and seek on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('a partition that is paused in its handler gets no more until it is resumed, and others go on', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 0, ['a']);
    const member = await trial.member({
      topics: [topic],
      eachBatch: ({ batch }) => {
        if (batch.partition === 0) member.consumer.pause([{ topic, partitions: [0] }]);
      },
    });
    await eventually(() => expect(member.values(0)).toEqual(['a']));
    expect(member.consumer.paused()).toEqual([{ topic, partitions: [0] }]);
    await trial.sendEach(topic, 0, ['b']);
    // Each of these is a fetch of its own, after `b` has been stored.
    for (const value of ['1', '2', '3', '4']) {
      await trial.sendEach(topic, 1, [value]);
      await eventually(() => expect(member.values(1).at(-1)).toBe(value));
    }
    expect(member.values(0)).toEqual(['a']);
    member.consumer.resume([{ topic, partitions: [0] }]);
    expect(member.consumer.paused()).toEqual([]);
    await eventually(() => expect(member.values(0)).toEqual(['a', 'b']));
  });

  behaviour('a partition that is paused when it is assigned is not read', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 0, ['a']);
    const member = await trial.outsider({ topics: [topic] });
    member.consumer.on('consumer.group_join', () => member.consumer.pause([{ topic, partitions: [0] }]));
    await member.join();
    for (const value of ['1', '2', '3']) {
      await trial.sendEach(topic, 1, [value]);
      await eventually(() => expect(member.values(1).at(-1)).toBe(value));
    }
    expect(member.values(0)).toEqual([]);
    member.consumer.resume([{ topic, partitions: [0] }]);
    await eventually(() => expect(member.values(0)).toEqual(['a']));
  });

  behaviour('a resumed partition goes on at the resolved offset', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['a', 'b', 'c'].map((value) => ({ value })),
    );
    const member = await trial.member({
      topics: [topic],
      eachBatchAutoResolve: false,
      eachBatch: ({ batch, resolveOffset }) => {
        if (member.delivered.length === 3) {
          resolveOffset('0');
          member.consumer.pause([{ topic, partitions: [0] }]);
        } else {
          resolveOffset(batch.lastOffset());
        }
      },
    });
    await eventually(() => expect(member.consumer.paused()).toEqual([{ topic, partitions: [0] }]));
    member.consumer.resume([{ topic, partitions: [0] }]);
    await eventually(() => expect(member.values()).toEqual(['a', 'b', 'c', 'b', 'c']));
  });

  behaviour('a topic is paused with all its partitions when none is named', async (trial) => {
    const [topic, other] = [await trial.topic(2), await trial.topic(1)];
    const member = await trial.outsider({ topics: [topic, other] });
    member.consumer.on('consumer.group_join', () => member.consumer.pause([{ topic }]));
    await member.join();
    expect(member.consumer.paused().map(({ topic: name, partitions }) => ({ name, partitions: partitions.toSorted() }))).toEqual([
      { name: topic, partitions: [0, 1] },
    ]);
    await trial.sendEach(topic, 1, ['held']);
    for (const value of ['1', '2', '3']) {
      await trial.sendEach(other, 0, [value]);
      await eventually(() => expect(member.values()).toContain(value));
    }
    expect(member.values()).not.toContain('held');
    member.consumer.resume([{ topic }]);
    expect(member.consumer.paused()).toEqual([]);
    await eventually(() => expect(member.values()).toContain('held'));
  });

  behaviour('a consumer that does not run cannot be paused, resumed or sought', async (trial) => {
    const topic = await trial.topic();
    const { consumer } = await trial.outsider({ topics: [topic] });
    const message = 'Consumer group was not initialized, consumer#run must be called first';
    expect(() => consumer.pause([{ topic }])).toThrow(message);
    expect(() => consumer.resume([{ topic }])).toThrow(message);
    expect(() => consumer.seek({ topic, partition: 0, offset: '0' })).toThrow(message);
    expect(consumer.paused()).toEqual([]);
  });

  behaviour('a seek when a partition is assigned comes before its first fetch, whatever is committed', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 0, ['a', 'b', 'c', 'd']);
    await trial.sendEach(topic, 1, ['1', '2']);
    await trial.commit(topic, [{ partition: 0, offset: '1' }]);
    const member = await trial.outsider({ topics: [topic] });
    member.consumer.on('consumer.group_join', () => member.consumer.seek({ topic, partition: 0, offset: '2' }));
    await member.join();
    await eventually(() => expect(member.delivered).toHaveLength(4));
    expect([member.values(0), member.values(1)]).toEqual([
      ['c', 'd'],
      ['1', '2'],
    ]);
  });

  behaviour('a seek in a handler makes its batch stale, and delivery goes on at the place that was sought', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['a', 'b', 'c', 'd'].map((value) => ({ value })),
    );
    const stale: boolean[][] = [];
    const member = await trial.member({
      topics: [topic],
      eachBatch: ({ batch, resolveOffset, isStale }) => {
        const before = isStale();
        if (stale.length === 0) {
          member.consumer.seek({ topic, partition: 0, offset: '2' });
          // What was sought counts, not what is resolved after it.
          resolveOffset(batch.lastOffset());
        }
        stale.push([before, isStale()]);
      },
    });
    await eventually(() => expect(stale).toHaveLength(2));
    expect(stale).toEqual([
      [false, true],
      [false, false],
    ]);
    expect(member.values()).toEqual(['a', 'b', 'c', 'd', 'c', 'd']);
  });

  behaviour('a seek of one partition does not make the batch of another stale', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 0, ['a']);
    const stale: boolean[] = [];
    const member = await trial.member({
      topics: [topic],
      eachBatch: ({ isStale }) => {
        member.consumer.seek({ topic, partition: 1, offset: '0' });
        stale.push(isStale());
      },
    });
    await eventually(() => expect(stale).toEqual([false]));
  });

  behaviour('the last of several seeks counts', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b', 'c']);
    const member = await trial.outsider({ topics: [topic] });
    member.consumer.on('consumer.group_join', () => {
      for (const offset of ['0', '2', '1']) member.consumer.seek({ topic, partition: 0, offset });
    });
    await member.join();
    await eventually(() => expect(member.values()).toEqual(['b', 'c']));
  });

  behaviour('a seek from outside brings records again, and commits nothing', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b']);
    const member = await trial.member({ topics: [topic] });
    await eventually(() => expect(member.values()).toEqual(['a', 'b']));
    member.consumer.seek({ topic, partition: 0, offset: '1' });
    await eventually(() => expect(member.values()).toEqual(['a', 'b', 'b']));
    expect(await trial.committed(topic)).toEqual([{ partition: 0, offset: '-1', metadata: null }]);
  });

  behaviour('a seek of a paused partition takes effect when it is resumed', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b', 'c']);
    const member = await trial.outsider({ topics: [topic] });
    member.consumer.on('consumer.group_join', () => member.consumer.pause([{ topic, partitions: [0] }]));
    await member.join();
    member.consumer.seek({ topic, partition: 0, offset: '2' });
    member.consumer.resume([{ topic, partitions: [0] }]);
    await eventually(() => expect(member.values()).toEqual(['c']));
  });

  behaviour('a seek past the end goes to the beginning or the end, as fromBeginning says', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b']);
    const member = await trial.outsider({ topics: [topic], fromBeginning: true });
    member.consumer.on('consumer.group_join', () => member.consumer.seek({ topic, partition: 0, offset: '50' }));
    await member.join();
    await eventually(() => expect(member.values()).toEqual(['a', 'b']));
  });

  behaviour('a seek to the very end waits for what comes', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b']);
    const member = await trial.outsider({ topics: [topic] });
    member.consumer.on('consumer.group_join', () => member.consumer.seek({ topic, partition: 0, offset: '2' }));
    await member.join();
    await trial.sendEach(topic, 0, ['c']);
    await eventually(() => expect(member.values()).toEqual(['c']));
  });

  behaviour(
    'a batch that was fetched before a seek or a pause is handled all the same, and only the seek makes it stale',
    async (trial) => {
      for (const act of ['seek', 'pause'] as const) {
        const topic = await trial.topic(2);
        for (const partition of [0, 1]) await trial.sendEach(topic, partition, ['a', 'b']);
        const handled: string[] = [];
        const member = await trial.member({
          topics: [topic],
          groupId: `${trial.groupId}-${act}`,
          eachBatch: ({ batch: { partition, messages }, isStale }) => {
            const other = 1 - partition;
            if (handled.length === 0) {
              if (act === 'seek') member.consumer.seek({ topic, partition: other, offset: '1' });
              else member.consumer.pause([{ topic, partitions: [other] }]);
            }
            handled.push(`${messages.length} records${isStale() ? ', stale' : ''}`);
          },
        });
        await eventually(() => expect(handled).toHaveLength(act === 'seek' ? 3 : 2));
        expect(handled).toEqual(act === 'seek' ? ['2 records', '2 records, stale', '1 records'] : ['2 records', '2 records']);
      }
    },
  );

  behaviour('a seek of a partition that is not assigned waits until it is', async (trial) => {
    const topic = await trial.topic(1);
    await trial.sendEach(topic, 0, ['a', 'b', 'c']);
    const members = [await trial.member({ topics: [topic] }), await trial.member({ topics: [topic] })];
    await eventually(() => expect(members[0]?.joins).toHaveLength(2));
    const owner = members.find((member) => member.assigned(topic).length === 1);
    const standby = members.find((member) => member !== owner);
    const before = standby?.values().length ?? 0;
    standby?.consumer.seek({ topic, partition: 0, offset: '2' });
    await owner?.consumer.disconnect();
    await eventually(() => expect(standby?.assigned(topic)).toEqual([0]));
    await eventually(() => expect(standby?.values().slice(before)).toEqual(['c']));
  });

  behaviour('what is paused is told of the assigned partitions, whether they were paused one by one or all at once', async (trial) => {
    const topic = await trial.topic(3);
    const { consumer } = await trial.member({ topics: [topic] });
    const paused = (): number[] => consumer.paused().flatMap(({ partitions }) => partitions.toSorted((a, b) => a - b));
    consumer.pause([{ topic }]);
    expect(paused()).toEqual([0, 1, 2]);
    consumer.resume([{ topic, partitions: [1] }]);
    expect(paused()).toEqual([0, 2]);
    // To name one is to forget that all were meant.
    consumer.pause([{ topic, partitions: [1] }]);
    expect(paused()).toEqual([1]);
    consumer.resume([{ topic }]);
    expect(paused()).toEqual([]);
    consumer.pause([{ topic, partitions: [2] }]);
    consumer.pause([{ topic: uniqueName('other'), partitions: [0] }]);
    expect(consumer.paused()).toEqual([{ topic, partitions: [2] }]);
  });
});
