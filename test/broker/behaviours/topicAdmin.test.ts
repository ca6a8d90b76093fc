import { describe, expect } from 'vitest';
import { uniqueName } from '../realKafka';
import { behaviourOf, errorType, eventually, refusal } from './behaviour';
import { brokers } from './brokers';

describe.each(brokers)('growing and deleting topics of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('createPartitions adds partitions, and records stay where they are', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a']);
    const admin = await trial.admin();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    await eventually(async () =>
      expect(
        (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.map(({ partitionId }) => partitionId).sort(),
      ).toEqual([0, 1, 2]),
    );
    await eventually(async () =>
      expect((await (await trial.connected(broker.kafka().admin())).fetchTopicOffsets(topic)).map(({ high }) => high).toSorted()).toEqual([
        '0',
        '0',
        '1',
      ]),
    );
  });

  behaviour('a topic does not shrink, nor is one that does not exist grown', async (trial) => {
    const topic = await trial.topic(3);
    const admin = await trial.admin();
    const grow = (name: string, count: number): Promise<string> =>
      refusal(admin.createPartitions({ topicPartitions: [{ topic: name, count }] }));
    expect(await grow(topic, 2)).toBe('INVALID_PARTITIONS');
    expect(await grow(topic, 3)).toBe('INVALID_PARTITIONS');
    expect(await grow(uniqueName('missing'), 3)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(await refusal(admin.createPartitions({ topicPartitions: [] }))).toBe('KafkaJSNonRetriableError');
    expect(
      await refusal(
        admin.createPartitions({
          topicPartitions: [
            { topic, count: 4 },
            { topic, count: 5 },
          ],
        }),
      ),
    ).toBe('KafkaJSNonRetriableError');
  });

  behaviour('partitions that are only validated are not made', async (trial) => {
    const topic = await trial.topic();
    const admin = await trial.admin();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }], validateOnly: true });
    expect((await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions).toHaveLength(1);
  });

  behaviour('a consumer that runs does not notice new partitions, and one that joins later does', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.member({ topics: [topic] });
    await (await trial.admin()).createPartitions({ topicPartitions: [{ topic, count: 2 }] });
    await eventually(async () => {
      const producer = await trial.connected(broker.kafka().producer());
      expect(await producer.send({ topic, messages: [{ partition: 1, value: 'b' }] })).toHaveLength(1);
    });
    await trial.sendEach(topic, 0, ['a']);
    await eventually(() => expect(member.values()).toEqual(['a']));
    expect(member.assigned(topic)).toEqual([0]);
    await member.consumer.disconnect();
    const later = await trial.member({ topics: [topic] });
    expect(later.assigned(topic)).toEqual([0, 1]);
    await eventually(() => expect(later.values().toSorted()).toContain('b'));
  });

  behaviour('a consumer whose metadata are soon too old notices new partitions, and joins its group again', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.member({ topics: [topic], metadataMaxAge: 300 });
    await (await trial.admin()).createPartitions({ topicPartitions: [{ topic, count: 2 }] });
    await eventually(() => expect(member.assigned(topic)).toEqual([0, 1]));
    const producer = await trial.connected(broker.kafka().producer());
    await producer.send({ topic, messages: [{ partition: 1, value: 'b' }] });
    await eventually(() => expect(member.values()).toEqual(['b']));
    expect(member.crashes).toEqual([]);
  });

  behaviour('a producer does not notice new partitions: a record for one of them is left out without a word', async (trial) => {
    const topic = await trial.topic();
    await trial.sendEach(topic, 0, ['a']);
    await (await trial.admin()).createPartitions({ topicPartitions: [{ topic, count: 2 }] });
    expect(await trial.send(topic, [{ partition: 1, value: 'b' }])).toEqual([]);
  });

  behaviour('deleteTopics deletes topics with their records, and one of the same name begins anew', async (trial) => {
    const topic = await trial.topic(2);
    await trial.sendEach(topic, 0, ['a', 'b']);
    const admin = await trial.connected(broker.kafka().admin());
    await admin.deleteTopics({ topics: [topic] });
    await eventually(async () => expect(await admin.listTopics()).not.toContain(topic));
    await eventually(async () => expect(await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })).toBe(true));
    await eventually(async () =>
      expect(await admin.fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: '0', high: '0', low: '0' }]),
    );
  });

  behaviour('a topic that does not exist cannot be deleted, but the others are', async (trial) => {
    const topic = await trial.topic();
    const admin = await trial.connected(broker.kafka().admin());
    expect(await refusal(admin.deleteTopics({ topics: [topic, uniqueName('missing')] }))).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    await eventually(async () => expect(await admin.listTopics()).not.toContain(topic));
    expect(await refusal(admin.deleteTopics({ topics: 'all' as unknown as string[] }))).toBe('KafkaJSNonRetriableError');
    expect(await refusal(admin.deleteTopics({ topics: [7 as unknown as string] }))).toBe('KafkaJSNonRetriableError');
  });

  behaviour('what groups have committed in a topic goes with it', async (trial) => {
    const [gone, kept] = [await trial.topic(), await trial.topic()];
    await trial.commit(gone, [{ partition: 0, offset: '1' }]);
    await trial.commit(kept, [{ partition: 0, offset: '1' }]);
    const admin = await trial.connected(broker.kafka().admin());
    await admin.deleteTopics({ topics: [gone] });
    await eventually(async () => {
      const offsets = await admin.fetchOffsets({ groupId: trial.groupId });
      expect(offsets.map(({ topic }) => topic)).toEqual([kept]);
    });
  });

  behaviour('a consumer of a topic that is deleted crashes, and is to be started again', async (trial) => {
    const topic = await trial.topic();
    const member = await trial.member({ topics: [topic], retry: { retries: 1, restartOnFailure: () => Promise.resolve(false) } });
    await (await trial.connected(broker.kafka().admin())).deleteTopics({ topics: [topic] });
    await eventually(() => expect(member.crashes).toHaveLength(1));
    expect(member.crashes.map(({ error }) => [error.name, errorType(error)])).toEqual([
      ['KafkaJSNumberOfRetriesExceeded', 'UNKNOWN_TOPIC_OR_PARTITION'],
    ]);
  });
});
