import { describe, expect } from 'vitest';
import type { KafkaTransaction } from '../../../src/kafka/client';
import { uniqueName } from '../realKafka';
import { behaviourOf, errorType, eventually } from './behaviour';
import { brokers } from './brokers';
import type { Trial } from './trial';
import { sendOffsets, writer } from './writer';

type Partitions = Parameters<KafkaTransaction['sendOffsets']>[0]['topics'][number]['partitions'];

/** Sends offsets of the trial's group. */
function send(trial: Trial, transaction: KafkaTransaction, topic: string, partitions: Partitions): Promise<void> {
  return sendOffsets(transaction, { consumerGroupId: trial.groupId, topics: [{ topic, partitions }] });
}

/** Waits until the group has this committed: offset and metadata of each partition. */
async function hasCommitted(trial: Trial, topic: string, offsets: readonly (readonly [string, string | null])[]): Promise<void> {
  await eventually(async () => {
    expect((await trial.committed(topic)).map(({ offset, metadata }) => [offset, metadata])).toEqual(offsets);
  });
}

describe.each(brokers)('offsets in transactions of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('offsets and their metadata are committed with the transaction, and not before', async (trial) => {
    const topic = await trial.topic(2);
    const transaction = await (await writer(trial)).producer.transaction();
    await send(trial, transaction, topic, [
      { partition: 0, offset: '7', metadata: 'ünder way' },
      { partition: 1, offset: '8' },
    ]);
    expect(await trial.committed(topic)).toMatchObject([{ offset: '-1' }, { offset: '-1' }]);
    await transaction.commit();
    await hasCommitted(trial, topic, [
      ['7', 'ünder way'],
      ['8', null],
    ]);
  });

  behaviour('offsets of a transaction that is aborted are forgotten', async (trial) => {
    const topic = await trial.topic();
    const { producer } = await writer(trial);
    const first = await producer.transaction();
    await send(trial, first, topic, [{ partition: 0, offset: '1' }]);
    await first.commit();
    const second = await producer.transaction();
    await send(trial, second, topic, [{ partition: 0, offset: '2' }]);
    await second.abort();
    const third = await producer.transaction();
    await send(trial, third, topic, [{ partition: 0, offset: '1', metadata: 'third' }]);
    await third.commit();
    await hasCommitted(trial, topic, [['1', 'third']]);
  });

  behaviour('offsets of a producer that has a successor are forgotten', async (trial) => {
    const topic = await trial.topic();
    const ours = await writer(trial);
    const transaction = await ours.producer.transaction();
    await send(trial, transaction, topic, [{ partition: 0, offset: '1' }]);
    const next = await (await writer(trial, { transactionalId: ours.id })).producer.transaction();
    await send(trial, next, topic, [{ partition: 0, offset: '0', metadata: 'next' }]);
    await next.commit();
    expect(await transaction.commit().catch(errorType)).toBe('INVALID_PRODUCER_EPOCH');
    await hasCommitted(trial, topic, [['0', 'next']]);
  });

  behaviour('records and offsets are committed together', async (trial) => {
    const [from, to] = await Promise.all([trial.topic(), trial.topic()]);
    const ours = await writer(trial);
    const aborted = await ours.open(to, 'a');
    await send(trial, aborted, from, [{ partition: 0, offset: '1' }]);
    await aborted.abort();
    const committed = await ours.open(to, 'b');
    await send(trial, committed, from, [{ partition: 0, offset: '2' }]);
    await committed.commit();
    await hasCommitted(trial, from, [['2', null]]);
    const reader = await trial.member({ topics: [to], groupId: uniqueName('readers') });
    await eventually(() => expect(reader.values()).toEqual(['b']));
  });

  behaviour('offsets sent last count', async (trial) => {
    const topic = await trial.topic();
    const transaction = await (await writer(trial)).producer.transaction();
    await send(trial, transaction, topic, [{ partition: 0, offset: '9', metadata: 'first' }]);
    await send(trial, transaction, topic, [{ partition: 0, offset: '4' }]);
    await transaction.commit();
    await hasCommitted(trial, topic, [['4', null]]);
  });

  behaviour('a transaction may commit offsets of several groups', async (trial) => {
    const topic = await trial.topic();
    const groups = [uniqueName('one'), uniqueName('two')];
    const transaction = await (await writer(trial)).producer.transaction();
    for (const [i, consumerGroupId] of groups.entries())
      await sendOffsets(transaction, { consumerGroupId, topics: [{ topic, partitions: [{ partition: 0, offset: `${i}` }] }] });
    await transaction.commit();
    const admin = await trial.admin();
    for (const [i, groupId] of groups.entries()) {
      await eventually(async () =>
        expect(await admin.fetchOffsets({ groupId, topics: [topic] })).toMatchObject([{ partitions: [{ offset: `${i}` }] }]),
      );
    }
  });

  behaviour('a commit of a member that came after the offsets outlasts the commit of their transaction', async (trial) => {
    const topic = await trial.topic(2);
    const transaction = await (await writer(trial)).producer.transaction();
    await send(trial, transaction, topic, [
      { partition: 0, offset: '5' },
      { partition: 1, offset: '5' },
    ]);
    await trial.commit(topic, [{ partition: 0, offset: '3' }]);
    await transaction.commit();
    await hasCommitted(trial, topic, [
      ['3', null],
      ['5', null],
    ]);
  });

  behaviour('the transaction that has sent its offsets last outlasts another one that is committed later', async (trial) => {
    const topic = await trial.topic(2);
    const [first, second] = [await (await writer(trial)).producer.transaction(), await (await writer(trial)).producer.transaction()];
    await send(trial, first, topic, [
      { partition: 0, offset: '1' },
      { partition: 1, offset: '1' },
    ]);
    await send(trial, second, topic, [{ partition: 0, offset: '2' }]);
    await second.commit();
    await first.commit();
    await hasCommitted(trial, topic, [
      ['2', null],
      ['1', null],
    ]);
  });

  behaviour('who sends offsets need not be a member of the group, and its members go on', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.member({ topics: [topic] });
    await trial.send(topic, [{ value: 'a' }]);
    await eventually(() => expect(member.values()).toEqual(['a']));
    const transaction = await (await writer(trial)).producer.transaction();
    await send(trial, transaction, topic, [{ partition: 0, offset: '1' }]);
    await transaction.commit();
    await hasCommitted(trial, topic, [['1', null]]);
    await trial.send(topic, [{ value: 'b' }]);
    await eventually(() => expect(member.values()).toEqual(['a', 'b']));
    expect(member.joins).toHaveLength(1);
  });

  behaviour('who joins while offsets are pending begins from what was committed before', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b', 'c']);
    await trial.commit(topic, [{ partition: 0, offset: '1' }]);
    const transaction = await (await writer(trial)).producer.transaction();
    await send(trial, transaction, topic, [{ partition: 0, offset: '2' }]);
    const member = await trial.member({ topics: [topic] });
    await eventually(() => expect(member.values()).toEqual(['b', 'c']));
    await transaction.commit();
  });

  behaviour('who joins after the commit begins from the offsets that the transaction has sent', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b', 'c']);
    const transaction = await (await writer(trial)).producer.transaction();
    await send(trial, transaction, topic, [{ partition: 0, offset: '2' }]);
    await transaction.commit();
    await hasCommitted(trial, topic, [['2', null]]);
    const member = await trial.member({ topics: [topic] });
    await eventually(() => expect(member.values()).toEqual(['c']));
  });

  behaviour('metadata that is too long is refused, and the transaction goes on with the other partitions', async (trial) => {
    const topic = await trial.topic(2);
    const transaction = await (await writer(trial)).producer.transaction();
    const sent = send(trial, transaction, topic, [
      { partition: 0, offset: '1', metadata: 'x'.repeat(4_097) },
      { partition: 1, offset: '2', metadata: 'x'.repeat(4_096) },
    ]);
    await expect(sent).rejects.toMatchObject({ name: 'KafkaJSProtocolError', type: 'OFFSET_METADATA_TOO_LARGE', retriable: false });
    expect(transaction.isActive()).toBe(true);
    await transaction.commit();
    await hasCommitted(trial, topic, [
      ['-1', null],
      ['2', 'x'.repeat(4_096)],
    ]);
  });

  behaviour('offsets need a group and a list of topics, which may be empty', async (trial) => {
    const transaction = await (await writer(trial)).producer.transaction();
    const none = undefined as unknown;
    const sent = (offsets: object) => transaction.sendOffsets(offsets as Parameters<KafkaTransaction['sendOffsets']>[0]);
    await expect(sent({ consumerGroupId: none, topics: [] })).rejects.toMatchObject({
      name: 'AssertionError',
      message: 'Missing consumerGroupId',
    });
    await expect(sent({ consumerGroupId: trial.groupId, topics: none })).rejects.toMatchObject({
      name: 'AssertionError',
      message: 'Missing offset topics',
    });
    await sent({ consumerGroupId: trial.groupId, topics: [] });
    await transaction.commit();
  });
});
