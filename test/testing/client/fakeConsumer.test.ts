import { expect, test } from 'vitest';
import { settled } from '../../run/clock';
import { Reader } from '../reader';
import { withTopic } from '../withTopic';

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
  expect(clock.now()).toBe(100);
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

test('a consumer of nothing but fetches it could make stops without leaving timers behind', async () => {
  const { clock, kafka } = withTopic();
  const reader = await new Reader(kafka).join();
  await clock.pass(1);
  const left = reader.consumer.disconnect();
  await clock.pass(5_000);
  await left;
  expect(clock.pending).toBe(0);
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
