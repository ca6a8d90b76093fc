import { describe, expect, test } from 'vitest';
import type { KafkaAdmin, KafkaBatchPayload, KafkaConsumer, KafkaConsumerConfig, KafkaEvent } from '../../src/kafka/client';
import { GroupReader, type ReaderConfig } from '../../src/kafka/groupReader';
import { settle } from './heldProducer';

const assigner = () => ({
  name: 'a',
  version: 0,
  protocol: () => ({ name: 'a', metadata: new Uint8Array() }),
  assign: () => Promise.resolve([]),
});

/** A reader whose client notes what it is asked for, and tells what the test makes it tell. */
function readerOn(config: Partial<ReaderConfig> = {}, describing: Pick<KafkaAdmin, 'describeConfigs'> = {}) {
  const calls: string[] = [];
  const told: unknown[] = [];
  const listeners = new Map<string, (event: KafkaEvent) => void>();
  let run: Parameters<KafkaConsumer['run']>[0] | undefined;
  let consumerConfig: KafkaConsumerConfig | undefined;
  const connecting = { done: Promise.resolve() };
  const note = (...call: readonly unknown[]): void => {
    calls.push(call.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '));
  };
  const noted = (...call: readonly unknown[]): Promise<void> => {
    note(...call);
    return Promise.resolve();
  };
  const consumer: KafkaConsumer = {
    connect: () => connecting.done.then(() => note('connect')),
    disconnect: () => noted('disconnect'),
    stop: () => noted('stop'),
    subscribe: (subscription) => noted('subscribe', subscription),
    run: (options) => {
      run = options;
      return Promise.resolve();
    },
    commitOffsets: (offsets) => noted('commitOffsets', offsets),
    seek: (place) => note('seek', place),
    pause: (partitions) => note('pause', partitions),
    resume: (partitions) => note('resume', partitions),
    paused: () => [],
    on: (name, listener) => {
      listeners.set(name, listener);
      return () => undefined;
    },
  };
  const admin: KafkaAdmin = {
    connect: () => noted('connect admin'),
    disconnect: () => noted('disconnect admin'),
    listTopics: () => Promise.resolve(['lines', 'links', 'others', '__lines']),
    createTopics: () => Promise.resolve(true),
    fetchTopicMetadata: ({ topics }) =>
      Promise.resolve({ topics: topics.map((name) => ({ name, partitions: [{ partitionId: 0 }, { partitionId: 1 }] })) }),
    fetchOffsets: ({ groupId, topics }) =>
      Promise.resolve(
        topics.map((topic) => ({
          topic,
          partitions: [
            { partition: 0, offset: '-1', metadata: null },
            { partition: 1, offset: '0', metadata: groupId },
            { partition: 2, offset: '7', metadata: null },
          ],
        })),
      ),
    fetchTopicOffsets: () => Promise.resolve([{ partition: 1, offset: '9', high: '9', low: '3' }]),
    fetchTopicOffsetsByTimestamp: (_, timestamp) => Promise.resolve([{ partition: 0, offset: String(timestamp) }]),
  };
  Object.assign(admin, describing);
  const reader = new GroupReader(
    {
      consumer: (given) => {
        consumerConfig = given;
        return consumer;
      },
      producer: () => {
        throw new Error('not used by what is tested');
      },
      admin: () => admin,
    },
    { groupId: 'g', assigner: undefined, consumer: {}, ...config },
    {
      assigned: (partitions) => told.push(['assigned', partitions]),
      fetched: (partition, messages, from, next) => told.push([partition, messages.map(({ offset }) => offset), from, next]),
      crashed: (error) => told.push(['crashed', error]),
    },
  );
  const tell = (event: string, payload: unknown) => listeners.get(`consumer.${event}`)?.({ type: event, timestamp: 0, payload });
  /** Hands over a batch, as kafkajs does; its commits are noted, and stored. */
  const batch = (
    offsets: readonly number[],
    { fetchedOffset, last = offsets.at(-1) ?? 0, stale = false }: { fetchedOffset?: string; last?: number; stale?: boolean } = {},
  ) => {
    const payload: KafkaBatchPayload = {
      batch: {
        topic: 'lines',
        partition: 1,
        highWatermark: '99',
        messages: offsets.map((offset) => ({ key: null, value: null, timestamp: '0', offset: String(offset) })),
        ...(fetchedOffset !== undefined && { fetchedOffset }),
        lastOffset: () => String(last),
      },
      resolveOffset: () => undefined,
      commitOffsetsIfNecessary: (offsetsToCommit) => {
        tell('commit_offsets', {});
        return noted('commit of the batch', offsetsToCommit);
      },
      heartbeat: () => Promise.resolve(),
      isRunning: () => true,
      isStale: () => stale,
    };
    return run?.eachBatch(payload);
  };
  return { reader, calls, told, tell, batch, connecting, config: () => consumerConfig, run: () => run };
}

const commit = { topic: 'lines', partition: 1, offset: 5, metadata: 'm' };

describe('the consumer', () => {
  test('is made for low latency and little memory, makes no topics and does not start again by itself', async () => {
    const { config } = readerOn();
    expect(config()).toMatchObject({ groupId: 'g', maxWaitTimeInMs: 100, maxBytesPerPartition: 524_288, allowAutoTopicCreation: false });
    expect(config()).not.toHaveProperty('partitionAssigners');
    expect(await config()?.retry?.restartOnFailure?.(new Error('no'))).toBe(false);
  });

  test("is made with the user's options, but for the group and for starting again", async () => {
    const consumer = { maxWaitTimeInMs: 7, groupId: 'x', retry: { retries: 3, restartOnFailure: () => Promise.resolve(true) } };
    const { config } = readerOn({ consumer, assigner });
    expect(config()).toMatchObject({ groupId: 'g', maxWaitTimeInMs: 7, partitionAssigners: [assigner], retry: { retries: 3 } });
    expect(await config()?.retry?.restartOnFailure?.(new Error('no'))).toBe(false);
  });

  test('commits nothing by itself, and reads every partition beside the others', async () => {
    const { reader, calls, run } = readerOn();
    await reader.start(['lines', 'links']);
    expect(calls).toEqual(['connect', 'subscribe {"topics":["lines","links"],"fromBeginning":true}']);
    expect(run()).toMatchObject({ autoCommit: false, eachBatchAutoResolve: true, partitionsConsumedConcurrently: 64 });
  });
});

describe('the run is told', () => {
  test('what was assigned, of all topics', async () => {
    const { reader, tell, told } = readerOn();
    await reader.start(['lines']);
    tell('group_join', { memberAssignment: { lines: [2, 0], links: [1] } });
    expect(told).toEqual([
      [
        'assigned',
        [
          { topic: 'lines', partition: 2 },
          { topic: 'lines', partition: 0 },
          { topic: 'links', partition: 1 },
        ],
      ],
    ]);
  });

  test('what was fetched, from where, and how far it went', async () => {
    const { reader, batch, told } = readerOn();
    await reader.start(['lines']);
    await batch([4, 6], { fetchedOffset: '3', last: 8 });
    await batch([9]);
    expect(told).toEqual([
      [{ topic: 'lines', partition: 1 }, ['4', '6'], 3, 9],
      [{ topic: 'lines', partition: 1 }, ['9'], 9, 10],
    ]);
  });

  test('of a batch without a record for us how far it went, and of no other batch twice', async () => {
    const { reader, tell, told } = readerOn();
    await reader.start(['lines']);
    const ended = { topic: 'lines', partition: 1, batchSize: 0, firstOffset: '3', lastOffset: '8' };
    tell('end_batch_process', ended);
    tell('end_batch_process', { ...ended, batchSize: 2 });
    expect(told).toEqual([[{ topic: 'lines', partition: 1 }, [], 3, 9]]);
  });

  test('of a batch whose end was compacted away that its place is passed', async () => {
    const { reader, tell, told } = readerOn();
    await reader.start(['lines']);
    tell('end_batch_process', { topic: 'lines', partition: 1, batchSize: 0, firstOffset: null, lastOffset: '6' });
    expect(told).toEqual([[{ topic: 'lines', partition: 1 }, [], 6, 7]]);
  });

  test('nothing of a batch that was fetched before a seek', async () => {
    const { reader, batch, told } = readerOn();
    await reader.start(['lines']);
    await batch([4], { stale: true });
    await batch([]);
    expect(told).toEqual([]);
  });

  test('that the consumer has crashed, and why', async () => {
    const { reader, tell, told } = readerOn();
    await reader.start(['lines']);
    const error = new Error('no');
    tell('crash', { error });
    expect(told).toEqual([['crashed', error]]);
  });

  test('nothing once the reader is closed, and the client is asked for nothing', async () => {
    const { reader, tell, told, batch, calls } = readerOn();
    await reader.start(['lines']);
    await reader.close();
    const before = [...calls];
    tell('group_join', { memberAssignment: { lines: [0] } });
    tell('end_batch_process', { topic: 'lines', partition: 1, batchSize: 0, firstOffset: '3', lastOffset: '8' });
    tell('crash', { error: new Error('no') });
    await batch([4]);
    reader.seek({ topic: 'lines', partition: 0 }, 4);
    reader.pause([{ topic: 'lines', partition: 0 }]);
    reader.resume([{ topic: 'lines', partition: 0 }]);
    expect([told, calls]).toEqual([[], before]);
  });
});

describe('topics', () => {
  test('are those that match, but no internal ones', async () => {
    expect(await readerOn().reader.topics(/li/)).toEqual(['lines', 'links']);
  });

  test('are those that are named, if they are there', async () => {
    expect(await readerOn().reader.topics(['others', 'lines'])).toEqual(['others', 'lines']);
    await expect(readerOn().reader.topics(['lines', 'lost'])).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC', topic: 'lost' });
  });

  test('may be missing where the client may make them', async () => {
    const { reader } = readerOn({ consumer: { allowAutoTopicCreation: true } });
    expect(await reader.topics(['lost'])).toEqual(['lost']);
  });
});

test('what the broker answers is told in numbers, and without the partitions that have no commit', async () => {
  const { reader } = readerOn();
  expect(await reader.partitions(['lines', 'links'])).toEqual(
    ['lines', 'links'].flatMap((topic) => [0, 1].map((partition) => ({ topic, partition }))),
  );
  expect(await reader.committed(['lines'])).toEqual([
    { topic: 'lines', partition: 1, offset: 0, metadata: 'g' },
    { topic: 'lines', partition: 2, offset: 7, metadata: null },
  ]);
  expect(await reader.bounds('lines')).toEqual([{ partition: 1, low: 3, end: 9 }]);
  expect(await reader.offsetsAt('lines', 44)).toEqual([{ partition: 0, offset: 44 }]);
});

describe('how long a topic keeps its records', () => {
  const told = (settings: Record<string, string>, asked: unknown[] = []) =>
    readerOn(
      {},
      {
        describeConfigs: (query) => {
          asked.push(query);
          const configEntries = Object.entries(settings).map(([configName, configValue]) => ({ configName, configValue }));
          return Promise.resolve({ resources: [{ configEntries }] });
        },
      },
    ).reader.retention('lines');

  test('is what its settings say', async () => {
    const asked: unknown[] = [];
    expect(await told({ 'retention.ms': '60000', 'cleanup.policy': 'compact,delete' }, asked)).toBe(60_000);
    expect(asked).toEqual([
      { resources: [{ type: 2, name: 'lines', configNames: ['retention.ms', 'cleanup.policy'] }], includeSynonyms: false },
    ]);
  });

  test.each([
    [{ 'retention.ms': '-1', 'cleanup.policy': 'delete' }],
    [{ 'retention.ms': '60000', 'cleanup.policy': 'compact' }],
    [{ 'cleanup.policy': 'delete' }],
    [{}],
  ])('is for ever with %j', async (settings) => {
    expect(await told(settings)).toBeUndefined();
  });

  test('is not known where the user may not ask, or the client cannot', async () => {
    const refused = Object.assign(new Error('no'), { type: 'TOPIC_AUTHORIZATION_FAILED' });
    expect(await readerOn({}, { describeConfigs: () => Promise.reject(refused) }).reader.retention('lines')).toBeUndefined();
    expect(await readerOn().reader.retention('lines')).toBeUndefined();
  });
});

test('partitions are paused, resumed and sought by topic, and nothing is asked for none', () => {
  const { reader, calls } = readerOn();
  const partitions = [
    { topic: 'lines', partition: 0 },
    { topic: 'links', partition: 3 },
    { topic: 'lines', partition: 2 },
  ];
  const byTopic = '[{"topic":"lines","partitions":[0,2]},{"topic":"links","partitions":[3]}]';
  reader.pause(partitions);
  reader.resume(partitions);
  reader.pause([]);
  reader.resume([]);
  reader.seek({ topic: 'lines', partition: 2 }, 7);
  expect(calls).toEqual([`pause ${byTopic}`, `resume ${byTopic}`, 'seek {"topic":"lines","partition":2,"offset":"7"}']);
});

describe('a commit', () => {
  test('goes through the consumer until there has been a batch', async () => {
    const { reader, calls, tell } = readerOn();
    await reader.start(['lines']);
    const stored = reader.commit([commit]);
    tell('commit_offsets', {});
    expect(await stored).toBe(true);
    expect(calls.slice(2)).toEqual(['commitOffsets [{"topic":"lines","partition":1,"offset":"5","metadata":"m"}]']);
  });

  test('goes through the newest batch from then on, by topic', async () => {
    const { reader, calls, batch } = readerOn();
    await reader.start(['lines']);
    await batch([4]);
    expect(await reader.commit([commit, { ...commit, topic: 'links' }])).toBe(true);
    const of = (topic: string) => `{"topic":"${topic}","partitions":[{"topic":"${topic}","partition":1,"offset":"5","metadata":"m"}]}`;
    expect(calls.slice(2)).toEqual([`commit of the batch {"topics":[${of('lines')},${of('links')}]}`]);
  });

  test('that resolves without having been sent, as of a consumer that is stopping, is not stored', async () => {
    const { reader, tell } = readerOn();
    await reader.start(['lines']);
    tell('commit_offsets', {});
    expect(await reader.commit([commit])).toBe(false);
  });
});

describe('closing', () => {
  test('stops and disconnects, in this order', async () => {
    const { reader, calls } = readerOn();
    await reader.topics(['lines']);
    await reader.start(['lines']);
    calls.length = 0;
    await reader.close();
    expect(calls.toSorted()).toEqual(['disconnect', 'disconnect admin', 'stop']);
    expect(calls.indexOf('stop')).toBeLessThan(calls.indexOf('disconnect'));
  });

  test('waits for a start that is under way, which then goes no further', async () => {
    const { reader, calls, connecting } = readerOn();
    let connected: () => void = () => undefined;
    connecting.done = new Promise((resolve) => (connected = resolve));
    void reader.start(['lines']);
    const closed = reader.close();
    await settle();
    expect(calls).toEqual([]);
    connected();
    await closed;
    expect(calls).not.toContain('subscribe {"topics":["lines"],"fromBeginning":true}');
    expect(calls).toContain('stop');
  });

  test('goes on where the client fails', async () => {
    const { reader, connecting } = readerOn();
    connecting.done = Promise.reject(new Error('no'));
    await expect(reader.start(['lines'])).rejects.toThrow('no');
    await expect(reader.close()).resolves.toBeUndefined();
  });
});
