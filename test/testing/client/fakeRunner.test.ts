import { FakeKafka } from 'millrace/testing';
import { asyncScheduler } from 'rxjs';
import { expect, test } from 'vitest';
import { Clock } from '../../run/clock';
import { Reader } from '../reader';
import { withTopic } from '../withTopic';

test('with several brokers each is polled by itself', async () => {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock, brokers: 3, partitions: 4 });
  kafka.append(
    't',
    ['a', 'b', 'c', 'd'].map((value) => ({ value })),
  );
  const reader = await new Reader(kafka).join();
  await clock.pass(1);
  expect(reader.read.toSorted()).toEqual(['0:a', '1:b', '2:c', '3:d']);
  expect(new Set(reader.told('fetch_start').map((payload) => (payload as { nodeId: string }).nodeId))).toEqual(new Set(['0', '1', '2']));
});

test('a consumer with much to read lets timers through', async () => {
  const kafka = new FakeKafka();
  kafka.append(
    't',
    Array.from({ length: 1_000 }, () => ({ value: 'x' })),
  );
  let batches = 0;
  const reader = new Reader(kafka, {
    maxBytesPerPartition: 1,
    maxWaitTimeInMs: 1,
    eachBatch: () => {
      batches++;
    },
  });
  await reader.join();
  await new Promise<void>((resolve) => asyncScheduler.schedule(resolve, 10));
  const atTimer = batches;
  await reader.consumer.disconnect();
  expect(atTimer).toBeGreaterThan(0);
  expect(atTimer).toBeLessThan(1_000);
});

test('a stop waits for the poll under way, as kafkajs does', async () => {
  const { clock, kafka } = withTopic();
  const reader = await new Reader(kafka, { maxWaitTimeInMs: 1_000 }).join();
  await clock.pass(1);
  let stopped = false;
  void reader.consumer.stop().then(() => (stopped = true));
  await clock.pass(998);
  expect(stopped).toBe(false);
  await clock.pass(1);
  expect(stopped).toBe(true);
  expect(kafka.members('g')).toEqual([]);
});

test('what is appended while a consumer stops is not delivered', async () => {
  const { clock, kafka } = withTopic();
  const reader = await new Reader(kafka).join();
  await clock.pass(1);
  const stopped = reader.consumer.stop();
  kafka.append('t', [{ value: 'late' }]);
  await clock.pass(1);
  await stopped;
  expect(reader.read).toEqual([]);
});

test('a consumer that is stopped while it joins joins all the same, as with kafkajs', async () => {
  const { clock, kafka } = withTopic(2, { latency: 5 });
  const reader = new Reader(kafka);
  const joined = reader.join();
  await clock.pass(22);
  await reader.consumer.stop();
  expect(reader.told('stop')).toHaveLength(1);
  await clock.pass(20);
  await joined;
  expect(kafka.members('g')).toHaveLength(1);
});

test('a handler that kills its own member is the last that is called', async () => {
  const { clock, kafka } = withTopic(2);
  kafka.append('t', [{ value: 'a' }, { value: 'b' }]);
  const reader: Reader = new Reader(kafka, { eachBatch: () => kafka.kill(reader.memberId) });
  await reader.join();
  await clock.pass(1);
  expect(reader.read).toHaveLength(1);
});

test('autoCommit commits what was handled after each batch, and a seek by a commit', async () => {
  const { clock, kafka } = withTopic(1);
  kafka.append('t', [{ value: 'a' }, { value: 'b' }]);
  const reader = await new Reader(kafka, { autoCommit: true }).join();
  await clock.pass(1);
  expect(kafka.committed('g')).toMatchObject([{ partition: 0, offset: 2 }]);
  reader.consumer.seek({ topic: 't', partition: 0, offset: '1' });
  await clock.pass(5_001);
  expect(reader.read).toEqual(['0:a', '0:b', '0:b']);
});

