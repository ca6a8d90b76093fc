import { describe, expect } from 'vitest';
import type { KafkaTransaction } from '../../../src/kafka/client';
import { uniqueName } from '../realKafka';
import { behaviourOf, errorType, eventually } from './behaviour';
import { brokers } from './brokers';
import type { Member } from './member';
import type { Trial } from './trial';
import { sendOffsets, writer } from './writer';

/** How far a life comes with the record that is its last. */
const stages = ['taken', 'sent', 'offsets sent', 'committed'] as const;
type Stage = (typeof stages)[number];

const values = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** A topic to read and one to write. */
interface Task {
  readonly from: string;
  readonly to: string;
  readonly transactionalId: string;
}

async function taskOf(trial: Trial): Promise<Task> {
  const [from, to] = await Promise.all([trial.topic(), trial.topic()]);
  await trial.sendEach(from, 0, values);
  return { from, to, transactionalId: uniqueName('task') };
}

/** One life of a task: it puts each record and the offset behind it into a transaction, until the last of so many, with which it comes no further than a stage. */
async function live(trial: Trial, { from, to, transactionalId }: Task, count: number, last: Stage): Promise<Member> {
  const { producer } = await writer(trial, { transactionalId });
  // First of all it fences whoever came before: only then is what the group has committed final.
  let transaction: KafkaTransaction | undefined = await producer.transaction();
  let taken = 0;
  const member = await trial.member({
    topics: [from],
    eachBatchAutoResolve: false,
    maxBytesPerPartition: 1, // a batch of the log at a time
    eachBatch: async ({ batch, resolveOffset }) => {
      for (const { offset, value } of batch.messages) {
        if (taken === count) return;
        taken++;
        const goesTo = (stage: Stage) => taken < count || stages.indexOf(last) >= stages.indexOf(stage);
        transaction ??= await producer.transaction();
        if (goesTo('sent')) await transaction.send({ topic: to, messages: [{ value }] });
        const partitions = [{ partition: 0, offset: `${Number(offset) + 1}`, metadata: `through ${offset}` }];
        if (goesTo('offsets sent'))
          await sendOffsets(transaction, { consumerGroupId: trial.groupId, topics: [{ topic: from, partitions }] });
        if (!goesTo('committed')) return;
        await transaction.commit();
        transaction = undefined;
        resolveOffset(offset);
      }
    },
  });
  await eventually(() => expect(taken).toBe(count));
  return member;
}

/** What readers find is what was read, each record once, and the group has committed just that. */
async function isDone(trial: Trial, { from, to }: Task): Promise<void> {
  await eventually(async () =>
    expect(await trial.committed(from)).toEqual([{ partition: 0, offset: `${values.length}`, metadata: `through ${values.length - 1}` }]),
  );
  const reader = await trial.member({ topics: [to], groupId: uniqueName('readers') });
  await eventually(() => expect(reader.values()).toEqual(values));
}

describe.each(brokers)('exactly once on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  for (const stage of stages) {
    behaviour(`a task whose lives end when a record is ${stage} writes each record once`, async (trial) => {
      const task = await taskOf(trial);
      const ended = stage === 'committed';
      // A record that is not committed is taken again by the next life.
      for (const count of ended ? [3, 1, 4] : [3, 2, 5]) {
        const member = await live(trial, task, count, count > 3 ? 'committed' : stage);
        await member.consumer.disconnect();
      }
      await isDone(trial, task);
    });
  }

  behaviour('a task that is killed in the middle of a transaction is taken over by another process', async (trial) => {
    const task = await taskOf(trial);
    const member = await live(trial, task, 3, 'offsets sent');
    member.kill();
    await live(trial, task, 6, 'committed');
    await isDone(trial, task);
  });

  behaviour('a task that was taken over while it slept cannot commit what it had begun', async (trial) => {
    const task = await taskOf(trial);
    const { producer } = await writer(trial, { transactionalId: task.transactionalId });
    const asleep = await producer.transaction();
    await asleep.send({ topic: task.to, messages: [{ value: 'a' }] });
    await asleep.sendOffsets({
      consumerGroupId: trial.groupId,
      topics: [{ topic: task.from, partitions: [{ partition: 0, offset: '1', metadata: 'asleep' }] }],
    });
    await live(trial, task, 8, 'committed');
    expect(await asleep.commit().catch(errorType)).toBe('INVALID_PRODUCER_EPOCH');
    await isDone(trial, task);
  });
});
