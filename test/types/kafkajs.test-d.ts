import type { Admin, Consumer, EachBatchPayload, EachMessagePayload, Kafka, Producer } from 'kafkajs';
import { FakeKafka, type FakeKafkaClient } from 'millrace/testing';
import { expectTypeOf, test } from 'vitest';

const fake = new FakeKafka();

test('FakeKafka, and each of its processes, goes wherever a Kafka of kafkajs does', () => {
  expectTypeOf(fake).toExtend<Kafka>();
  expectTypeOf(fake.client('c')).toExtend<Kafka>();
  expectTypeOf(fake.consumer({ groupId: 'g' })).toExtend<Consumer>();
  expectTypeOf(fake.producer()).toExtend<Producer>();
  expectTypeOf(fake.admin()).toExtend<Admin>();
});

test('what FakeKafka has is a part of what kafkajs has', () => {
  expectTypeOf<Kafka>().toExtend<FakeKafkaClient>();
});

test('what members say and were given is a Buffer, where there are Buffers', async () => {
  const { members } = await fake.consumer({ groupId: 'g' }).describeGroup();
  expectTypeOf(members[0]?.memberAssignment).toEqualTypeOf<Buffer | undefined>();
});

test('handlers that are written for kafkajs are taken', () => {
  const consumer = fake.consumer({ groupId: 'g' });
  expectTypeOf(consumer.run).toBeCallableWith({ eachMessage: (_: EachMessagePayload) => Promise.resolve() });
  expectTypeOf(consumer.run).toBeCallableWith({ eachBatch: (_: EachBatchPayload) => Promise.resolve() });
});

test('a listener is told what its event tells', () => {
  const consumer = fake.consumer({ groupId: 'g' });
  consumer.on(consumer.events.CRASH, ({ payload }) => expectTypeOf(payload.error).toEqualTypeOf<Error>());
  consumer.on('consumer.group_join', ({ payload }) => expectTypeOf(payload.memberAssignment).toEqualTypeOf<Record<string, number[]>>());
});