test('no poll begins before all that the last one brought is handled', async () => {
  const { clock, kafka } = withTopic(2);
  let letGo = (): void => undefined;
  const eachBatch = ({ batch }: { batch: { partition: number } }) =>
    batch.partition === 0 ? new Promise<void>((resolve) => (letGo = resolve)) : undefined;
  kafka.append('t', [{ value: 'a' }, { value: 'b' }]);
  const reader = await new Reader(kafka, { eachBatch }).join();
  await clock.pass(1);
  expect(reader.read).toEqual(['0:a', '1:b']);
  kafka.append('t', [{ value: 'c', partition: 1 }]);
  await clock.pass(10_000);
  expect(reader.read).toEqual(['0:a', '1:b']);
  expect(reader.told('fetch_start')).toHaveLength(1);
  letGo();
  await clock.pass(1);
  expect(reader.read).toEqual(['0:a', '1:b', '1:c']);
});

test('a batch says what is true at the moment: that the consumer stops, and that a seek has made it stale', async () => {
  const { clock, kafka } = withTopic(1);
  const told: unknown[] = [];
  let ask = (): void => undefined;
  let letGo = (): void => undefined;
  kafka.append('t', [{ value: 'a' }]);
  const reader = await new Reader(kafka, {
    eachBatch: ({ isRunning, isStale }) => {
      ask = () => void told.push([isRunning(), isStale()]);
      return new Promise((resolve) => (letGo = resolve));
    },
  }).join();
  await clock.pass(1);
  ask();
  reader.consumer.seek({ topic: 't', partition: 0, offset: '0' });
  ask();
  const stopped = reader.consumer.stop();
  ask();
  expect(told).toEqual([
    [true, false],
    [true, true],
    [false, true],
  ]);
  letGo();
  await stopped;
});

test('a handler that fails has its batch come again, from where it had resolved', async () => {
  const { clock, kafka } = withTopic(1);
  let fails = true;
  kafka.append('t', [{ value: 'a' }, { value: 'b' }, { value: 'c' }]);
  const reader = await new Reader(kafka, {
    eachBatch: ({ resolveOffset }) => {
      if (!fails) return;
      fails = false;
      resolveOffset('0');
      throw new Error('once');
    },
  }).join();
  await clock.pass(301);
  expect(reader.read).toEqual(['0:a', '0:b', '0:c', '0:b', '0:c']);
  expect(reader.told('crash')).toEqual([]);
  expect(reader.told('start_batch_process')).toHaveLength(2);
  expect(reader.told('end_batch_process')).toMatchObject([{ batchSize: 2, firstOffset: '1', lastOffset: '2', offsetLag: '0' }]);
});

test('a commit of a consumer that is stopping is taken without a word, and nothing comes of it', async () => {
  const { clock, kafka } = withTopic(1);
  const { consumer } = await new Reader(kafka, { maxWaitTimeInMs: 1_000 }).join();
  await clock.pass(1);
  const stopped = consumer.stop();
  await consumer.commitOffsets([{ topic: 't', partition: 0, offset: '1' }]);
  expect(kafka.committed('g')).toEqual([]);
  await clock.pass(1_000);
  await stopped;
});

test('what a poll brings when another has heard of a rebalance is thrown away, and read in the next generation', async () => {
  const { clock, kafka } = withTopic(2, { brokers: 2 });
  const reader = await new Reader(kafka, { heartbeatInterval: 1 }).join();
  await clock.pass(10);
  kafka.rebalance('g');
  kafka.append('t', [{ value: 'a', partition: 0 }]);
  await clock.pass(1);
  expect(reader.told('group_join')).toHaveLength(1);
  kafka.append('t', [{ value: 'b', partition: 1 }]);
  await clock.pass(1);
  expect(reader.told('group_join')).toHaveLength(2);
  expect(reader.read.toSorted()).toEqual(['0:a', '0:a', '1:b']);
});

test('time goes on while a consumer looks in vain for the coordinator of its group, which died before it knew where to begin', async () => {
  const { clock, kafka } = withTopic(1, { brokers: 3 });
  kafka.append('t', [{ value: 'a' }]);
  const reader = new Reader(kafka);
  const forget = reader.consumer.on('consumer.group_join', () => {
    forget();
    kafka.stopBroker(0);
  });
  await reader.join();
  await clock.pass(60_000);
  expect(reader.read).toEqual(['0:a']);
});
