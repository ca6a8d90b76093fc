import { describe, expect } from 'vitest';
import { uniqueName } from '../realKafka';
import { behaviourOf, eventually, refusal } from './behaviour';
import { brokers } from './brokers';

describe.each(brokers)('topics of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('a topic that is made again is left as it is, and createTopics gives false', async (trial) => {
    const admin = await trial.admin();
    const topic = uniqueName('made');
    expect(await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: false })).toBe(true);
    expect(await admin.createTopics({ topics: [{ topic, numPartitions: 5 }] })).toBe(false);
    const { topics } = await eventually(() => admin.fetchTopicMetadata({ topics: [topic] }));
    expect(topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([[topic, 3]]);
  });

  behaviour('of several topics, those that are missing are made though createTopics gives false for one that exists', async (trial) => {
    const admin = await trial.admin();
    const existing = await trial.topic();
    const missing = uniqueName('made');
    expect(await admin.createTopics({ topics: [{ topic: existing }, { topic: missing }] })).toBe(false);
    await eventually(async () => expect(await admin.listTopics()).toContain(missing));
  });

  behaviour('a topic that is made without a number of partitions has one', async (trial) => {
    const admin = await trial.admin();
    const topic = uniqueName('made');
    await admin.createTopics({ topics: [{ topic }], waitForLeaders: false });
    const { topics } = await eventually(() => admin.fetchTopicMetadata({ topics: [topic] }));
    expect(topics[0]?.partitions.map(({ partitionId }) => partitionId)).toEqual([0]);
  });

  behaviour('a name that no topic may have is refused', async (trial) => {
    const admin = await trial.admin();
    expect(await refusal(admin.createTopics({ topics: [{ topic: 'not a name' }] }))).toBe('INVALID_TOPIC_EXCEPTION');
  });

  behaviour('listTopics has the topics that were made', async (trial) => {
    const made = [await trial.topic(), await trial.topic(2)];
    expect(await (await trial.admin()).listTopics()).toEqual(expect.arrayContaining(made));
  });

  behaviour('the metadata of topics has every partition by its number', async (trial) => {
    const [one, four] = [await trial.topic(1), await trial.topic(4)];
    const { topics } = await (await trial.admin()).fetchTopicMetadata({ topics: [one, four] });
    expect(
      Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.map(({ partitionId }) => partitionId).sort()])),
    ).toEqual({
      [one]: [0],
      [four]: [0, 1, 2, 3],
    });
  });

  behaviour('the metadata of a topic that does not exist is refused, and does not make it', async (trial) => {
    const admin = await trial.admin();
    const topic = uniqueName('missing');
    expect(await refusal(admin.fetchTopicMetadata({ topics: [topic] }))).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(await admin.listTopics()).not.toContain(topic);
  });

  behaviour('a topic of no partitions, of more replicas than brokers, or named twice is refused', async (trial) => {
    const admin = await trial.admin();
    const make = (...topics: { topic: string; numPartitions?: number; replicationFactor?: number }[]): Promise<string> =>
      refusal(admin.createTopics({ topics }));
    const topic = uniqueName('made');
    expect(await make({ topic, numPartitions: 0 })).toBe('INVALID_PARTITIONS');
    expect(await make({ topic, numPartitions: 1, replicationFactor: 30 })).toBe('INVALID_REPLICATION_FACTOR');
    expect(await make({ topic }, { topic })).toBe('KafkaJSNonRetriableError');
    expect(await admin.listTopics()).not.toContain(topic);
  });
});
