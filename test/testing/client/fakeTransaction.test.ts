import { FakeKafka } from 'millrace/testing';
import { expect, test } from 'vitest';
import { Clock } from '../../run/clock';
import { textOf } from '../reader';
import { withTopic } from '../withTopic';

async function writing(kafka: FakeKafka, transactionTimeout?: number) {
  const producer = kafka.producer({ transactionalId: 'id', ...(transactionTimeout !== undefined && { transactionTimeout }) });
  await producer.connect();
  return producer;
}

const valuesOf = (kafka: FakeKafka, isolation: 'read_committed' | 'read_uncommitted') =>
  kafka.records('t', { isolation }).map(({ offset, value }) => `${offset}:${textOf(value)}`);

test('the records of a topic are told with what is open or aborted, or without', async () => {
  const { kafka } = withTopic(1);
  const producer = await writing(kafka);
  const values = ['a', 'b', 'c'];
  for (const [i, end] of (['commit', 'abort', undefined] as const).entries()) {
    const transaction = await producer.transaction();
    await transaction.send({ topic: 't', messages: [{ value: values[i] ?? '' }] });
    if (end) await transaction[end]();
  }
  kafka.append('t', [{ value: 'd' }]);
  expect(valuesOf(kafka, 'read_uncommitted')).toEqual(['0:a', '2:b', '4:c', '5:d']);
  expect(valuesOf(kafka, 'read_committed')).toEqual(['0:a']);
  expect(kafka.records('t')).toEqual(kafka.records('t', { isolation: 'read_committed' }));
});

test('an abandoned transaction is aborted on the clock of the cluster, after 60 s or what the producer says', async () => {
  const { clock, kafka } = withTopic(1);
  for (const [timeout, wait] of [
    [undefined, 60_000],
    [5_000, 5_000],
  ] as const) {
    const transaction = await (await writing(kafka, timeout)).transaction();
    await transaction.send({ topic: 't', messages: [{ value: 'lost' }] });
    kafka.append('t', [{ value: String(wait) }]);
    await clock.pass(wait - 1);
    expect(valuesOf(kafka, 'read_committed').join()).not.toContain(`:${wait}`);
    await clock.pass(1);
    expect(valuesOf(kafka, 'read_committed').join()).toContain(`:${wait}`);
    expect(transaction.isActive()).toBe(true);
    await expect(transaction.commit()).rejects.toMatchObject({ type: 'INVALID_PRODUCER_EPOCH' });
    expect(transaction.isActive()).toBe(false);
  }
});

test('the offsets that a group has committed are told without those that are pending', async () => {
  const { kafka } = withTopic(1);
  const transaction = await (await writing(kafka)).transaction();
  await transaction.sendOffsets({
    consumerGroupId: 'g',
    topics: [{ topic: 't', partitions: [{ partition: 0, offset: '3', metadata: 'm' }] }],
  });
  expect(kafka.committed('g')).toEqual([]);
  await transaction.commit();
  expect(kafka.committed('g')).toEqual([{ topic: 't', partition: 0, offset: 3, metadata: 'm' }]);
});

test('an end that is under way lets nothing more in', async () => {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock, latency: 10 });
  kafka.createTopic('t');
  const connected = writing(kafka);
  await clock.pass(1_000);
  const begun = (await connected).transaction();
  await clock.pass(1_000);
  const transaction = await begun;
  const sent = transaction.send({ topic: 't', messages: [{ value: 'a' }] });
  await clock.pass(1_000);
  await sent;
  const committed = transaction.commit();
  await expect(transaction.send({ topic: 't', messages: [{ value: 'b' }] })).rejects.toThrow(
    'Cannot continue to use transaction once ended',
  );
  await clock.pass(1_000);
  await committed;
  expect(valuesOf(kafka, 'read_committed')).toEqual(['0:a']);
});

test('a send that is still on its way when its transaction ends is refused', async () => {
  const { clock, kafka } = withTopic(1);
  const producer = await writing(kafka);
  const transaction = await producer.transaction();
  const sent = transaction.send({ topic: 't', messages: [{ value: 'a' }] });
  await transaction.commit();
  await expect(sent).rejects.toMatchObject({
    name: 'KafkaJSNonRetriableError',
    message: expect.stringContaining('Cannot call "addPartitionsToTransaction"') as string,
  });
  await clock.pass(0);
  expect(valuesOf(kafka, 'read_uncommitted')).toEqual([]);
});

test('with several brokers a transaction ends in all partitions, whoever leads them', async () => {
  const { kafka } = withTopic(5, { brokers: 3 });
  const producer = await writing(kafka);
  for (const end of ['abort', 'commit'] as const) {
    const transaction = await producer.transaction();
    await transaction.send({ topic: 't', messages: [0, 1, 2, 3, 4].map((partition) => ({ partition, value: end })) });
    expect(kafka.records('t').filter(({ value }) => textOf(value) === end)).toEqual([]);
    await transaction[end]();
  }
  expect(kafka.records('t').map(({ partition, offset, value }) => `${partition}@${offset}:${textOf(value)}`)).toEqual(
    [0, 1, 2, 3, 4].map((partition) => `${partition}@2:commit`),
  );
});

test('a transaction goes on when the partitions and the coordinator move to another broker', async () => {
  const { clock, kafka } = withTopic(2, { brokers: 2 });
  const transaction = await (await writing(kafka)).transaction();
  const send = (value: string) => transaction.send({ topic: 't', messages: [0, 1].map((partition) => ({ partition, value })) });
  await send('a');
  kafka.stopBroker(0);
  const sent = send('b').then(() => transaction.commit());
  await clock.pass(10_000);
  await sent;
  expect(kafka.records('t').map(({ partition, value }) => `${partition}:${textOf(value)}`)).toEqual(['0:a', '0:b', '1:a', '1:b']);
});
