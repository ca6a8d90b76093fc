import { describe, expect } from 'vitest';
import { behaviourOf, errorType, eventually } from './behaviour';
import { brokers } from './brokers';

describe.each(brokers)('handling of batches from $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('partitions are handled at once when that is wished, but one partition never twice at once', async (trial) => {
    const topic = await trial.topic(3);
    for (const partition of [0, 1, 2]) await trial.sendEach(topic, partition, ['a', 'b']);
    const leave = trial.gate();
    const handling: number[] = [];
    const twice: number[] = [];
    const member = await trial.member({
      topics: [topic],
      partitionsConsumedConcurrently: 3,
      eachBatch: async ({ batch: { partition } }) => {
        if (handling.includes(partition)) twice.push(partition);
        handling.push(partition);
        await leave.opened;
        handling.splice(handling.indexOf(partition), 1);
      },
    });
    await eventually(() => expect(handling.toSorted()).toEqual([0, 1, 2]));
    leave.open();
    await eventually(() => expect(member.delivered).toHaveLength(6));
    expect(twice).toEqual([]);
  });

  behaviour('partitions are handled one after the other unless more is wished', async (trial) => {
    const topic = await trial.topic(3);
    for (const partition of [0, 1, 2]) await trial.sendEach(topic, partition, ['a', 'b', 'c']);
    let handling = 0;
    const together: number[] = [];
    const member = await trial.member({
      topics: [topic],
      eachBatch: async () => {
        together.push(++handling);
        await new Promise(setImmediate);
        handling--;
      },
    });
    await eventually(() => expect(member.delivered).toHaveLength(9));
    expect(new Set(together)).toEqual(new Set([1]));
  });

  behaviour('no batch of a partition is fetched while another handler of the same broker is waited for', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 0, ['slow']);
    const [entered, leave] = [trial.gate(), trial.gate()];
    const order: string[] = [];
    const member = await trial.member({
      topics: [topic],
      partitionsConsumedConcurrently: 2,
      eachBatch: async ({ batch: { partition } }) => {
        if (partition === 1) return void order.push('other');
        entered.open();
        await leave.opened;
        order.push('slow');
      },
    });
    await entered.opened;
    await trial.sendEach(topic, 1, ['other']);
    leave.open();
    await eventually(() => expect(member.delivered).toHaveLength(2));
    expect(order).toEqual(['slow', 'other']);
  });

  for (const end of ['stop', 'disconnect'] as const) {
    behaviour(`${end} waits for the handler, which can see that its consumer is going`, async (trial) => {
      const topic = await trial.topic();
      await trial.sendEach(topic, 0, ['a']);
      const [entered, leave] = [trial.gate(), trial.gate()];
      const events: string[] = [];
      const member = await trial.member({
        topics: [topic],
        eachBatch: async ({ isRunning }) => {
          events.push(`running: ${isRunning()}`);
          entered.open();
          await leave.opened;
          events.push(`running: ${isRunning()}`);
        },
      });
      await entered.opened;
      const ended = member.consumer[end]().then(() => void events.push(end));
      // Answers of the broker in the meantime, that give it the time to be wrong.
      await trial.committed(topic);
      await trial.committed(topic);
      leave.open();
      await ended;
      expect(events).toEqual(['running: true', 'running: false', end]);
    });
  }

  behaviour('a consumer that has stopped handles nothing any more, and may run again from its commit', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a', 'b']);
    const member = await trial.member({ topics: [topic] });
    await eventually(() => expect(member.values()).toEqual(['a', 'b']));
    await member.consumer.commitOffsets([{ topic, partition: 0, offset: '1' }]);
    await member.consumer.stop();
    await trial.sendEach(topic, 0, ['c']);
    expect(member.values()).toEqual(['a', 'b']);
    await member.join();
    await eventually(() => expect(member.values()).toEqual(['a', 'b', 'b', 'c']));
  });

  behaviour('an error that cannot be retried ends the consumer, which says so once and joins no more', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a']);
    const member = await trial.member({
      topics: [topic],
      eachBatch: () => {
        throw new TypeError('the handler is broken');
      },
    });
    await eventually(() => expect(member.crashes).toHaveLength(1));
    const [crash] = member.crashes;
    expect(crash).toMatchObject({ groupId: trial.groupId, restart: false });
    expect(crash?.error).toMatchObject({ name: 'KafkaJSNonRetriableError', message: 'the handler is broken', retriable: false });
    expect(errorType(crash?.error)).toBe('TypeError');
    expect([member.values(), member.joins.length]).toEqual([['a'], 1]);
    // It has left the group: another one need not wait for the end of its session.
    const next = await trial.member({ topics: [topic], sessionTimeout: 300_000 });
    expect(next.assigned(topic)).toEqual([0]);
  });

  behaviour('any other error is tried again, and then the consumer crashes and starts anew', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a']);
    let failures = 0;
    const member = await trial.member({
      topics: [topic],
      retry: { retries: 1 },
      eachBatch: () => {
        if (failures < 2) throw new Error(`failure ${++failures}`);
      },
    });
    await eventually(() => expect(member.values()).toEqual(['a', 'a', 'a']));
    expect(member.crashes).toHaveLength(1);
    expect(member.crashes[0]).toMatchObject({ restart: true, error: { name: 'KafkaJSNumberOfRetriesExceeded', message: 'failure 2' } });
    expect(member.joins).toHaveLength(2);
  });

  behaviour('a crash that may not be followed by a restart is final', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a']);
    const asked: string[] = [];
    const member = await trial.member({
      topics: [topic],
      retry: {
        retries: 0,
        restartOnFailure: async (error) => {
          asked.push(error.message);
          return false;
        },
      },
      eachBatch: () => {
        throw new Error('no more');
      },
    });
    await eventually(() => expect(member.crashes).toHaveLength(1));
    expect(member.crashes[0]).toMatchObject({ restart: false, error: { name: 'KafkaJSNumberOfRetriesExceeded', message: 'no more' } });
    expect(asked).toEqual(['no more']);
    expect(member.values()).toEqual(['a']);
    const next = await trial.member({ topics: [topic], sessionTimeout: 300_000 });
    expect(next.assigned(topic)).toEqual([0]);
  });

  behaviour('heartbeats from the handler keep its member in the group beyond its session', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a']);
    const sessionTimeout = 2_000;
    let answer = '';
    const member = await trial.member({
      topics: [topic],
      sessionTimeout,
      eachBatch: async ({ heartbeat, commitOffsetsIfNecessary }) => {
        for (let waited = 0; waited < 1.5 * sessionTimeout; waited += 50) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          await heartbeat();
        }
        await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition: 0, offset: '1' }] }] });
        answer = 'stored';
      },
    });
    await eventually(() => expect(answer).toBe('stored'));
    expect(member.joins).toHaveLength(1);
  });
});
