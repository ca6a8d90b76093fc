import { describe, expect } from 'vitest';
import { behaviourOf, errorType, eventually, expectGoesOnAtEnd, refusal } from './behaviour';
import { brokers } from './brokers';

const sorted = <T extends { partition: number }>(offsets: T[]): T[] => offsets.toSorted((a, b) => a.partition - b.partition);

describe.each(brokers)('offsets of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('fetchTopicOffsets gives the first offset and the one after the last', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 1, ['a', 'b', 'c']);
    expect(sorted(await (await trial.admin()).fetchTopicOffsets(topic))).toEqual([
      { partition: 0, offset: '0', high: '0', low: '0' },
      { partition: 1, offset: '3', high: '3', low: '0' },
    ]);
  });

  behaviour('the first offset moves when the records before it are deleted', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b', 'c']);
    await broker.deleteBefore({ topic, partition: 0, offset: 2 });
    expect(await (await trial.admin()).fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: '3', high: '3', low: '2' }]);
  });

  behaviour('an offset by timestamp is the first whose record is not earlier, or else the end', async (trial) => {
    const topic = await trial.topic(2);
    await trial.send(
      topic,
      ['1000', '2000', '2000', '5000', '3000', '4000'].map((timestamp) => ({ partition: 0, timestamp, value: 'x' })),
    );
    const admin = await trial.admin();
    const at = async (timestamp?: number): Promise<string[]> =>
      sorted(await admin.fetchTopicOffsetsByTimestamp(topic, timestamp)).map(({ offset }) => offset);
    expect({
      before: await at(0),
      exact: await at(1_000),
      between: await at(1_001),
      tie: await at(2_000),
      'after an out of order one': await at(3_000),
      last: await at(5_000),
      after: await at(5_001),
      none: await at(),
    }).toEqual({
      before: ['0', '0'],
      exact: ['0', '0'],
      between: ['1', '0'],
      tie: ['1', '0'],
      'after an out of order one': ['3', '0'],
      last: ['3', '0'],
      after: ['6', '0'],
      none: ['6', '0'],
    });
  });

  behaviour('deleted records are not found by their timestamps', async (trial) => {
    const topic = await trial.topic();
    for (const timestamp of ['1000', '2000', '3000']) await trial.send(topic, [{ timestamp, value: 'x' }]);
    await broker.deleteBefore({ topic, partition: 0, offset: 1 });
    expect(await (await trial.admin()).fetchTopicOffsetsByTimestamp(topic, 500)).toEqual([{ partition: 0, offset: '1' }]);
  });

  behaviour('a group that has never committed has -1 for every partition', async (trial) => {
    const topic = await trial.topic(2);
    expect(await trial.committed(topic)).toEqual([
      { partition: 0, offset: '-1', metadata: null },
      { partition: 1, offset: '-1', metadata: null },
    ]);
  });

  behaviour('a commit is stored with its metadata, and no other partition gets one', async (trial) => {
    const topic = await trial.topic(3);
    await trial.sendEach(topic, 1, ['a', 'b']);
    await trial.commit(topic, [{ partition: 1, offset: '2', metadata: 'as far as ⅔' }]);
    expect(await trial.committed(topic)).toEqual([
      { partition: 0, offset: '-1', metadata: null },
      { partition: 1, offset: '2', metadata: 'as far as ⅔' },
      { partition: 2, offset: '-1', metadata: null },
    ]);
  });

  behaviour('groups commit each for itself', async (trial) => {
    const topic = await trial.topic();
    await trial.commit(topic, [{ partition: 0, offset: '1' }]);
    const offsets = await (await trial.admin()).fetchOffsets({ groupId: `${trial.groupId}-other`, topics: [topic] });
    expect(offsets).toEqual([{ topic, partitions: [{ partition: 0, offset: '-1', metadata: null }] }]);
  });

  behaviour('metadata that is null, empty or left out comes back as null', async (trial) => {
    const topic = await trial.topic(3);
    await trial.commit(topic, [
      { partition: 0, offset: '0', metadata: null },
      { partition: 1, offset: '0', metadata: '' },
      { partition: 2, offset: '0' },
    ]);
    expect((await trial.committed(topic)).map(({ offset, metadata }) => [offset, metadata])).toEqual([
      ['0', null],
      ['0', null],
      ['0', null],
    ]);
  });

  behaviour('a later commit replaces offset and metadata, and may go back', async (trial) => {
    const topic = await trial.topic();
    await trial.commit(topic, [{ partition: 0, offset: '5', metadata: 'first' }]);
    await trial.commit(topic, [{ partition: 0, offset: '3' }]);
    expect(await trial.committed(topic)).toEqual([{ partition: 0, offset: '3', metadata: null }]);
  });

  behaviour('metadata of 4,096 characters is stored, and of 4,097 refused', async (trial) => {
    const topic = await trial.topic();
    const { consumer } = await trial.member({ topics: [topic] });
    const commit = (metadata: string): Promise<void> => consumer.commitOffsets([{ topic, partition: 0, offset: '0', metadata }]);
    await commit('x'.repeat(4_096));
    expect((await trial.committed(topic))[0]?.metadata).toBe('x'.repeat(4_096));
    expect(await refusal(commit('y'.repeat(4_097)))).toBe('OFFSET_METADATA_TOO_LARGE');
    expect((await trial.committed(topic))[0]?.metadata).toBe('x'.repeat(4_096));
  });

  behaviour('the limit of metadata counts characters and not bytes', async (trial) => {
    const topic = await trial.topic();
    const { consumer } = await trial.member({ topics: [topic] });
    await consumer.commitOffsets([{ topic, partition: 0, offset: '0', metadata: '⅔'.repeat(4_096) }]);
    expect((await trial.committed(topic))[0]?.metadata).toBe('⅔'.repeat(4_096));
  });

  behaviour('a partition is stored though another of the same commit is refused', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 1, ['a', 'b']);
    const { consumer } = await trial.member({ topics: [topic] });
    const commit = consumer.commitOffsets([
      { topic, partition: 0, offset: '1', metadata: 'x'.repeat(4_097) },
      { topic, partition: 1, offset: '2', metadata: 'kept' },
    ]);
    expect(await refusal(commit)).toBe('OFFSET_METADATA_TOO_LARGE');
    expect(await trial.committed(topic)).toEqual([
      { partition: 0, offset: '-1', metadata: null },
      { partition: 1, offset: '2', metadata: 'kept' },
    ]);
  });

  behaviour('commitOffsetsIfNecessary commits the offsets that it is given, from within a batch', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 0, ['a', 'b', 'c']);
    await trial.member({
      topics: [topic],
      eachBatch: ({ commitOffsetsIfNecessary }) =>
        commitOffsetsIfNecessary({
          topics: [
            {
              topic,
              partitions: [
                { partition: 0, offset: '1', metadata: 'from the batch' },
                { partition: 1, offset: '0' },
              ],
            },
          ],
        }),
    });
    await eventually(async () =>
      expect(await trial.committed(topic)).toEqual([
        { partition: 0, offset: '1', metadata: 'from the batch' },
        { partition: 1, offset: '0', metadata: null },
      ]),
    );
  });

  behaviour('commitOffsetsIfNecessary works after its batch has been handled, and for other partitions', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 0, ['a']);
    let commit: ((offset: string) => Promise<void>) | undefined;
    const member = await trial.member({
      topics: [topic],
      eachBatch: ({ commitOffsetsIfNecessary }) => {
        commit = (offset) => commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition: 1, offset }] }] });
      },
    });
    await eventually(() => expect(member.values()).toEqual(['a']));
    await trial.sendEach(topic, 0, ['b']);
    await eventually(() => expect(member.values()).toEqual(['a', 'b']));
    await commit?.('4');
    expect((await trial.committed(topic))[1]).toEqual({ partition: 1, offset: '4', metadata: null });
  });

  behaviour('commitOffsetsIfNecessary without offsets commits nothing when autoCommit is off', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a']);
    const member = await trial.member({
      topics: [topic],
      eachBatch: async ({ resolveOffset, commitOffsetsIfNecessary }) => {
        resolveOffset('0');
        await commitOffsetsIfNecessary();
      },
    });
    await eventually(() => expect(member.values()).toEqual(['a']));
    await member.consumer.disconnect();
    expect(await trial.committed(topic)).toEqual([{ partition: 0, offset: '-1', metadata: null }]);
  });

  behaviour('a consumer that leaves commits nothing by itself', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b']);
    const member = await trial.member({ topics: [topic] });
    await eventually(() => expect(member.values()).toEqual(['a', 'b']));
    await member.consumer.disconnect();
    expect(await trial.committed(topic)).toEqual([{ partition: 0, offset: '-1', metadata: null }]);
  });

  behaviour('a negative offset cannot be committed, nor anything before run', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.outsider({ topics: [topic] });
    await expect(member.consumer.commitOffsets([{ topic, partition: 0, offset: '1' }])).rejects.toThrow(
      'Consumer group was not initialized, consumer#run must be called first',
    );
    await member.join();
    await expect(member.consumer.commitOffsets([{ topic, partition: 0, offset: '-1' }])).rejects.toThrow(
      'Offset must not be a negative number',
    );
  });

  behaviour('a commit of a consumer that is stopping resolves and stores nothing, but that of its batch is stored', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a']);
    const [entered, leave] = [trial.gate(), trial.gate()];
    let fromTheBatch: unknown = 'not yet';
    const member = await trial.member({
      topics: [topic],
      eachBatch: async ({ commitOffsetsIfNecessary }) => {
        entered.open();
        await leave.opened;
        await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition: 0, offset: '1', metadata: 'batch' }] }] });
        fromTheBatch = 'stored';
      },
    });
    await entered.opened;
    const stopped = member.consumer.stop();
    await member.consumer.commitOffsets([{ topic, partition: 0, offset: '1', metadata: 'consumer' }]);
    expect(await trial.committed(topic)).toEqual([{ partition: 0, offset: '-1', metadata: null }]);
    leave.open();
    await stopped;
    expect(fromTheBatch).toBe('stored');
    expect(await trial.committed(topic)).toEqual([{ partition: 0, offset: '1', metadata: 'batch' }]);
  });

  behaviour('a commit after the consumer has stopped is refused', async (trial) => {
    const topic = await trial.topic();
    const { consumer } = await trial.member({ topics: [topic] });
    await consumer.stop();
    expect(await refusal(consumer.commitOffsets([{ topic, partition: 0, offset: '1' }]))).toBe('KafkaJSNonRetriableError');
  });

  behaviour('an offset that has been deleted is not begun at: fromBeginning says where, and the commit says so', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b', 'c', 'd']);
    await trial.commit(topic, [{ partition: 0, offset: '1', metadata: 'gone' }]);
    await broker.deleteBefore({ topic, partition: 0, offset: 2 });
    const member = await trial.member({ topics: [topic], fromBeginning: true });
    await eventually(() => expect(member.values()).toEqual(['c', 'd']));
    expect(await trial.committed(topic)).toEqual([{ partition: 0, offset: '-2', metadata: null }]);
    expect(member.crashes.map(({ error }) => errorType(error))).toEqual([]);
  });

  behaviour('an offset past the end is not waited for: without fromBeginning delivery goes on at the end', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b']);
    await trial.commit(topic, [{ partition: 0, offset: '1000' }]);
    const member = await trial.member({ topics: [topic], fromBeginning: false });
    await expectGoesOnAtEnd(trial, member, topic);
  });

  behaviour('a partition is stored though another of the same commit does not exist', async (trial) => {
    const topic = await trial.topic();
    const { consumer } = await trial.member({ topics: [topic], retry: { retries: 0 } });
    const commit = consumer.commitOffsets([
      { topic, partition: 9, offset: '0' },
      { topic, partition: 0, offset: '0', metadata: 'kept' },
    ]);
    expect(await refusal(commit)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(await trial.committed(topic)).toEqual([{ partition: 0, offset: '0', metadata: 'kept' }]);
  });

  behaviour('fetchOffsets of no topic in particular has all that the group has committed', async (trial) => {
    const topics = [await trial.topic(2), await trial.topic()] as const;
    await trial.commit(topics[0], [{ partition: 1, offset: '0', metadata: 'one' }]);
    await trial.commit(topics[1], [{ partition: 0, offset: '0' }]);
    const offsets = await (await trial.admin()).fetchOffsets({ groupId: trial.groupId, topics: [] });
    expect(Object.fromEntries(offsets.map(({ topic, partitions }) => [topic, partitions]))).toEqual({
      [topics[0]]: [{ partition: 1, offset: '0', metadata: 'one' }],
      [topics[1]]: [{ partition: 0, offset: '0', metadata: null }],
    });
  });

  behaviour(
    'a commit while the first join is being told resolves and stores nothing, and while a later one is told it is stored',
    async (trial) => {
      const topic = await trial.topic(2);
      const member = await trial.outsider({ topics: [topic] });
      const commits: Promise<void>[] = [];
      member.consumer.on('consumer.group_join', () => {
        commits.push(member.consumer.commitOffsets([{ topic, partition: 0, offset: '0', metadata: `join ${member.joins.length}` }]));
      });
      await member.join();
      await commits[0];
      expect((await trial.committed(topic))[0]).toEqual({ partition: 0, offset: '-1', metadata: null });
      await trial.member({ topics: [topic] });
      await eventually(() => expect(commits).toHaveLength(2));
      await commits[1];
      expect((await trial.committed(topic))[0]).toEqual({ partition: 0, offset: '0', metadata: 'join 2' });
    },
  );
});
