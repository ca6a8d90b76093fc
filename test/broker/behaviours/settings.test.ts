import { describe, expect } from 'vitest';
import { uniqueName } from '../realKafka';
import { behaviourOf, eventually, refusal } from './behaviour';
import { brokers } from './brokers';

/** What Kafka 4.1 has where a topic says nothing. */
const defaults: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'compression.gzip.level': '-1',
  'compression.lz4.level': '9',
  'compression.type': 'producer',
  'compression.zstd.level': '3',
  'delete.retention.ms': '86400000',
  'file.delete.delay.ms': '60000',
  'flush.messages': '9223372036854775807',
  'flush.ms': '9223372036854775807',
  'follower.replication.throttled.replicas': '',
  'index.interval.bytes': '4096',
  'leader.replication.throttled.replicas': '',
  'local.retention.bytes': '-2',
  'local.retention.ms': '-2',
  'max.compaction.lag.ms': '9223372036854775807',
  'max.message.bytes': '1048588',
  'message.timestamp.after.max.ms': '3600000',
  'message.timestamp.before.max.ms': '9223372036854775807',
  'message.timestamp.type': 'CreateTime',
  'min.cleanable.dirty.ratio': '0.5',
  'min.compaction.lag.ms': '0',
  'min.insync.replicas': '1',
  preallocate: 'false',
  'remote.log.copy.disable': 'false',
  'remote.log.delete.on.disable': 'false',
  'remote.storage.enable': 'false',
  'segment.bytes': '1073741824',
  'segment.index.bytes': '10485760',
  'segment.jitter.ms': '0',
  'segment.ms': '604800000',
  'unclean.leader.election.enable': 'false',
};

const knownSettings = [...Object.keys(defaults), 'retention.bytes', 'retention.ms'].toSorted();

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

  behaviour('the settings of a topic are described: those that were given, and what holds by default', async (trial) => {
    const topic = await trial.topic(1, { 'retention.ms': '120000', 'cleanup.policy': 'compact,delete' });
    const admin = await trial.admin();
    const describing = async (configNames?: string[]) => {
      const { resources } = await admin.describeConfigs({
        resources: [{ type: 2, name: topic, ...(configNames && { configNames }) }],
        includeSynonyms: false,
      });
      expect(resources).toMatchObject([{ errorCode: 0, resourceType: 2, resourceName: topic }]);
      return (resources[0]?.configEntries ?? []).toSorted((a, b) => (a.configName < b.configName ? -1 : 1));
    };
    const flags = { readOnly: false, isSensitive: false, configSynonyms: [] };
    const given = { ...flags, isDefault: false, configSource: 1 };
    expect(await describing(['retention.ms', 'cleanup.policy', 'segment.ms', 'no.such.setting'])).toEqual([
      { configName: 'cleanup.policy', configValue: 'compact,delete', ...given },
      { configName: 'retention.ms', configValue: '120000', ...given },
      { configName: 'segment.ms', configValue: '604800000', ...flags, isDefault: true, configSource: 5 },
    ]);
    const all = await describing();
    expect(all.map(({ configName }) => configName)).toEqual(knownSettings);
    expect(await describing([])).toEqual(all);
    // What brokers are set up with, and that of retention, may be different.
    const byDefault = all.filter(({ isDefault, configName }) => isDefault && !configName.startsWith('retention.'));
    expect(byDefault).toEqual(
      byDefault.map(({ configName }) => expect.objectContaining({ configName, configValue: defaults[configName] }) as unknown),
    );
    expect(byDefault.length).toBeGreaterThan(25);
  });

  behaviour('the settings of a topic that does not exist are refused, and with them all that was asked for', async (trial) => {
    const topic = await trial.topic();
    const admin = await trial.admin();
    const describing = (...names: string[]) =>
      refusal(admin.describeConfigs({ resources: names.map((name) => ({ type: 2, name })), includeSynonyms: false }));
    expect(await describing(topic)).toBe('it was not refused');
    expect(await describing(uniqueName('missing'))).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(await describing(topic, uniqueName('missing'))).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(await describing()).toBe('KafkaJSNonRetriableError');
    expect(await describing('')).toBe('KafkaJSNonRetriableError');
    const ask = (query: unknown) => refusal(admin.describeConfigs({ resources: query as [], includeSynonyms: false }));
    expect(await ask(topic)).toBe('KafkaJSNonRetriableError');
    expect(await ask([{ type: 3, name: topic }])).toBe('KafkaJSNonRetriableError');
    expect(await ask([{ type: 2, name: topic, configNames: 'retention.ms' }])).toBe('KafkaJSNonRetriableError');
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
