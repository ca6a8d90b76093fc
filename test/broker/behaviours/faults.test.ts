import type { FakeKafkaClient } from 'millrace/testing';
import { describe, expect } from 'vitest';
import { behaviourOf, errorType, eventually, refusal } from './behaviour';
import { brokers } from './brokers';
import type { Trial } from './trial';

/** What is in partition 0 of a topic. */
async function stored(trial: Trial, topic: string): Promise<(string | undefined)[]> {
  const admin = await trial.admin();
  const reader = await trial.member({ groupId: `${trial.groupId}-stored`, topics: [topic] });
  await eventually(async () => {
    const [partition] = await admin.fetchTopicOffsets(topic);
    expect(reader.delivered).toHaveLength(Number(partition?.high));
  });
  return reader.values();
}

/** A producer and its client, to arrange faults of. */
async function producerOf(trial: Trial, options?: { readonly hasty?: boolean }) {
  const client: FakeKafkaClient = trial.broker.kafka(options);
  const producer = await trial.connected(client.producer({ allowAutoTopicCreation: false }));
  const send = (topic: string, value: string) => producer.send({ topic, messages: [{ partition: 0, value }] });
  return { client, send };
}

describe.each(brokers)('faults of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('a produce whose answer is lost is sent again, and stored twice', async (trial) => {
    const topic = await trial.topic();
    const { client, send } = await producerOf(trial);
    broker.inject(client, { on: 'produce', then: 'loseAnswer' });
    await send(topic, 'x');
    expect(await stored(trial, topic)).toEqual(['x', 'x']);
  });

  behaviour('a produce that does not reach the broker is sent again, and stored once', async (trial) => {
    const topic = await trial.topic();
    const { client, send } = await producerOf(trial);
    broker.inject(client, { on: 'produce', then: { error: 'CONNECTION_CLOSED' } });
    await send(topic, 'x');
    expect(await stored(trial, topic)).toEqual(['x']);
  });

  behaviour('a produce that never reaches the broker is refused with what went wrong last', async (trial) => {
    const topic = await trial.topic();
    const { client, send } = await producerOf(trial);
    await send(topic, 'x');
    broker.inject(client, { on: 'produce', times: Infinity, then: { error: 'CONNECTION_CLOSED' } });
    const error = await send(topic, 'y').catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ name: 'KafkaJSNumberOfRetriesExceeded', retriable: false });
    expect(errorType(error)).toBe('KafkaJSConnectionClosedError');
    expect(await stored(trial, topic)).toEqual(['x']);
  });

  behaviour('a produce that hangs is sent again after the request timeout, and stored once', async (trial) => {
    const topic = await trial.topic();
    const { client, send } = await producerOf(trial, { hasty: true });
    broker.inject(client, { on: 'produce', then: 'hang' });
    await send(topic, 'x');
    expect(await stored(trial, topic)).toEqual(['x']);
  });

  behaviour('a produce that takes longer than the request timeout is stored, and sent again', async (trial) => {
    const topic = await trial.topic();
    const { client, send } = await producerOf(trial, { hasty: true });
    broker.inject(client, { on: 'produce', then: { delay: '3s' } });
    await send(topic, 'x');
    expect(await stored(trial, topic)).toEqual(['x', 'x']);
  });

  behaviour('what is sent after a slow produce is stored after it', async (trial) => {
    const topic = await trial.topic();
    const { client, send } = await producerOf(trial);
    await send(topic, 'first');
    broker.inject(client, { on: 'produce', then: { delay: 500 } });
    const slow = send(topic, 'slow');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await Promise.all([slow, send(topic, 'quick')]);
    expect(await stored(trial, topic)).toEqual(['first', 'slow', 'quick']);
  });

  behaviour('a commit of a batch whose answer is lost is stored, and refused', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'x' }]);
    const outcomes: string[] = [];
    const member = await trial.outsider({
      topics: [topic],
      eachBatch: async ({ commitOffsetsIfNecessary }) => {
        const commit = { topics: [{ topic, partitions: [{ partition: 0, offset: '1' }] }] };
        outcomes.push(await refusal(commitOffsetsIfNecessary(commit)));
      },
    });
    member.inject({ on: 'offsetCommit', then: 'loseAnswer' });
    await member.join();
    await eventually(() => expect(outcomes).toEqual(['KafkaJSConnectionClosedError']));
    expect(await trial.committed(topic)).toMatchObject([{ offset: '1' }]);
    expect(member.crashes).toEqual([]);
  });

  behaviour('a commit of a batch that hangs is refused after the request timeout, and not stored', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'x' }]);
    const outcomes: string[] = [];
    const member = await trial.outsider({
      hasty: true,
      topics: [topic],
      eachBatch: async ({ commitOffsetsIfNecessary }) => {
        const commit = { topics: [{ topic, partitions: [{ partition: 0, offset: '1' }] }] };
        outcomes.push(await refusal(commitOffsetsIfNecessary(commit)));
      },
    });
    member.inject({ on: 'offsetCommit', then: 'hang' });
    await member.join();
    await eventually(() => expect(outcomes).toEqual(['KafkaJSRequestTimeoutError']));
    expect(await trial.committed(topic)).toMatchObject([{ offset: '-1' }]);
  });

  behaviour('a commit of a consumer whose answer is lost is sent again', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.member({ topics: [topic] });
    member.inject({ on: 'offsetCommit', then: 'loseAnswer' });
    await member.consumer.commitOffsets([{ topic, partition: 0, offset: '7' }]);
    expect(await trial.committed(topic)).toMatchObject([{ offset: '7' }]);
    expect(member.joins).toHaveLength(1);
  });

  behaviour('that a connection was closed is told when the fetch that is under way on the other has ended', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.member({ topics: [topic], maxWaitTimeInMs: 1_500 });
    await new Promise<void>((resolve) => member.consumer.on('consumer.fetch_start', () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 50));
    member.inject({ on: 'offsetCommit', then: 'loseAnswer' });
    const begin = performance.now();
    await member.consumer.commitOffsets([{ topic, partition: 0, offset: '7' }]);
    expect(performance.now() - begin).toBeGreaterThan(1_200);
  });

  behaviour('a fetch whose connection closes goes on at once, without another join', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.member({ topics: [topic] });
    member.inject({ on: 'fetch', then: { error: 'CONNECTION_CLOSED' } });
    await trial.send(topic, [{ value: 'x' }]);
    await eventually(() => expect(member.values()).toEqual(['x']));
    expect([member.joins.length, member.crashes.length]).toEqual([1, 0]);
  });

  behaviour('records whose fetch lost its answer are fetched again, and delivered once', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'x' }, { value: 'y' }]);
    const member = await trial.outsider({ topics: [topic] });
    member.inject({ on: 'fetch', then: 'loseAnswer' });
    await member.join();
    await eventually(() => expect(member.values()).toEqual(['x', 'y']));
    expect([member.joins.length, member.crashes.length]).toEqual([1, 0]);
  });

  behaviour('a fetch that hangs is given up after the request timeout, and the consumer goes on', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.outsider({ hasty: true, topics: [topic] });
    member.inject({ on: 'fetch', then: 'hang' });
    const begin = performance.now();
    await member.join();
    await trial.send(topic, [{ value: 'x' }]);
    await eventually(() => expect(member.values()).toEqual(['x']));
    expect(performance.now() - begin).toBeGreaterThan(1_900);
    expect([member.joins.length, member.crashes.length]).toEqual([1, 0]);
  });

  behaviour('a heartbeat whose answer is lost is no reason to join again, or to deliver again', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.member({ topics: [topic] });
    member.inject({ on: 'heartbeat', times: 2, then: 'loseAnswer' });
    await trial.sendEach(topic, 0, ['x', 'y']);
    await eventually(() => expect(member.values()).toEqual(['x', 'y']));
    await trial.send(topic, [{ value: 'z' }]);
    await eventually(() => expect(member.values()).toEqual(['x', 'y', 'z']));
    expect([member.joins.length, member.crashes.length]).toEqual([1, 0]);
  });

  behaviour('committed offsets whose answer is lost are asked for again', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'x' }, { value: 'y' }]);
    await trial.commit(topic, [{ partition: 0, offset: '1' }]);
    const member = await trial.outsider({ topics: [topic] });
    member.inject({ on: 'offsetFetch', then: 'loseAnswer' });
    await member.join();
    await eventually(() => expect(member.values()).toEqual(['y']));
    expect([member.joins.length, member.crashes.length]).toEqual([1, 0]);
  });

  behaviour('the beginning of a partition whose answer is lost is asked for again', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'x' }]);
    const member = await trial.outsider({ topics: [topic] });
    member.inject({ on: 'listOffsets', then: 'loseAnswer' });
    await member.join();
    await eventually(() => expect(member.values()).toEqual(['x']));
    expect([member.joins.length, member.crashes.length]).toEqual([1, 0]);
  });

  behaviour('who loses the answer to its first join is no member yet: it crashes, begins again, and is alone', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'x' }]);
    const member = await trial.outsider({ topics: [topic] });
    member.inject({ on: 'joinGroup', then: 'loseAnswer' });
    await member.join();
    expect(member.crashes).toMatchObject([{ error: { name: 'KafkaJSConnectionClosedError' }, restart: true }]);
    await eventually(() => expect(member.values()).toEqual(['x']));
    expect(member.assigned(topic)).toEqual([0]);
  });

  behaviour('who loses the answer to its second join is a member that nobody is, until its session ends', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'x' }]);
    const member = await trial.outsider({ topics: [topic], sessionTimeout: 2_000 });
    member.inject({ on: 'joinGroup', nth: 2, then: 'loseAnswer' });
    const begin = performance.now();
    await member.join();
    expect(member.crashes).toMatchObject([{ error: { name: 'KafkaJSConnectionClosedError' }, restart: true }]);
    await eventually(() => expect(member.values()).toEqual(['x']));
    expect(performance.now() - begin).toBeGreaterThan(1_900);
  });

  behaviour('who loses its share crashes, and begins again as somebody else', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'x' }]);
    const member = await trial.outsider({ topics: [topic], sessionTimeout: 2_000 });
    member.inject({ on: 'syncGroup', then: 'loseAnswer' });
    await member.join();
    expect(member.crashes).toMatchObject([{ error: { name: 'KafkaJSConnectionClosedError' }, restart: true }]);
    await eventually(() => expect(member.values()).toEqual(['x']));
    expect(member.joins).toHaveLength(1);
  });

  behaviour('who is not told where the coordinator is crashes for good', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.outsider({ topics: [topic] });
    member.inject({ on: 'findCoordinator', then: { error: 'CONNECTION_CLOSED' } });
    await member.join();
    expect(member.crashes).toMatchObject([{ error: { name: 'KafkaJSGroupCoordinatorNotFound' }, restart: false }]);
  });

  behaviour('a subscription whose metadata is lost is refused', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.outsider({ topics: [topic] });
    member.inject({ on: 'metadata', then: 'loseAnswer' });
    expect(await refusal(member.join())).toBe('KafkaJSConnectionClosedError');
    await member.join();
    expect(member.assigned(topic)).toEqual([0]);
  });

  behaviour('a group is left though the answer is lost', async (trial) => {
    const topic = await trial.topic();
    const [leaver, stayer] = [await trial.member({ topics: [topic] }), await trial.outsider({ topics: [topic] })];
    leaver.inject({ on: 'leaveGroup', then: 'loseAnswer' });
    await leaver.consumer.disconnect();
    await stayer.join();
    expect(stayer.assigned(topic)).toEqual([0]);
  });

  behaviour(
    'a commit that is sent while its member waits to join is taken when it has joined, and refused, for a connection is served in turn',
    async (trial) => {
      const topic = await trial.topic(2);
      const gate = trial.gate();
      const log: string[] = [];
      const waiting = await trial.member({ topics: [topic] });
      const busy = await trial.member({ topics: [topic], eachBatch: () => gate.opened });
      await eventually(() => expect(waiting.joins).toHaveLength(2));
      await trial.sendEach(topic, busy.assigned(topic)[0] ?? 0, ['x']);
      await eventually(() => expect(busy.values()).toEqual(['x']));
      waiting.consumer.on('consumer.rebalancing', () => void log.push('is to join'));
      waiting.consumer.on('consumer.group_join', () => void log.push('has joined'));
      const third = await trial.outsider({ topics: [topic] });
      const joined = third.join();
      await eventually(() => expect(log).toEqual(['is to join']));
      await new Promise((resolve) => setTimeout(resolve, 300));
      const commit = waiting.consumer.commitOffsets([{ topic, partition: 0, offset: '1' }]);
      const refused = refusal(commit).finally(() => void log.push('is refused'));
      await new Promise((resolve) => setTimeout(resolve, 300));
      gate.open();
      await joined;
      expect(await refused).toBe('ILLEGAL_GENERATION');
      expect(log.slice(0, 1)).toEqual(['is to join']);
      expect(await trial.committed(topic)).toMatchObject([{ offset: '-1' }, { offset: '-1' }]);
    },
  );
});
