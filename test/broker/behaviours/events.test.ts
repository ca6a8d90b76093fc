import { describe, expect } from 'vitest';
import type { KafkaEvent } from '../../../src/kafka/client';
import { behaviourOf, eventually, refusal } from './behaviour';
import { brokers } from './brokers';

interface Stored {
  readonly groupId: string;
  readonly memberId: string;
  readonly groupGenerationId: number;
  readonly topics: { topic: string; partitions: { partition: number; offset: unknown; metadata?: string | null }[] }[];
}

describe.each(brokers)('events of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('an event has a type, a time and a payload', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.outsider({ topics: [topic] });
    const events: KafkaEvent[] = [];
    member.consumer.on('consumer.group_join', (event) => void events.push(event));
    const before = Date.now();
    await member.join();
    expect(events).toMatchObject([{ type: 'consumer.group_join', payload: { memberId: member.memberId } }]);
    expect(events[0]?.timestamp).toBeGreaterThanOrEqual(before);
    expect(events[0]?.timestamp).toBeLessThanOrEqual(Date.now());
  });

  behaviour('each batch has a START_BATCH_PROCESS before its handler and an END_BATCH_PROCESS after it', async (trial) => {
    const topic = await trial.topic(2);
    await trial.send(
      topic,
      ['a', 'b', 'c', 'd'].map((value) => ({ partition: 1, value })),
    );
    const said: unknown[] = [];
    const member = await trial.outsider({ topics: [topic], eachBatch: () => void said.push('handler') });
    for (const event of ['consumer.start_batch_process', 'consumer.end_batch_process']) {
      member.consumer.on(event, ({ type, payload }) => void said.push([type, payload]));
    }
    member.consumer.on('consumer.group_join', () => member.consumer.seek({ topic, partition: 1, offset: '1' }));
    await member.join();
    await eventually(() => expect(said).toHaveLength(3));
    const batch = {
      topic,
      partition: 1,
      highWatermark: '4',
      offsetLag: '0',
      offsetLagLow: '2',
      batchSize: 3,
      firstOffset: '1',
      lastOffset: '3',
    };
    expect(said).toEqual([
      ['consumer.start_batch_process', batch],
      'handler',
      ['consumer.end_batch_process', { ...batch, duration: expect.any(Number) as number }],
    ]);
  });

  behaviour('a handler that throws has no END_BATCH_PROCESS', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a']);
    const said: string[] = [];
    const member = await trial.outsider({
      topics: [topic],
      eachBatch: () => {
        said.push('handler');
        if (said.length === 1) throw new Error('the handler fails once');
      },
    });
    member.consumer.on('consumer.end_batch_process', () => void said.push('end'));
    await member.join();
    await eventually(() => expect(said).toEqual(['handler', 'handler', 'end']));
  });

  behaviour('COMMIT_OFFSETS says what was stored, of the consumer and of a batch', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b']);
    const commits: Stored[] = [];
    const member = await trial.outsider({
      topics: [topic],
      eachBatch: ({ batch, commitOffsetsIfNecessary }) =>
        commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition: 0, offset: batch.lastOffset(), metadata: 'batch' }] }] }),
    });
    member.consumer.on('consumer.commit_offsets', ({ payload }) => void commits.push(payload as Stored));
    await member.join();
    await eventually(() => expect(commits.length).toBeGreaterThan(0));
    await member.consumer.commitOffsets([{ topic, partition: 0, offset: '2', metadata: 'consumer' }]);
    const text = ({ groupId, memberId, groupGenerationId, topics }: Stored): unknown => ({
      groupId,
      memberId,
      groupGenerationId,
      topics: topics.map(({ topic: name, partitions }) => [
        name,
        partitions.map(({ partition, offset, metadata }) => [partition, String(offset), metadata]),
      ]),
    });
    const group = { groupId: trial.groupId, memberId: member.memberId, groupGenerationId: 1 };
    expect(commits.map(text)).toContainEqual({ ...group, topics: [[topic, [[0, '1', 'batch']]]] });
    expect(text(commits.at(-1) as Stored)).toEqual({ ...group, topics: [[topic, [[0, '2', 'consumer']]]] });
  });

  behaviour('COMMIT_OFFSETS comes before the commit resolves, and not at all when it is refused', async (trial) => {
    const topic = await trial.topic();
    const { consumer } = await trial.member({ topics: [topic] });
    let stored = 0;
    consumer.on('consumer.commit_offsets', () => {
      stored++;
    });
    await consumer.commitOffsets([{ topic, partition: 0, offset: '0' }]);
    expect(stored).toBe(1);
    await refusal(consumer.commitOffsets([{ topic, partition: 0, offset: '0', metadata: 'x'.repeat(4_097) }]));
    expect(stored).toBe(1);
  });

  behaviour('the generation counts up with each rebalance', async (trial) => {
    const topic = await trial.topic(2);
    const member = await trial.member({ topics: [topic] });
    const generations: number[] = [];
    member.consumer.on('consumer.commit_offsets', ({ payload }) => void generations.push((payload as Stored).groupGenerationId));
    const commit = (): Promise<void> => member.consumer.commitOffsets([{ topic, partition: 0, offset: '0' }]);
    await commit();
    await trial.member({ topics: [topic] });
    await eventually(() => expect(member.joins).toHaveLength(2));
    await commit();
    expect(generations).toEqual([1, 2]);
  });

  behaviour('connecting, stopping and disconnecting are told, each once', async (trial) => {
    const topic = await trial.topic();
    const consumer = broker.kafka().consumer({ groupId: trial.groupId, maxWaitTimeInMs: 50 });
    const events: string[] = [];
    for (const event of ['consumer.connect', 'consumer.group_join', 'consumer.stop', 'consumer.disconnect']) {
      consumer.on(event, ({ type }) => void events.push(type));
    }
    await trial.connected(consumer);
    await consumer.subscribe({ topics: [topic] });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      partitionsConsumedConcurrently: 1,
      eachBatch: () => Promise.resolve(),
    });
    await consumer.disconnect();
    expect(events).toEqual(['consumer.connect', 'consumer.connect', 'consumer.group_join', 'consumer.stop', 'consumer.disconnect']);
  });

  behaviour('a listener hears nothing any more when it has been taken back', async (trial) => {
    const topic = await trial.topic(2);
    const member = await trial.member({ topics: [topic] });
    let heard = 0;
    const takeBack = member.consumer.on('consumer.commit_offsets', () => {
      heard++;
    });
    const commit = (): Promise<void> => member.consumer.commitOffsets([{ topic, partition: 0, offset: '0' }]);
    await commit();
    takeBack();
    await commit();
    expect(heard).toBe(1);
  });

  behaviour('an event that does not exist cannot be listened to', async () => {
    const consumer = broker.kafka().consumer({ groupId: 'listeners' });
    expect(() => consumer.on('consumer.imagined', () => undefined)).toThrow('Event name should be one of');
  });

  behaviour('a group counts its generations on when all have left', async (trial) => {
    const topic = await trial.topic();
    await trial.commit(topic, [{ partition: 0, offset: '0' }]);
    const { consumer } = await trial.member({ topics: [topic] });
    const generations: number[] = [];
    consumer.on('consumer.commit_offsets', ({ payload }) => void generations.push((payload as Stored).groupGenerationId));
    await consumer.commitOffsets([{ topic, partition: 0, offset: '0' }]);
    expect(generations).toEqual([3]);
  });

  behaviour('a listener that throws when it is told of a join makes the join fail, and the consumer crash for good', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.outsider({ topics: [topic] });
    member.consumer.on('consumer.group_join', () => {
      throw new Error('the listener is broken');
    });
    await member.join();
    await eventually(() => expect(member.crashes).toHaveLength(1));
    expect(member.crashes[0]).toMatchObject({ restart: false, error: { message: 'the listener is broken' } });
  });

  behaviour('a crash is told when the consumer has stopped and disconnected', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a']);
    const member = await trial.outsider({
      topics: [topic],
      eachBatch: () => {
        throw new TypeError('the handler is broken');
      },
    });
    const events: string[] = [];
    for (const event of ['consumer.stop', 'consumer.disconnect', 'consumer.crash'])
      member.consumer.on(event, ({ type }) => void events.push(type));
    await member.join();
    await eventually(() => expect(events).toEqual(['consumer.stop', 'consumer.disconnect', 'consumer.crash']));
  });

  behaviour('a consumer that has never run can be stopped and disconnected, more than once', async (trial) => {
    const consumer = await trial.connected(broker.kafka().consumer({ groupId: trial.groupId }));
    const events: string[] = [];
    for (const event of ['consumer.stop', 'consumer.disconnect']) consumer.on(event, ({ type }) => void events.push(type));
    await consumer.stop();
    await consumer.disconnect();
    await consumer.disconnect();
    expect(events).toEqual(['consumer.disconnect', 'consumer.disconnect']);
  });
});
