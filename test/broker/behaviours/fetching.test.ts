import { describe, expect } from 'vitest';
import { behaviourOf, eventually } from './behaviour';
import { brokers } from './brokers';

const numbers = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `${from + i}`);

describe.each(brokers)('fetching from $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('a batch says what was asked for, what it holds and where the log ends', async (trial) => {
    const topic = await trial.topic(2);
    await trial.send(
      topic,
      numbers(5).map((value) => ({ partition: 1, value })),
    );
    const batches: unknown[] = [];
    await trial.commit(topic, [{ partition: 1, offset: '2' }]);
    await trial.member({
      topics: [topic],
      eachBatch: ({ batch }) => {
        const { topic: name, partition, fetchedOffset, highWatermark, messages } = batch;
        batches.push({
          name,
          partition,
          fetchedOffset,
          highWatermark,
          last: batch.lastOffset(),
          offsets: messages.map(({ offset }) => offset),
        });
      },
    });
    await eventually(() => expect(batches).not.toEqual([]));
    await trial.sendEach(topic, 1, ['later']);
    await eventually(() => expect(batches).toHaveLength(2));
    expect(batches).toEqual([
      { name: topic, partition: 1, fetchedOffset: '2', highWatermark: '5', last: '4', offsets: ['2', '3', '4'] },
      { name: topic, partition: 1, fetchedOffset: '5', highWatermark: '6', last: '5', offsets: ['5'] },
    ]);
  });

  behaviour('records of a partition come in the order of their offsets, each once', async (trial) => {
    const topic = await trial.topic(3);
    for (let round = 0; round < 10; round++) {
      await trial.send(
        topic,
        [0, 1, 2].flatMap((partition) => numbers(3, round * 3).map((value) => ({ partition, value }))),
      );
    }
    const member = await trial.member({ topics: [topic], maxBytesPerPartition: 300 });
    await eventually(() => expect(member.delivered).toHaveLength(90));
    for (const partition of [0, 1, 2]) expect(member.values(partition)).toEqual(numbers(30));
  });

  behaviour('a partition without a commit is read from its beginning if that is wished', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['old']);
    const member = await trial.member({ topics: [topic], fromBeginning: true });
    await eventually(() => expect(member.values()).toEqual(['old']));
  });

  behaviour('a partition without a commit is read from its end otherwise', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['old', 'old']);
    const member = await trial.member({ topics: [topic], fromBeginning: false });
    await eventually(async () => {
      await trial.sendEach(topic, 0, ['new']);
      expect(member.values().length).toBeGreaterThan(0);
    });
    expect(new Set(member.values())).toEqual(new Set(['new']));
  });

  for (const fromBeginning of [true, false]) {
    behaviour(`a partition with a commit is read from there, fromBeginning ${fromBeginning} or not`, async (trial) => {
      const topic = await trial.topic(2);
      await trial.sendEach(topic, 0, numbers(4));
      await trial.commit(topic, [{ partition: 0, offset: '2' }]);
      const member = await trial.member({ topics: [topic], fromBeginning });
      await eventually(() => expect(member.values()).toEqual(['2', '3']));
    });
  }

  behaviour('a commit of offset 0 is a commit', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a']);
    await trial.commit(topic, [{ partition: 0, offset: '0' }]);
    const member = await trial.member({ topics: [topic], fromBeginning: false });
    await eventually(() => expect(member.values()).toEqual(['a']));
  });

  behaviour('several topics are read, each with its own partitions', async (trial) => {
    const topics = [await trial.topic(1), await trial.topic(2)] as const;
    await trial.sendEach(topics[0], 0, ['a']);
    await trial.sendEach(topics[1], 1, ['b']);
    const member = await trial.member({ topics: [...topics] });
    await eventually(() => expect(member.delivered).toHaveLength(2));
    expect(member.delivered).toEqual(
      expect.arrayContaining([
        { topic: topics[0], partition: 0, offset: '0', value: 'a' },
        { topic: topics[1], partition: 1, offset: '0', value: 'b' },
      ]),
    );
  });

  behaviour('a RegExp means the topics that match when subscribing', async (trial) => {
    const [one, two, other] = [await trial.topic(), await trial.topic(), await trial.topic()];
    const member = await trial.member({ topics: [new RegExp(`^(${one}|${two})$`)] });
    for (const topic of [one, two, other]) await trial.sendEach(topic, 0, [topic]);
    await eventually(() => expect(member.values().sort()).toEqual([one, two].sort()));
    expect(Object.keys(member.joins[0]?.memberAssignment ?? {}).sort()).toEqual([one, two].sort());
  });

  behaviour('a consumer that runs cannot subscribe to more', async (trial) => {
    const topic = await trial.topic();
    const { consumer } = await trial.member({ topics: [topic] });
    await expect(consumer.subscribe({ topics: [await trial.topic()] })).rejects.toThrow(
      'Cannot subscribe to topic while consumer is running',
    );
  });

  behaviour('without auto-resolve, what is not resolved comes again', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      numbers(4).map((value) => ({ value })),
    );
    const batches: (string | undefined)[] = [];
    await trial.member({
      topics: [topic],
      eachBatchAutoResolve: false,
      eachBatch: ({ batch, resolveOffset }) => {
        batches.push(batch.messages.map(({ offset }) => offset).join(' '));
        const first = batch.messages[0];
        if (first && batches.length > 1) resolveOffset(first.offset);
      },
    });
    await eventually(() => expect(batches).toHaveLength(5));
    expect(batches).toEqual(['0 1 2 3', '0 1 2 3', '1 2 3', '2 3', '3']);
  });

  behaviour('with auto-resolve, a batch is done when its handler returns, whatever it has resolved', async (trial) => {
    const topic = await trial.topic();
    await trial.send(
      topic,
      numbers(3).map((value) => ({ value })),
    );
    const member = await trial.member({ topics: [topic], eachBatch: ({ resolveOffset }) => resolveOffset('0') });
    await eventually(() => expect(member.values()).toHaveLength(3));
    await trial.sendEach(topic, 0, ['3']);
    await eventually(() => expect(member.values()).toEqual(numbers(4)));
  });

  for (const eachBatchAutoResolve of [true, false]) {
    behaviour(
      `a handler that throws gets what it has not resolved again, with auto-resolve ${eachBatchAutoResolve ? 'on' : 'off'}`,
      async (trial) => {
        const topic = await trial.topic();
        await trial.send(
          topic,
          numbers(4).map((value) => ({ value })),
        );
        const batches: (string | undefined)[] = [];
        const member = await trial.member({
          topics: [topic],
          eachBatchAutoResolve,
          eachBatch: ({ batch, resolveOffset }) => {
            batches.push(batch.messages.map(({ offset }) => offset).join(' '));
            if (batches.length === 1) {
              resolveOffset('1');
              throw new Error('the handler fails once');
            }
            resolveOffset(batch.lastOffset());
          },
        });
        await eventually(() => expect(batches.length).toBeGreaterThan(1));
        await trial.sendEach(topic, 0, ['4']);
        await eventually(() => expect(batches).toEqual(['0 1 2 3', '2 3', '4']));
        expect(member.crashes).toEqual([]);
      },
    );
  }

  behaviour('a batch keeps to maxBytesPerPartition, but has one record at least', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a'.repeat(1_000), 'b'.repeat(1_000), 'c'.repeat(5_000), 'd'.repeat(1_000)]);
    const batches: string[] = [];
    await trial.member({
      topics: [topic],
      maxBytesPerPartition: 1_500,
      eachBatch: ({ batch }) => void batches.push(batch.messages.map(({ offset }) => offset).join(' ')),
    });
    await eventually(() => expect(batches).toEqual(['0', '1', '2', '3']));
  });

  behaviour('what is sent while the consumer waits is delivered', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.member({ topics: [topic] });
    for (const value of numbers(5)) {
      await trial.sendEach(topic, 0, [value]);
      await eventually(() => expect(member.values().at(-1)).toBe(value));
    }
    expect(member.values()).toEqual(numbers(5));
  });

  behaviour('subscriptions add up, and each says for itself where to begin', async (trial) => {
    const [first, second] = [await trial.topic(), await trial.topic()];
    await trial.sendEach(first, 0, ['old, of the first']);
    await trial.sendEach(second, 0, ['old, of the second']);
    const member = await trial.outsider({ topics: [first], fromBeginning: true });
    await member.consumer.subscribe({ topics: [second], fromBeginning: false });
    await member.join();
    await eventually(async () => {
      await trial.sendEach(second, 0, ['new']);
      expect(member.values()).toContain('new');
    });
    await eventually(() => expect(new Set(member.values())).toEqual(new Set(['old, of the first', 'new'])));
  });
});
