import type { FakeKafkaClient } from 'millrace/testing';
import { describe, expect } from 'vitest';
import type { KafkaProducerConfig } from '../../../src/kafka/client';
import { behaviourOf, eventually, refusal } from './behaviour';
import { brokers } from './brokers';
import type { Trial } from './trial';
import { ended, writer } from './writer';

/** A connected idempotent producer and its client, to arrange faults of. */
async function producerOf(trial: Trial, config: KafkaProducerConfig = {}) {
  const client: FakeKafkaClient = trial.broker.kafka();
  const producer = await trial.connected(client.producer({ allowAutoTopicCreation: false, idempotent: true, ...config }));
  const send = async (topic: string, ...values: string[]) => {
    const [reply] = await producer.send({ topic, messages: values.map((value) => ({ partition: 0, value })) });
    return reply?.baseOffset;
  };
  return { client, producer, send };
}

/** What is in a topic that has so many records, by partition and offset. */
async function contents(trial: Trial, topic: string, count: number, readUncommitted = false): Promise<string[]> {
  const member = await trial.member({ topics: [topic], readUncommitted });
  await eventually(() => expect(member.delivered).toHaveLength(count));
  return member.delivered.map(({ partition, offset, value }) => `${partition}@${offset}:${value}`);
}

describe.each(brokers)('idempotent producers of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('what an idempotent producer sends again because the answer was lost is stored once', async (trial) => {
    const topic = await trial.topic();
    const { client, send } = await producerOf(trial);
    expect(await send(topic, 'a')).toBe('0');
    broker.inject(client, { on: 'produce', then: 'loseAnswer' });
    expect(await send(topic, 'b', 'c')).toBe('1');
    expect(await send(topic, 'd')).toBe('3');
    expect(await contents(trial, topic, 4)).toEqual(['0@0:a', '0@1:b', '0@2:c', '0@3:d']);
  });

  behaviour('it is stored once also if the answer is lost more than once', async (trial) => {
    const topic = await trial.topic();
    const { client, send } = await producerOf(trial);
    broker.inject(client, { on: 'produce', times: 2, then: 'loseAnswer' });
    expect(await send(topic, 'a')).toBe('0');
    expect(await send(topic, 'b')).toBe('1');
    expect(await contents(trial, topic, 2)).toEqual(['0@0:a', '0@1:b']);
  });

  behaviour(
    'a message without key and partition is stored twice when its answer is lost, each time in another partition',
    async (trial) => {
      const topic = await trial.topic(2);
      const { client, producer } = await producerOf(trial);
      broker.inject(client, { on: 'produce', then: 'loseAnswer' });
      await producer.send({ topic, messages: [{ value: 'a' }] });
      expect((await contents(trial, topic, 2)).sort()).toEqual(['0@0:a', '1@0:a']);
    },
  );

  behaviour('an idempotent producer gives up as soon as others do', async (trial) => {
    const topic = await trial.topic();
    const { client, send } = await producerOf(trial);
    broker.inject(client, { on: 'produce', times: Infinity, then: { error: 'CONNECTION_CLOSED' } });
    const sent = send(topic, 'a');
    await expect(sent).rejects.toMatchObject({ name: 'KafkaJSNumberOfRetriesExceeded' });
  });

  behaviour('an idempotent producer that is made anew begins anew', async (trial) => {
    const topic = await trial.topic();
    for (const value of ['a', 'b']) {
      const { producer, send } = await producerOf(trial);
      await send(topic, value);
      await producer.disconnect();
      await producer.connect();
      await send(topic, `${value} again`);
    }
    expect(await contents(trial, topic, 4)).toEqual(['0@0:a', '0@1:a again', '0@2:b', '0@3:b again']);
  });

  behaviour('an idempotent send waits for all brokers', async (trial) => {
    const topic = await trial.topic();
    const { producer } = await producerOf(trial);
    for (const acks of [0, 1]) {
      await expect(producer.send({ topic, messages: [{ value: 'a' }], acks })).rejects.toThrow(
        "Not requiring ack for all messages invalidates the idempotent producer's EoS guarantees",
      );
    }
  });

  behaviour('a send that is refused leaves no gap in the numbers of an idempotent producer', async (trial) => {
    const topic = await trial.topic();
    const { send } = await producerOf(trial);
    await send(topic, 'a');
    expect(await refusal(send(topic, 'x'.repeat(1_048_577)))).toBe('MESSAGE_TOO_LARGE');
    expect(await send(topic, 'b')).toBe('1');
  });

  behaviour('what a transaction sends again because the answer was lost is stored once', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    const transaction = await ours.open(topic, 'a');
    ours.inject({ on: 'produce', then: 'loseAnswer' });
    await transaction.send({ topic, messages: [{ partition: 0, value: 'b' }] });
    await transaction.commit();
    await ended(trial, topic, 3);
    expect(await contents(trial, topic, 2)).toEqual(['0@0:a', '0@1:b']);
  });

  behaviour('a partition whose taking part got no answer is sent to all the same', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    const transaction = await ours.producer.transaction();
    ours.inject({ on: 'addPartitionsToTxn', then: 'loseAnswer' });
    await transaction.send({ topic, messages: [{ partition: 0, value: 'a' }] });
    await transaction.commit();
    await ended(trial, topic, 2);
    expect(await contents(trial, topic, 1)).toEqual(['0@0:a']);
  });

  behaviour('a commit whose answer is lost is refused, and done, and its producer of no more use', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    const transaction = await ours.open(topic, 'a');
    ours.inject({ on: 'endTxn', then: 'loseAnswer' });
    expect(await refusal(transaction.commit())).toBe('KafkaJSConnectionClosedError');
    await ended(trial, topic, 2);
    await expect(transaction.commit()).rejects.toThrow('Cannot continue to use transaction once ended');
    await expect(ours.producer.transaction()).rejects.toThrow('Cannot call "beginTransaction" in state "COMMITTING"');
    await (await writer(trial, { transactionalId: ours.id })).commit(topic, 'b');
    expect(await contents(trial, topic, 2)).toEqual(['0@0:a', '0@2:b']);
  });

  behaviour('a commit that does not reach the broker is refused the same way, and not done', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    const transaction = await ours.open(topic, 'a');
    ours.inject({ on: 'endTxn', then: { error: 'CONNECTION_CLOSED' } });
    expect(await refusal(transaction.commit())).toBe('KafkaJSConnectionClosedError');
    await expect(ours.producer.transaction()).rejects.toThrow('Cannot call "beginTransaction" in state "COMMITTING"');
    await (await writer(trial, { transactionalId: ours.id })).commit(topic, 'b');
    expect(await contents(trial, topic, 1)).toEqual(['0@2:b']);
  });

  behaviour('a transaction that could not be begun can be begun again', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    ours.inject({ on: 'initProducerId', then: 'loseAnswer' });
    expect(await refusal(ours.producer.transaction())).toBe('KafkaJSConnectionClosedError');
    await ours.commit(topic, 'a');
    expect(await contents(trial, topic, 1)).toEqual(['0@0:a']);
  });

  behaviour('offsets whose answer is lost are refused, and can be sent again in the same transaction', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    const transaction = await ours.producer.transaction();
    const offsets = { consumerGroupId: trial.groupId, topics: [{ topic, partitions: [{ partition: 0, offset: '1' }] }] };
    for (const on of ['addOffsetsToTxn', 'txnOffsetCommit'] as const) {
      ours.inject({ on, then: 'loseAnswer' });
      expect(await refusal(transaction.sendOffsets(offsets))).toBe('KafkaJSConnectionClosedError');
      expect(transaction.isActive()).toBe(true);
    }
    await transaction.sendOffsets(offsets);
    await transaction.commit();
    await eventually(async () => expect(await trial.committed(topic)).toMatchObject([{ offset: '1' }]));
  });
});
