import { describe, expect } from 'vitest';
import type { KafkaBatchPayload } from '../../../src/kafka/client';
import { behaviourOf, eventually } from './behaviour';
import { brokers } from './brokers';
import type { Member, MemberOptions } from './member';
import type { Trial } from './trial';
import { ended, writer } from './writer';

/** What a reader of the topic is given, as `offset:value`, once there is so much. */
async function reads(trial: Trial, topic: string, count: number, options: Partial<MemberOptions> = {}): Promise<string[]> {
  const member = await trial.member({ topics: [topic], ...options });
  await eventually(() => expect(member.delivered).toHaveLength(count));
  return delivered(member);
}

const delivered = (member: Member) => member.delivered.map(({ offset, value }) => `${offset}:${value}`);

describe.each(brokers)('reading transactions of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('what a transaction has sent is delivered when it is committed, and not before', async (trial) => {
    const topic = await trial.topic();
    const { open } = await writerOf(trial);
    const transaction = await open(topic, 'a', 'b');
    const uncommitted = await trial.member({ topics: [topic], readUncommitted: true });
    await eventually(() => expect(uncommitted.values()).toEqual(['a', 'b']));
    await uncommitted.consumer.disconnect();
    const member = await trial.member({ topics: [topic] });
    await transaction.send({ topic, messages: [{ partition: 0, value: 'c' }] });
    expect(member.delivered).toEqual([]);
    await transaction.commit();
    await eventually(() => expect(member.values()).toEqual(['a', 'b', 'c']));
  });

  behaviour('what is aborted is not delivered, and what comes after it is', async (trial) => {
    const topic = await trial.topic();
    const { abort, commit } = await writerOf(trial);
    await abort(topic, 'a', 'b');
    await commit(topic, 'c');
    await abort(topic, 'd');
    await trial.send(topic, [{ value: 'e' }]);
    await ended(trial, topic, 8);
    expect(await reads(trial, topic, 2)).toEqual(['3:c', '7:e']);
  });

  behaviour('who reads what is not committed is given what was aborted too, and no marks', async (trial) => {
    const topic = await trial.topic();
    const { abort, commit, open } = await writerOf(trial);
    await abort(topic, 'a');
    await commit(topic, 'b');
    await open(topic, 'c');
    expect(await reads(trial, topic, 3, { readUncommitted: true })).toEqual(['0:a', '2:b', '4:c']);
  });

  behaviour('an open transaction holds back what others have written after it', async (trial) => {
    const topic = await trial.topic();
    const { open } = await writerOf(trial);
    const { commit } = await writerOf(trial);
    await trial.send(topic, [{ value: 'before' }]);
    const transaction = await open(topic, 'open');
    await trial.send(topic, [{ value: 'after' }]);
    await commit(topic, 'committed');
    const member = await trial.member({ topics: [topic] });
    await eventually(() => expect(member.values()).toEqual(['before']));
    await transaction.abort();
    await eventually(() => expect(delivered(member)).toEqual(['0:before', '2:after', '3:committed']));
  });

  behaviour('of two open transactions the one that began first holds the readers back', async (trial) => {
    const topic = await trial.topic();
    const first = await (await writerOf(trial)).open(topic, 'a');
    const second = await (await writerOf(trial)).open(topic, 'b');
    await first.send({ topic, messages: [{ partition: 0, value: 'c' }] });
    await second.commit();
    const admin = await trial.admin();
    expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ high: '0' }]);
    await first.commit();
    expect(await reads(trial, topic, 3)).toEqual(['0:a', '1:b', '2:c']);
  });

  behaviour('a transaction may be committed while another one around it is aborted', async (trial) => {
    const topic = await trial.topic();
    const outer = await (await writerOf(trial)).open(topic, 'a');
    const { commit } = await writerOf(trial);
    await commit(topic, 'b', 'c');
    await outer.send({ topic, messages: [{ partition: 0, value: 'd' }] });
    await outer.abort();
    await ended(trial, topic, 6);
    expect(await reads(trial, topic, 2)).toEqual(['1:b', '2:c']);
  });

  behaviour('a mark takes an offset in each partition of its transaction', async (trial) => {
    const topic = await trial.topic(3);
    const { producer } = await writerOf(trial);
    for (const end of ['commit', 'abort'] as const) {
      const transaction = await producer.transaction();
      await transaction.send({
        topic,
        messages: [
          { partition: 0, value: 'a' },
          { partition: 2, value: 'b' },
        ],
      });
      await transaction[end]();
    }
    const admin = await trial.admin();
    const ends = async () => Object.fromEntries((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, high]));
    await eventually(async () => expect(await ends()).toEqual({ 0: '4', 1: '0', 2: '4' }));
  });

  behaviour('the last offset of a batch is that of the mark behind its messages', async (trial) => {
    const topic = await trial.topic();
    await (await writerOf(trial)).commit(topic, 'a', 'b');
    await ended(trial, topic, 3);
    const batches: unknown[] = [];
    await reads(trial, topic, 2, {
      eachBatch: ({ batch }) => {
        const { fetchedOffset, highWatermark } = batch;
        batches.push({ fetchedOffset, highWatermark, lastOffset: batch.lastOffset(), count: batch.messages.length });
      },
    });
    expect(batches).toEqual([{ fetchedOffset: '0', highWatermark: '3', lastOffset: '2', count: 2 }]);
  });

  behaviour('who resolves the last message of a batch has resolved the mark behind it', async (trial) => {
    const topic = await trial.topic();
    const { commit } = await writerOf(trial);
    await commit(topic, 'a');
    await ended(trial, topic, 2);
    const asked: unknown[] = [];
    const eachBatch = ({ batch, resolveOffset }: KafkaBatchPayload) => {
      asked.push(batch.fetchedOffset);
      resolveOffset(batch.messages.at(-1)?.offset ?? '');
    };
    const member = await trial.member({ topics: [topic], eachBatchAutoResolve: false, eachBatch });
    await eventually(() => expect(member.values()).toEqual(['a']));
    await trial.send(topic, [{ value: 'b' }]);
    await eventually(() => expect(member.values()).toEqual(['a', 'b']));
    expect(asked).toEqual(['0', '2']);
  });

  behaviour('a batch in which nothing is left is not handed out, and told as processed', async (trial) => {
    const topic = await trial.topic();
    await (await writerOf(trial)).abort(topic, 'a', 'b');
    await ended(trial, topic, 3);
    const member = await trial.outsider({ topics: [topic] });
    const told: unknown[] = [];
    for (const event of ['start', 'end']) member.consumer.on(`consumer.${event}_batch_process`, ({ payload }) => told.push(payload));
    await member.join();
    const nothing = { batchSize: 0, firstOffset: '0', lastOffset: '2', highWatermark: '3', offsetLag: '0', offsetLagLow: '2' };
    await eventually(() => expect(told).toMatchObject([nothing, nothing]));
    await trial.send(topic, [{ value: 'c' }]);
    await eventually(() => expect(delivered(member)).toEqual(['3:c']));
  });

  behaviour('a consumer that commits by itself commits what follows the mark', async (trial) => {
    const topic = await trial.topic();
    const { abort, commit } = await writerOf(trial);
    await commit(topic, 'a');
    await abort(topic, 'b');
    await ended(trial, topic, 4);
    const { consumer } = await trial.outsider({ topics: [topic] });
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const eachBatch = () => Promise.resolve();
    await consumer.run({ autoCommit: true, eachBatchAutoResolve: true, partitionsConsumedConcurrently: 1, eachBatch });
    await eventually(async () => expect(await trial.committed(topic)).toMatchObject([{ offset: '4' }]));
  });

  behaviour('a mark can be sought, and what follows it is delivered', async (trial) => {
    const topic = await trial.topic();
    const { commit } = await writerOf(trial);
    await commit(topic, 'a');
    await commit(topic, 'b');
    const member = await trial.outsider({ topics: [topic] });
    member.consumer.on('consumer.group_join', () => member.consumer.seek({ topic, partition: 0, offset: '1' }));
    await member.join();
    await eventually(() => expect(delivered(member)).toEqual(['2:b']));
  });

  behaviour('a batch before an open transaction tells the high watermark behind it, and lags', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'a' }]);
    await (await writerOf(trial)).open(topic, 'b', 'c');
    const told: unknown[] = [];
    await reads(trial, topic, 1, { eachBatch: ({ batch }) => void told.push([batch.highWatermark, batch.lastOffset()]) });
    expect(told).toEqual([['3', '0']]);
  });

  behaviour('the end of a partition is told as far as it is stable', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'a' }]);
    const transaction = await (await writerOf(trial)).open(topic, 'b');
    await trial.send(topic, [{ value: 'c' }]);
    const admin = await trial.admin();
    expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ low: '0', high: '1', offset: '1' }]);
    expect(await admin.fetchTopicOffsetsByTimestamp(topic)).toMatchObject([{ offset: '1' }]);
    await transaction.commit();
    await eventually(async () => expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ low: '0', high: '4', offset: '4' }]));
  });

  behaviour('where the beginning of an open transaction has been deleted, what is left of the log is not stable yet', async (trial) => {
    const topic = await trial.topic();
    const transaction = await (await writerOf(trial)).open(topic, 'a', 'b', 'c');
    await broker.deleteBefore({ topic, partition: 0, offset: 2 });
    const admin = await trial.admin();
    await eventually(async () => expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ low: '2', high: '2' }]));
    await transaction.commit();
    expect(await reads(trial, topic, 1)).toEqual(['2:c']);
  });

  behaviour('of a transaction that is aborted after its beginning has been deleted nothing is delivered', async (trial) => {
    const topic = await trial.topic();
    const transaction = await (await writerOf(trial)).open(topic, 'a', 'b', 'c');
    await broker.deleteBefore({ topic, partition: 0, offset: 2 });
    await transaction.abort();
    await ended(trial, topic, 4);
    await trial.send(topic, [{ value: 'd' }]);
    expect(await reads(trial, topic, 1)).toEqual(['4:d']);
  });

  behaviour('the offset of a time is not beyond what is stable', async (trial) => {
    const topic = await trial.topic();
    const now = Date.now() - 60_000;
    const send = (value: string, timestamp: number) => trial.send(topic, [{ value, timestamp: String(timestamp) }]);
    await send('a', now);
    const transaction = await (await writerOf(trial)).producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'b', timestamp: String(now + 1) }] });
    await send('c', now + 2);
    const admin = await trial.admin();
    const at = (time: number) => admin.fetchTopicOffsetsByTimestamp(topic, time);
    expect(await at(now)).toMatchObject([{ offset: '0' }]);
    expect(await at(now + 2)).toMatchObject([{ offset: '1' }]);
    await transaction.commit();
    await eventually(async () => expect(await at(now + 2)).toMatchObject([{ offset: '2' }]));
    expect(await at(now + 1)).toMatchObject([{ offset: '1' }]);
  });

  behaviour('the offset of a time can be that of a mark, or of what was aborted', async (trial) => {
    const topic = await trial.topic();
    const now = Date.now() - 60_000;
    const transaction = await (await writerOf(trial)).producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'a', timestamp: String(now) }] });
    await transaction.abort();
    await ended(trial, topic, 2);
    await trial.send(topic, [{ value: 'b', timestamp: String(now + 2) }]);
    const admin = await trial.admin();
    expect(await admin.fetchTopicOffsetsByTimestamp(topic, now)).toMatchObject([{ offset: '0' }]);
    // The mark has the time of its writing, so it comes before the message that was asked for.
    expect(await admin.fetchTopicOffsetsByTimestamp(topic, now + 1)).toMatchObject([{ offset: '1' }]);
  });

  behaviour('who begins at the end begins where it is stable, or where the log ends if it reads what is not committed', async (trial) => {
    const topic = await trial.topic();
    const transaction = await (await writerOf(trial)).open(topic, 'a');
    const stable = await trial.member({ topics: [topic], fromBeginning: false, groupId: `${trial.groupId}-stable` });
    const end = await trial.member({ topics: [topic], fromBeginning: false, readUncommitted: true, groupId: `${trial.groupId}-end` });
    const hasBegun = async (member: Member) => {
      const polls: unknown[] = [];
      member.consumer.on('consumer.fetch', (event) => polls.push(event));
      await eventually(() => expect(polls.length).toBeGreaterThan(1));
    };
    await Promise.all([hasBegun(stable), hasBegun(end)]);
    await transaction.send({ topic, messages: [{ value: 'b' }] });
    await transaction.commit();
    await eventually(() => expect(stable.values()).toEqual(['a', 'b']));
    await eventually(() => expect(end.values()).toEqual(['b']));
  });

  behaviour('kafkajs delivers what was aborted if the transaction that began first ended last', async (trial) => {
    const topic = await trial.topic();
    const first = await (await writerOf(trial)).open(topic, 'a');
    const second = await (await writerOf(trial)).open(topic, 'b');
    await second.abort();
    await first.send({ topic, messages: [{ value: 'c' }] });
    await first.abort();
    await ended(trial, topic, 5);
    await trial.send(topic, [{ value: 'd' }]);
    expect(await reads(trial, topic, 2)).toEqual(['0:a', '5:d']);
  });

  behaviour('kafkajs delivers what was aborted if it begins to read where two such transactions overlap', async (trial) => {
    const topic = await trial.topic();
    const first = await (await writerOf(trial)).open(topic, 'a');
    const second = await (await writerOf(trial)).open(topic, 'b', 'c', 'd');
    await first.abort();
    await ended(trial, topic, 1);
    await second.abort();
    await ended(trial, topic, 6);
    await trial.send(topic, [{ value: 'e' }]);
    const member = await trial.outsider({ topics: [topic] });
    member.consumer.on('consumer.group_join', () => member.consumer.seek({ topic, partition: 0, offset: '2' }));
    await member.join();
    await eventually(() => expect(delivered(member)).toEqual(['2:c', '6:e']));
  });

  behaviour('kafkajs takes a key of four zero bytes for the mark of an abort, and delivers it and what follows', async (trial) => {
    const topic = await trial.topic();
    const transaction = await (await writerOf(trial)).producer.transaction();
    const key = Buffer.alloc(4);
    await transaction.send({ topic, messages: [{ value: 'a' }, { key, value: 'b' }, { value: 'c' }] });
    await transaction.abort();
    await ended(trial, topic, 4);
    await trial.send(topic, [{ value: 'd' }]);
    expect(await reads(trial, topic, 3)).toEqual(['1:b', '2:c', '4:d']);
  });
});

async function writerOf(trial: Trial) {
  const made = await writer(trial);
  return {
    producer: made.producer,
    open: made.open.bind(made),
    commit: made.commit.bind(made),
    abort: made.abort.bind(made),
  };
}
