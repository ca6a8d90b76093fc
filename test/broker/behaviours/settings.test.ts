import { describe, expect } from 'vitest';
import { uniqueName } from '../realKafka';
import { behaviourOf, eventually, refusal } from './behaviour';
import { brokers } from './brokers';

describe.each(brokers)('settings of topics of $name', (broker) => {
  const behaviour = behaviourOf(broker);
  const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`);

  behaviour('an unknown setting, or one with a value that makes no sense, is refused, and the topic is not made', async (trial) => {
    const admin = await trial.admin();
    const topic = uniqueName('made');
    const make = (name: string, value: string): Promise<string> =>
      refusal(admin.createTopics({ topics: [{ topic, configEntries: [{ name, value }] }] }));
    for (const [name, value] of [
      ['no.such.setting', '1'],
      ['cleanup.policy', 'shred'],
      ['cleanup.policy', 'Compact'],
      ['message.timestamp.type', 'logappendtime'],
      ['retention.ms', 'long'],
      ['retention.ms', '-2'],
      ['max.message.bytes', '-1'],
      ['segment.ms', '0'],
    ] as const) {
      expect([name, value, await make(name, value)]).toEqual([name, value, 'INVALID_CONFIG']);
    }
    expect(await admin.listTopics()).not.toContain(topic);
  });

  behaviour('settings that are no pairs of texts are refused by the client', async (trial) => {
    const admin = await trial.admin();
    const make = (configEntries: unknown): Promise<string> =>
      refusal(admin.createTopics({ topics: [{ topic: uniqueName('made'), configEntries: configEntries as [] }] }));
    expect(await make({ 'retention.ms': '1' })).toBe('KafkaJSNonRetriableError');
    expect(await make([{ name: 'retention.ms', value: 1 }])).toBe('KafkaJSNonRetriableError');
    expect(await make([{ name: 'retention.ms' }])).toBe('KafkaJSNonRetriableError');
    expect(await make([null])).toBe('KafkaJSNonRetriableError');
  });

  behaviour('a topic that is only validated is not made', async (trial) => {
    const admin = await trial.admin();
    const topic = uniqueName('validated');
    expect(await admin.createTopics({ topics: [{ topic }], validateOnly: true, waitForLeaders: false })).toBe(true);
    expect(await admin.listTopics()).not.toContain(topic);
    expect(
      await refusal(admin.createTopics({ topics: [{ topic, configEntries: [{ name: 'no.such', value: '' }] }], validateOnly: true })),
    ).toBe('INVALID_CONFIG');
  });

  behaviour('with LogAppendTime a record has the time of the broker, whatever its producer says', async (trial) => {
    const topic = await trial.topic(1, { 'message.timestamp.type': 'LogAppendTime' });
    const before = Date.now();
    const [reply] = await trial.send(topic, [{ value: 'a', timestamp: '1000' }, { value: 'b' }]);
    const { logAppendTime } = reply as { logAppendTime?: string };
    expect(Number(logAppendTime)).toBeGreaterThanOrEqual(before);
    expect(Number(logAppendTime)).toBeLessThanOrEqual(Date.now());
    const timestamps: string[] = [];
    await trial.member({
      topics: [topic],
      eachBatch: ({ batch }) => void timestamps.push(...batch.messages.map(({ timestamp }) => timestamp)),
    });
    await eventually(() => expect(timestamps).toEqual([logAppendTime, logAppendTime]));
    const admin = await trial.admin();
    expect(await admin.fetchTopicOffsetsByTimestamp(topic, 1_000)).toEqual([{ partition: 0, offset: '0' }]);
    expect(await admin.fetchTopicOffsetsByTimestamp(topic, Number(logAppendTime))).toEqual([{ partition: 0, offset: '0' }]);
    expect(await admin.fetchTopicOffsetsByTimestamp(topic, Number(logAppendTime) + 1)).toEqual([{ partition: 0, offset: '2' }]);
  });

  behaviour('otherwise the reply has no append time', async (trial) => {
    const topic = await trial.topic();
    expect(await trial.send(topic, [{ value: 'a', timestamp: '1000' }])).toMatchObject([{ logAppendTime: '-1', logStartOffset: '0' }]);
  });

  behaviour('max.message.bytes counts the whole batch, to the byte', async (trial) => {
    // A batch has a header of 61 bytes, and a record 7 bytes beside its value, 9 from some 60 on.
    const topic = await trial.topic(1, { 'max.message.bytes': '200' });
    const value = (bytes: number): { value: string } => ({ value: 'x'.repeat(bytes) });
    await trial.send(topic, [value(130)]);
    expect(await refusal(trial.send(topic, [value(131)]))).toBe('MESSAGE_TOO_LARGE');
    await trial.send(topic, [value(50), value(73)]);
    expect(await refusal(trial.send(topic, [value(50), value(74)]))).toBe('MESSAGE_TOO_LARGE');
  });

  behaviour('the limit is that of the topic, above the default too', async (trial) => {
    const topic = await trial.topic(1, { 'max.message.bytes': '3000000' });
    await trial.send(topic, [{ value: 'x'.repeat(2_000_000) }]);
    expect(await refusal(trial.send(await trial.topic(), [{ value: 'x'.repeat(2_000_000) }]))).toBe('MESSAGE_TOO_LARGE');
  });

  behaviour('the limit is on the batch as it is compressed', async (trial) => {
    const topic = await trial.topic(1, { 'max.message.bytes': '1000' });
    const producer = await trial.producer();
    const messages = numbers(100).map((value) => ({ value: value.repeat(20) }));
    expect(await refusal(producer.send({ topic, messages }))).toBe('MESSAGE_TOO_LARGE');
    await producer.send({ topic, messages, compression: 1 });
    const member = await trial.member({ topics: [topic] });
    await eventually(() => expect(member.values()).toEqual(messages.map(({ value }) => value)));
    const noise = numbers(100).map((_, i) => ({ value: Math.sin(i + 1).toString(36) + Math.cos(i + 1).toString(36) }));
    expect(await refusal(producer.send({ topic, messages: noise, compression: 1 }))).toBe('MESSAGE_TOO_LARGE');
  });

  behaviour('a tombstone is a record without a value, on any topic, and comes as null', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [
      { key: 'a', value: null },
      { key: 'a', value: '' },
    ]);
    const values: (number | null)[] = [];
    await trial.member({
      topics: [topic],
      eachBatch: ({ batch }) => void values.push(...batch.messages.map(({ value }) => value?.length ?? null)),
    });
    await eventually(() => expect(values).toEqual([null, 0]));
  });
});
