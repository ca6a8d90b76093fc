import { FakeKafka } from 'millrace/testing';
import { asyncScheduler } from 'rxjs';
import { expect, test } from 'vitest';
import { Clock, settled } from '../run/clock';
import { Reader } from './reader';

const withTopic = (partitions = 2, options = {}) => {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock, ...options });
  kafka.createTopic('t', { partitions });
  return { clock, kafka };
};

test('an idle consumer asks once per maxWaitTimeInMs', async () => {
  const { clock, kafka } = withTopic();
  const reader = await new Reader(kafka, { maxWaitTimeInMs: 1_000 }).join();
  await clock.pass(10_500);
  expect(reader.told('fetch_start')).toHaveLength(11);
});

test('an idle poll is answered when something is appended, at once', async () => {
  const { clock, kafka } = withTopic();
  const reader = await new Reader(kafka).join();
  await clock.pass(100);
  kafka.append('t', [{ value: 'x', partition: 1 }]);
  await settled();
  expect(reader.read).toEqual(['1:x']);
  expect(clock.frame).toBe(100);
});

test('with minBytes a poll waits for so much, but not longer than maxWaitTimeInMs', async () => {
  const { clock, kafka } = withTopic(1);
  const reader = await new Reader(kafka, { minBytes: 100, maxWaitTimeInMs: 1_000 }).join();
  await clock.pass(1);
  kafka.append('t', [{ value: 'small' }]);
  await clock.pass(500);
  expect(reader.read).toEqual([]);
  kafka.append('t', [{ value: 'x'.repeat(100) }]);
  await clock.pass(1);
  expect(reader.read).toHaveLength(2);
  kafka.append('t', [{ value: 'small' }]);
  await clock.pass(1_000);
  expect(reader.read).toHaveLength(3);
});

test('a paused consumer sleeps, and a resume takes effect when the sleep ends', async () => {
  const { clock, kafka } = withTopic();
  kafka.append('t', [{ value: 'a' }, { value: 'b' }]);
  const reader = new Reader(kafka, { maxWaitTimeInMs: 1_000 });
  reader.consumer.on('consumer.group_join', () => reader.consumer.pause([{ topic: 't' }]));
  await reader.join();
  await clock.pass(500);
  expect(reader.consumer.paused()).toEqual([{ topic: 't', partitions: [0, 1] }]);
  reader.consumer.resume([{ topic: 't', partitions: [1] }]);
  await clock.pass(499);
  expect(reader.read).toEqual([]);
  await clock.pass(1);
  expect(reader.read).toEqual(['1:b']);
  expect(reader.consumer.paused()).toEqual([{ topic: 't', partitions: [0] }]);
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

test('a consumer of nothing but fetches it could make stops without leaving timers behind', async () => {
  const { clock, kafka } = withTopic();
  const reader = await new Reader(kafka).join();
  await clock.pass(1);
  const left = reader.consumer.disconnect();
  await clock.pass(5_000);
  await left;
  expect(clock.actions).toEqual([]);
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

test('a listener that throws stops the consumer, one that rejects does not', async () => {
  const { clock, kafka } = withTopic();
  const careless = new Reader(kafka);
  const rejecting: () => unknown = () => Promise.reject(new Error('not heard'));
  careless.consumer.on('consumer.group_join', rejecting);
  await careless.join();
  await clock.pass(1);
  expect(careless.told('crash')).toEqual([]);
  const thrower = new Reader(kafka, { groupId: 'other' });
  thrower.consumer.on('consumer.group_join', () => {
    throw new Error('heard');
  });
  await thrower.join();
  expect(thrower.told('crash')).toMatchObject([{ error: { message: 'heard' }, restart: false }]);
});

test('a name that is no event is refused', () => {
  const { kafka } = withTopic();
  expect(() => kafka.consumer({ groupId: 'g' }).on('consumer.no_such', () => undefined)).toThrow('Event name should be one of');
});

test('what kafkajs refuses of a configuration is refused', () => {
  const { kafka } = withTopic();
  expect(() => kafka.consumer({ groupId: '' })).toThrow('groupId must be a non-empty string');
  expect(() => kafka.consumer({ groupId: 'g', sessionTimeout: 3_000 })).toThrow(
    'heartbeatInterval (3000) must be lower than sessionTimeout (3000)',
  );
});

test('before it runs a consumer can be asked for nothing', async () => {
  const { kafka } = withTopic();
  const consumer = kafka.consumer({ groupId: 'g' });
  const message = 'Consumer group was not initialized, consumer#run must be called first';
  expect(() => consumer.seek({ topic: 't', partition: 0, offset: '0' })).toThrow(message);
  expect(() => consumer.pause([{ topic: 't' }])).toThrow(message);
  expect(() => consumer.resume([{ topic: 't' }])).toThrow(message);
  expect(consumer.paused()).toEqual([]);
  await expect(consumer.commitOffsets([{ topic: 't', partition: 0, offset: '0' }])).rejects.toThrow(message);
  await expect(consumer.commitOffsets([{ topic: 't', partition: 0, offset: '-1' }])).rejects.toThrow('must not be a negative number');
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
