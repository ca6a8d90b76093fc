import { describe, expect } from 'vitest';
import type { FakeKafkaConsumer, FakeMessagePayload, FakeRunConfig } from 'millrace/testing';
import { behaviourOf, eventually, refusal } from './behaviour';
import { brokers } from './brokers';
import type { Trial } from './trial';

const textOf = ({ message: { value } }: FakeMessagePayload): string => (value === null ? 'null' : Buffer.from(value).toString());

/** A consumer of a topic from its beginning, as a plain program has one. */
async function consumerOf(trial: Trial, topic: string, run?: FakeRunConfig): Promise<FakeKafkaConsumer> {
  const consumer = await trial.connected(
    trial.broker.kafka().consumer({ groupId: trial.groupId, maxWaitTimeInMs: 50, heartbeatInterval: 50, allowAutoTopicCreation: false }),
  );
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run(run);
  return consumer;
}

describe.each(brokers)('running a handler on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('eachMessage gets every record by itself, in order, with its place', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [
      { key: 'k', value: 'a', headers: { h: 'x' }, timestamp: '5' },
      { value: 'b', timestamp: '6' },
    ]);
    const got: unknown[] = [];
    await consumerOf(trial, topic, {
      eachMessage: async (payload) => {
        const { topic: from, partition, message } = payload;
        got.push([
          from,
          partition,
          message.offset,
          message.key && String(message.key),
          textOf(payload),
          message.timestamp,
          Object.keys(message.headers ?? {}),
        ]);
      },
    });
    await eventually(() =>
      expect(got).toEqual([
        [topic, 0, '0', 'k', 'a', '5', ['h']],
        [topic, 0, '1', null, 'b', '6', []],
      ]),
    );
  });

  behaviour('eachMessage commits after its batch, if nothing else is said', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'a' }, { value: 'b' }]);
    const during: string[] = [];
    await consumerOf(trial, topic, {
      eachMessage: async () => {
        during.push((await trial.committed(topic))[0]?.offset ?? '');
      },
    });
    await eventually(async () => expect((await trial.committed(topic))[0]?.offset).toBe('2'));
    expect(during).toEqual(['-1', '-1']);
  });

  behaviour('eachMessage that fails has what is before it committed, and gets the failed one again with the rest', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['a', 'b', 'c'].map((value) => ({ value })),
    );
    const got: string[] = [];
    let committed: string | undefined;
    await consumerOf(trial, topic, {
      eachMessage: async (payload) => {
        got.push(textOf(payload));
        if (got.length === 2) throw new Error('the handler fails once');
        if (got.length === 3) committed = (await trial.committed(topic))[0]?.offset;
      },
    });
    await eventually(() => expect(got).toEqual(['a', 'b', 'b', 'c']));
    expect(committed).toBe('1');
    await eventually(async () => expect((await trial.committed(topic))[0]?.offset).toBe('3'));
  });

  behaviour('without autoCommit nothing is committed, and a failed record comes again all the same', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['a', 'b', 'c'].map((value) => ({ value })),
    );
    const got: string[] = [];
    const consumer = await consumerOf(trial, topic, {
      autoCommit: false,
      eachMessage: async (payload) => {
        got.push(textOf(payload));
        if (got.length === 2) throw new Error('the handler fails once');
      },
    });
    await eventually(() => expect(got).toEqual(['a', 'b', 'b', 'c']));
    await consumer.disconnect();
    expect((await trial.committed(topic))[0]?.offset).toBe('-1');
  });

  behaviour('with autoCommitThreshold a batch is committed every so many records', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['a', 'b', 'c', 'd', 'e'].map((value) => ({ value })),
    );
    const during: string[] = [];
    await consumerOf(trial, topic, {
      autoCommitThreshold: 2,
      eachMessage: async () => {
        during.push((await trial.committed(topic))[0]?.offset ?? '');
      },
    });
    await eventually(() => expect(during).toHaveLength(5));
    expect(during).toEqual(['-1', '-1', '2', '2', '4']);
  });

  behaviour('with autoCommitInterval a batch is committed when so much time has gone', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['a', 'b', 'c'].map((value) => ({ value })),
    );
    const during: string[] = [];
    await consumerOf(trial, topic, {
      autoCommitInterval: 200,
      eachMessage: async () => {
        during.push((await trial.committed(topic))[0]?.offset ?? '');
        if (during.length === 2) await new Promise((resolve) => setTimeout(resolve, 300));
      },
    });
    await eventually(() => expect(during).toHaveLength(3));
    expect(during.at(-1)).toBe('2');
  });

  behaviour('a seek within eachMessage ends the batch there', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['a', 'b', 'c', 'd'].map((value) => ({ value })),
    );
    const got: string[] = [];
    const consumer: FakeKafkaConsumer = await consumerOf(trial, topic, {
      eachMessage: async (payload) => {
        got.push(textOf(payload));
        if (got.length === 2) consumer.seek({ topic, partition: 0, offset: '3' });
      },
    });
    await eventually(() => expect(got).toEqual(['a', 'b', 'd']));
  });

  behaviour('a pause within eachMessage ends the batch after that record, and the rest comes when it is resumed', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['a', 'b', 'c'].map((value) => ({ value })),
    );
    const got: string[] = [];
    let resume: (() => void) | undefined;
    const consumer = await consumerOf(trial, topic, {
      eachMessage: async (payload) => {
        got.push(textOf(payload));
        if (got.length === 1) resume = payload.pause();
      },
    });
    await eventually(() => expect(consumer.paused()).toEqual([{ topic, partitions: [0] }]));
    await eventually(async () => expect((await trial.committed(topic))[0]?.offset).toBe('1'));
    expect(got).toEqual(['a']);
    resume?.();
    await eventually(() => expect(got).toEqual(['a', 'b', 'c']));
  });

  behaviour('a pause and an error within eachMessage wait together for the resume', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['a', 'b'].map((value) => ({ value })),
    );
    const got: string[] = [];
    let resume: (() => void) | undefined;
    await consumerOf(trial, topic, {
      eachMessage: async (payload) => {
        got.push(textOf(payload));
        if (got.length > 1) return;
        resume = payload.pause();
        throw new Error('later');
      },
    });
    await eventually(() => expect(resume).toBeDefined());
    await new Promise((wait) => setTimeout(wait, 600));
    expect(got).toEqual(['a']);
    resume?.();
    await eventually(() => expect(got).toEqual(['a', 'a', 'b']));
  });

  behaviour('a stop within eachMessage leaves the rest of the batch, committed up to there', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      ['a', 'b', 'c'].map((value) => ({ value })),
    );
    const got: string[] = [];
    let stopped: Promise<void> | undefined;
    const consumer: FakeKafkaConsumer = await consumerOf(trial, topic, {
      eachMessage: async (payload) => {
        got.push(textOf(payload));
        if (got.length === 2) stopped = consumer.stop();
      },
    });
    await eventually(() => expect(stopped).toBeDefined());
    await stopped;
    expect(got).toEqual(['a', 'b']);
    expect((await trial.committed(topic))[0]?.offset).toBe('2');
  });

  behaviour('eachMessage goes before eachBatch, and neither of them reads the records away', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'a' }]);
    const got: string[] = [];
    await consumerOf(trial, topic, {
      eachMessage: async () => void got.push('eachMessage'),
      eachBatch: async () => void got.push('eachBatch'),
    });
    await eventually(() => expect(got).toEqual(['eachMessage']));
    await eventually(async () => expect((await trial.committed(topic))[0]?.offset).toBe('1'));
  });

  behaviour('a consumer that is run without handlers reads nothing away', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'a' }]);
    const consumer = await consumerOf(trial, topic);
    let batches = 0;
    consumer.on('consumer.end_batch_process', () => {
      batches++;
    });
    await eventually(() => expect(batches).toBeGreaterThan(1));
    await consumer.disconnect();
    expect((await trial.committed(topic))[0]?.offset).toBe('-1');
  });

  behaviour('eachBatch is resolved and committed when it returns, if nothing else is said', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'a' }, { value: 'b' }]);
    await consumerOf(trial, topic, { eachBatch: async () => undefined });
    await eventually(async () => expect((await trial.committed(topic))[0]?.offset).toBe('2'));
  });

  behaviour(
    'uncommittedOffsets of a batch are those that are resolved, their partitions as text, and commitOffsetsIfNecessary commits them past the threshold',
    async (trial) => {
      const topic = await trial.topic(2);
      await trial.send(
        topic,
        ['a', 'b', 'c'].map((value) => ({ value, partition: 1 })),
      );
      const got: unknown[] = [];
      await consumerOf(trial, topic, {
        autoCommitThreshold: 2,
        eachBatch: async ({ resolveOffset, uncommittedOffsets, commitOffsetsIfNecessary }) => {
          for (const offset of ['0', '1', '2']) {
            resolveOffset(offset);
            const before = uncommittedOffsets();
            await commitOffsetsIfNecessary();
            got.push([before.topics.flatMap(({ partitions }) => partitions), (await trial.committed(topic))[1]?.offset]);
          }
        },
      });
      await eventually(() =>
        expect(got).toEqual([
          [[{ partition: '1', offset: '1' }], '-1'],
          [[{ partition: '1', offset: '2' }], '2'],
          [[{ partition: '1', offset: '3' }], '2'],
        ]),
      );
    },
  );

  behaviour('pause of a batch pauses its partition and no other', async (trial) => {
    const topic = await trial.topic(2);
    await trial.send(topic, [
      { value: 'a', partition: 0 },
      { value: 'b', partition: 1 },
    ]);
    let resume: (() => void) | undefined;
    const got: string[] = [];
    const consumer = await consumerOf(trial, topic, {
      eachBatch: async ({ batch, pause }) => {
        got.push(...batch.messages.map(({ value }) => String(value)));
        if (batch.partition === 0 && got.length <= 2) resume = pause();
      },
    });
    await eventually(() => expect(got.toSorted()).toEqual(['a', 'b']));
    await eventually(() => expect(consumer.paused()).toEqual([{ topic, partitions: [0] }]));
    await trial.send(topic, [
      { value: 'c', partition: 0 },
      { value: 'd', partition: 1 },
    ]);
    await eventually(() => expect(got).toContain('d'));
    expect(got).not.toContain('c');
    resume?.();
    await eventually(() => expect(got).toContain('c'));
  });

  behaviour('subscribe takes one topic by its old name too, and no topic at all is refused', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'a' }]);
    const consumer = await trial.connected(broker.kafka().consumer({ groupId: trial.groupId, maxWaitTimeInMs: 50 }));
    expect(await refusal(consumer.subscribe({} as { topics: string[] }))).toBe('KafkaJSNonRetriableError');
    await consumer.subscribe({ topic, fromBeginning: true });
    const got: string[] = [];
    await consumer.run({ eachMessage: async (payload) => void got.push(textOf(payload)) });
    await eventually(() => expect(got).toEqual(['a']));
  });

  behaviour('clients have the names of their events, and a message what kafkajs gives it', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ key: 'k', value: 'v' }]);
    let message: object = {};
    const consumer = await consumerOf(trial, topic, { eachMessage: async (payload) => void (message = payload.message) });
    expect(consumer.events).toMatchObject({
      HEARTBEAT: 'consumer.heartbeat',
      GROUP_JOIN: 'consumer.group_join',
      END_BATCH_PROCESS: 'consumer.end_batch_process',
      CRASH: 'consumer.crash',
      REBALANCING: 'consumer.rebalancing',
      REQUEST: 'consumer.network.request',
    });
    let heartbeats = 0;
    consumer.on(consumer.events.HEARTBEAT, () => {
      heartbeats++;
    });
    await eventually(() => expect(heartbeats).toBeGreaterThan(0));
    await eventually(() => expect(message).toMatchObject({ attributes: 0, offset: '0' }));
  });
});
