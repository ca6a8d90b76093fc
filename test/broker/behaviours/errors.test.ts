import { describe, expect } from 'vitest';
import { uniqueName } from '../realKafka';
import { behaviourOf, errorType, eventually, refusal } from './behaviour';
import { brokers } from './brokers';
import { writer } from './writer';

// What is only refused after it has been tried again and again is here, where all of it is waited for at once.
describe.each(brokers)('errors of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('a send to a topic that does not exist and may not be made is refused', async (trial) => {
    const topic = uniqueName('missing');
    expect(await refusal(trial.send(topic, [{ value: 'x' }]))).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(await (await trial.admin()).listTopics()).not.toContain(topic);
  });

  behaviour('the offsets of a topic that does not exist are refused', async (trial) => {
    const topic = uniqueName('missing');
    const admin = await trial.admin();
    const refusals = await Promise.all([refusal(admin.fetchTopicOffsets(topic)), refusal(admin.fetchTopicOffsetsByTimestamp(topic, 0))]);
    expect(refusals).toEqual(['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_OR_PARTITION']);
  });

  behaviour('what a group has committed in a topic that does not exist is refused', async (trial) => {
    const admin = await trial.admin();
    expect(await refusal(admin.fetchOffsets({ groupId: trial.groupId, topics: [uniqueName('missing')] }))).toBe(
      'UNKNOWN_TOPIC_OR_PARTITION',
    );
  });

  behaviour('a topic that does not exist and may not be made cannot be subscribed to', async (trial) => {
    const member = await trial.outsider({ topics: [uniqueName('missing')] });
    expect(await refusal(member.join())).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  behaviour('a commit for a partition that does not exist is tried again, and refused', async (trial) => {
    const topic = await trial.topic();
    const { consumer } = await trial.member({ topics: [topic], retry: { retries: 1 } });
    const commit = consumer.commitOffsets([{ topic, partition: 9, offset: '0' }]);
    await expect(commit).rejects.toMatchObject({ name: 'KafkaJSNumberOfRetriesExceeded' });
    expect(await commit.catch(errorType)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  behaviour('offsets in a transaction for a partition that does not exist are tried again, and refused', async (trial) => {
    const topic = await trial.topic();
    const transaction = await (await writer(trial)).producer.transaction();
    const partitions = [7, 0].map((partition) => ({ partition, offset: '2' }));
    const sent = transaction.sendOffsets({ consumerGroupId: trial.groupId, topics: [{ topic, partitions }] });
    await expect(sent).rejects.toMatchObject({ name: 'KafkaJSNumberOfRetriesExceeded' });
    expect(await sent.catch(errorType)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    await transaction.commit();
    await eventually(async () => expect(await trial.committed(topic)).toMatchObject([{ offset: '2' }]));
  });

  behaviour('a consumer needs a group, and heartbeats that are shorter than its session', async () => {
    const kafka = broker.kafka();
    expect(() => kafka.consumer({ groupId: '' })).toThrow('Consumer groupId must be a non-empty string.');
    expect(() => kafka.consumer({ groupId: 'g', sessionTimeout: 1_000, heartbeatInterval: 1_000 })).toThrow(
      'Consumer heartbeatInterval (1000) must be lower than sessionTimeout (1000).',
    );
  });
});
