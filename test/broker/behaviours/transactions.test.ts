import { describe, expect } from 'vitest';
import type { KafkaTransaction } from '../../../src/kafka/client';
import { behaviourOf, errorType, eventually, refusal } from './behaviour';
import { brokers } from './brokers';
import type { Trial } from './trial';
import { ended, Writer, writer } from './writer';

/** Another process with the same transactional id, that has begun its first transaction. */
async function takeOver(trial: Trial, { id }: Writer): Promise<{ writer: Writer; transaction: KafkaTransaction }> {
  const successor = await writer(trial, { transactionalId: id });
  return { writer: successor, transaction: await successor.producer.transaction() };
}

/** What a reader of the whole topic is given. */
async function contents(trial: Trial, topic: string, values: readonly string[]): Promise<void> {
  const member = await trial.member({ topics: [topic] });
  await eventually(() => expect(member.values()).toEqual(values));
}

const fenced = { name: 'KafkaJSProtocolError', type: 'INVALID_PRODUCER_EPOCH', code: 47, retriable: false };
const over = { name: 'KafkaJSNonRetriableError', message: 'Cannot continue to use transaction once ended', retriable: false };

describe.each(brokers)('transactions of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('a producer without a transactional id has no transactions', async (trial) => {
    await expect((await trial.producer()).transaction()).rejects.toMatchObject({
      name: 'KafkaJSNonRetriableError',
      message: 'Must provide transactional id for transactional producer',
    });
  });

  behaviour('a producer has one transaction at a time', async (trial) => {
    const { producer } = await writer(trial);
    const transaction = await producer.transaction();
    await expect(producer.transaction()).rejects.toMatchObject({
      name: 'KafkaJSNonRetriableError',
      message: 'There is already an ongoing transaction for this producer. Please end the transaction before beginning another.',
    });
    await transaction.commit();
    expect((await producer.transaction()).isActive()).toBe(true);
  });

  behaviour('two transactions that are begun at once are one that begins and one that is refused', async (trial) => {
    const { producer } = await writer(trial);
    const begun = await Promise.allSettled([producer.transaction(), producer.transaction()]);
    expect(begun.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = begun.find((result) => result.status === 'rejected');
    expect((refused?.reason as Error).message).toMatch(/^Transaction state exception: /);
  });

  behaviour('a transaction is active until it has ended', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    for (const end of ['commit', 'abort'] as const) {
      const transaction = await ours.open(topic, 'a');
      expect(transaction.isActive()).toBe(true);
      const ending = transaction[end]();
      expect(transaction.isActive()).toBe(false);
      await ending;
      expect(transaction.isActive()).toBe(false);
    }
  });

  behaviour('a transaction that has ended refuses everything', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    const transaction = await ours.open(topic, 'a');
    await transaction.commit();
    await expect(transaction.commit()).rejects.toMatchObject(over);
    await expect(transaction.abort()).rejects.toMatchObject(over);
    await expect(transaction.send({ topic, messages: [{ value: 'b' }] })).rejects.toMatchObject(over);
    await expect(transaction.sendBatch({ topicMessages: [] })).rejects.toMatchObject(over);
    await expect(transaction.sendOffsets({ consumerGroupId: trial.groupId, topics: [] })).rejects.toMatchObject(over);
    const next = await ours.open(topic, 'c');
    await expect(transaction.send({ topic, messages: [{ value: 'd' }] })).rejects.toMatchObject(over);
    await next.commit();
    await contents(trial, topic, ['a', 'c']);
  });

  behaviour('a transaction that has sent nothing ends without a mark', async (trial) => {
    const topic = await trial.topic();
    const { producer } = await writer(trial);
    await (await producer.transaction()).commit();
    await (await producer.transaction()).abort();
    expect(await (await trial.admin()).fetchTopicOffsets(topic)).toMatchObject([{ high: '0' }]);
  });

  behaviour('a transaction goes over topics and partitions, in one send or in many', async (trial) => {
    const [one, two] = await Promise.all([trial.topic(2), trial.topic()]);
    const { producer } = await writer(trial);
    const transaction = await producer.transaction();
    const replies = await transaction.sendBatch({
      topicMessages: [
        { topic: one, messages: ['a', 'b'].map((value, partition) => ({ partition, value })) },
        { topic: two, messages: [{ value: 'c' }] },
        { topic: one, messages: [{ partition: 0, value: 'd' }] },
      ],
    });
    const told = replies.map(({ topicName, partition, baseOffset }) => `${topicName}/${partition}/${baseOffset}`);
    expect(told.sort()).toEqual([`${one}/0/0`, `${one}/1/0`, `${two}/0/0`].sort());
    await transaction.send({ topic: two, messages: [{ value: 'e' }] });
    await transaction.commit();
    const member = await trial.member({ topics: [one, two] });
    await eventually(() => expect(member.values().toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']));
    expect(member.values(0).filter((value) => value === 'a' || value === 'd')).toEqual(['a', 'd']);
  });

  behaviour('a send that does not wait for all brokers is refused in a transaction', async (trial) => {
    const topic = await trial.topic();
    const transaction = await (await writer(trial)).producer.transaction();
    for (const acks of [0, 1]) {
      await expect(transaction.send({ topic, messages: [{ value: 'a' }], acks })).rejects.toMatchObject({
        name: 'KafkaJSNonRetriableError',
        message: "Not requiring ack for all messages invalidates the idempotent producer's EoS guarantees",
      });
    }
  });

  behaviour('a send that is refused leaves the transaction open, with what was sent before', async (trial) => {
    const topic = await trial.topic();
    const transaction = await (await writer(trial)).open(topic, 'a');
    const large = transaction.send({ topic, messages: [{ value: 'x'.repeat(1_048_577) }] });
    expect(await refusal(large)).toBe('MESSAGE_TOO_LARGE');
    expect(transaction.isActive()).toBe(true);
    await transaction.send({ topic, messages: [{ value: 'b' }] });
    await transaction.commit();
    await contents(trial, topic, ['a', 'b']);
  });

  behaviour('what a producer sends outside of its transaction is delivered at once', async (trial) => {
    const topic = await trial.topic();
    const { producer } = await writer(trial);
    await producer.transaction();
    await producer.send({ topic, messages: [{ value: 'a' }] });
    await contents(trial, topic, ['a']);
  });

  behaviour('a transaction can be begun before the producer is connected, and not be sent to', async (trial) => {
    const topic = await trial.topic();
    const ours = new Writer(trial);
    const transaction = await ours.producer.transaction();
    expect(transaction.isActive()).toBe(true);
    await expect(transaction.send({ topic, messages: [{ value: 'a' }] })).rejects.toThrow('The producer is disconnected');
    await trial.connected(ours.producer);
    await transaction.send({ topic, messages: [{ value: 'b' }] });
    await transaction.commit();
    await contents(trial, topic, ['b']);
  });

  behaviour('a transaction may last so long as Kafka allows, and some time', async (trial) => {
    for (const transactionTimeout of [0, 900_001]) {
      const { producer } = await writer(trial, { transactionTimeout });
      await expect(producer.transaction()).rejects.toMatchObject({
        name: 'KafkaJSProtocolError',
        type: 'INVALID_TRANSACTION_TIMEOUT',
        retriable: false,
      });
    }
    const { producer } = await writer(trial, { transactionTimeout: 900_000 });
    expect((await producer.transaction()).isActive()).toBe(true);
  });

  behaviour('a transaction that takes too long is aborted, and its producer fenced', async (trial) => {
    const topic = await trial.topic();
    const transaction = await (await writer(trial, { transactionTimeout: 200 })).open(topic, 'a');
    await trial.send(topic, [{ value: 'b' }]);
    await ended(trial, topic, 3);
    expect(transaction.isActive()).toBe(true);
    await expect(transaction.send({ topic, messages: [{ value: 'c' }] })).rejects.toMatchObject(fenced);
    await expect(transaction.commit()).rejects.toMatchObject(fenced);
    await contents(trial, topic, ['b']);
  });

  behaviour('a producer that is disconnected leaves its transaction open', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    await ours.open(topic, 'a');
    await ours.producer.disconnect();
    const admin = await trial.admin();
    expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ high: '0' }]);
    await takeOver(trial, ours);
    await ended(trial, topic, 2);
  });

  behaviour('a successor that connects changes nothing; its first transaction aborts the open one', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    const transaction = await ours.open(topic, 'a');
    const successor = await writer(trial, { transactionalId: ours.id });
    await transaction.send({ topic, messages: [{ value: 'b' }] });
    const next = await successor.producer.transaction();
    await ended(trial, topic, 3);
    await next.send({ topic, messages: [{ value: 'c' }] });
    await next.commit();
    await contents(trial, topic, ['c']);
  });

  behaviour('a producer that has a successor is refused whatever it asks for', async (trial) => {
    const topic = await trial.topic(2);
    const ours = await writer(trial);
    const transaction = await ours.open(topic, 'a');
    await takeOver(trial, ours);
    expect(transaction.isActive()).toBe(true);
    await expect(transaction.send({ topic, messages: [{ partition: 0, value: 'b' }] })).rejects.toMatchObject(fenced);
    await expect(transaction.send({ topic, messages: [{ partition: 1, value: 'b' }] })).rejects.toMatchObject(fenced);
    await expect(transaction.sendOffsets({ consumerGroupId: trial.groupId, topics: [] })).rejects.toMatchObject(fenced);
    await expect(transaction.commit()).rejects.toMatchObject(fenced);
  });

  behaviour('an abort of a producer that has a successor is refused too', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    const transaction = await ours.open(topic, 'a');
    const { transaction: next } = await takeOver(trial, ours);
    await expect(transaction.abort()).rejects.toMatchObject(fenced);
    await next.send({ topic, messages: [{ value: 'b' }] });
    await next.commit();
    await contents(trial, topic, ['b']);
  });

  behaviour('a producer that has a successor hears of it when it sends, though it had no transaction open', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    await ours.commit(topic, 'a');
    await ended(trial, topic, 2);
    await takeOver(trial, ours);
    const transaction = await ours.producer.transaction();
    await expect(transaction.send({ topic, messages: [{ value: 'b' }] })).rejects.toMatchObject(fenced);
  });

  behaviour('an end that fails leaves the producer unable to begin another transaction', async (trial) => {
    const topic = await trial.topic();
    for (const [end, state] of [
      ['commit', 'COMMITTING'],
      ['abort', 'ABORTING'],
    ] as const) {
      const ours = await writer(trial);
      const transaction = await ours.open(topic, 'a');
      await takeOver(trial, ours);
      expect(await refusal(transaction[end]())).toBe('INVALID_PRODUCER_EPOCH');
      expect(transaction.isActive()).toBe(false);
      await expect(transaction.abort()).rejects.toMatchObject(over);
      await expect(ours.producer.transaction()).rejects.toMatchObject({
        name: 'KafkaJSNonRetriableError',
        message: `Transaction state exception: Cannot call "beginTransaction" in state "${state}"`,
      });
    }
  });

  behaviour('a producer that has a successor cannot come back; a new one with its id can', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    await ours.commit(topic, 'a');
    await ended(trial, topic, 2);
    const { writer: second, transaction } = await takeOver(trial, ours);
    await ours.producer.disconnect();
    await ours.producer.connect();
    expect(await ours.open(topic, 'b').catch(errorType)).toBe('INVALID_PRODUCER_EPOCH');
    await transaction.commit();
    const { transaction: third } = await takeOver(trial, ours);
    await third.send({ topic, messages: [{ value: 'c' }] });
    await third.commit();
    expect(await second.open(topic, 'd').catch(errorType)).toBe('INVALID_PRODUCER_EPOCH');
    await contents(trial, topic, ['a', 'c']);
  });

  behaviour('producers with different ids do not hinder each other', async (trial) => {
    const topic = await trial.topic();
    const [one, two] = [await writer(trial), await writer(trial)];
    const first = await one.open(topic, 'a');
    await two.commit(topic, 'b');
    await first.commit();
    await contents(trial, topic, ['a', 'b']);
  });
});
