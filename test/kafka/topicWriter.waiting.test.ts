import { describe, expect, test } from 'vitest';
import type { StreamError } from '../../src/errors';
import type { KafkaProducerConfig } from '../../src/kafka/client';
import type { OutgoingMessage } from '../../src/kafka/partitionWriter';
import { TopicWriter } from '../../src/kafka/topicWriter';
import { VirtualClock } from '../../src/testing/index';
import { heldProducer } from './heldProducer';

const message = (key: string | null = null): OutgoingMessage => ({ key, value: 'value', timestamp: 7, headers: {} });
const unreachable = Object.assign(new Error('no'), { name: 'KafkaJSConnectionError' });

/** What a test lets go on. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** A writer that lingers for 5 ms, on a broker that `change` may have changed. */
function writerOn(
  topics: Record<string, number>,
  { options = {}, change }: { options?: Partial<KafkaProducerConfig>; change?: (broker: ReturnType<typeof heldProducer>) => void } = {},
) {
  const clock = new VirtualClock();
  const broker = heldProducer(topics);
  change?.(broker);
  const written: string[] = [];
  const failures: StreamError[] = [];
  const writer = new TopicWriter<string>(
    broker.client,
    { acks: -1, compression: undefined, linger: 5, clock: () => clock, producer: options },
    { acknowledged: (elements) => written.push(...elements), failed: (error) => failures.push(error) },
  );
  const partitions = () => broker.sends.map(({ messages }) => messages[0]?.partition);
  return { ...broker, clock, writer, written, failures, partitions };
}

describe("the client's producer", () => {
  test('makes no topics, and sends each message to the partition that it names', () => {
    const { config } = writerOn({});
    expect(config.given).toMatchObject({ allowAutoTopicCreation: false });
    expect(config.given?.createPartitioner?.()({ message: { partition: 3 } })).toBe(3);
  });

  test('has the options of the user', () => {
    const { config } = writerOn({}, { options: { allowAutoTopicCreation: true, maxInFlightRequests: 3 } });
    expect(config.given).toMatchObject({ allowAutoTopicCreation: true, maxInFlightRequests: 3 });
  });
});

describe('a topic writer connects', () => {
  test('producer and admin, and asks when they are', async () => {
    const { writer, clock, connected, asked } = writerOn({ out: 1 });
    expect(asked).toEqual([]);
    writer.write('out', message(), '1');
    await clock.idle();
    expect([...connected].sort()).toEqual(['admin', 'producer']);
    expect(asked).toEqual(['topics', 'out']);
  });

  test.each(['producer', 'admin'] as const)('or says once that the %s does not', async (which) => {
    const { writer, clock, failures, asked, connected } = writerOn(
      { out: 1 },
      { change: (broker) => Object.assign(broker[which], { connect: () => Promise.reject(unreachable) }) },
    );
    writer.write('out', message(), '1');
    await clock.idle();
    expect(failures).toMatchObject([{ code: 'BROKER_UNREACHABLE', cause: unreachable }]);
    expect(asked).toEqual([]);
    await writer.close();
    expect([...connected]).toEqual([]);
  });

  test('before it disconnects, if it is closed meanwhile', async () => {
    const { opened, open } = gate();
    const { writer, clock, connected } = writerOn(
      { out: 1 },
      {
        change: ({ producer, connected: set }) => Object.assign(producer, { connect: () => opened.then(() => void set.add('producer')) }),
      },
    );
    const closed = writer.close();
    await clock.idle();
    open();
    await closed;
    expect([...connected]).toEqual([]);
  });

  test('and disconnects the admin also where the producer cannot', async () => {
    const { opened, open } = gate();
    const { writer, clock } = writerOn(
      { out: 1 },
      {
        change: ({ producer, admin }) => {
          Object.assign(producer, { disconnect: () => Promise.reject(unreachable) });
          Object.assign(admin, { disconnect: () => opened });
        },
      },
    );
    let closed = false;
    const closing = writer.close().then(() => (closed = true));
    await clock.idle();
    expect(closed).toBe(false);
    open();
    await closing;
  });
});

describe('a topic writer asks for the partitions of a topic', () => {
  /** A broker that gives the partitions of a topic when it is told so. */
  const slow = ({ admin }: ReturnType<typeof heldProducer>, opened: Promise<void>) => {
    const metadata = admin.fetchTopicMetadata.bind(admin);
    return Object.assign(admin, { fetchTopicMetadata: (of: Parameters<typeof metadata>[0]) => opened.then(() => metadata(of)) });
  };

  test('once, however many messages come meanwhile, and however long that takes', async () => {
    const { opened, open } = gate();
    const { writer, clock, asked, sends } = writerOn({ out: 1 }, { change: (broker) => slow(broker, opened) });
    await clock.advance('1h');
    for (const n of ['1', '2', '3']) {
      writer.write('out', message(), n);
      await clock.advance('10m');
    }
    open();
    await clock.advance(5);
    expect(asked).toEqual(['topics', 'out']);
    expect(sends.map(({ messages }) => messages.length)).toEqual([3]);
  });

  test('again when the answer is five minutes old, and once then', async () => {
    const { writer, clock, asked } = writerOn({ out: 1 });
    const writeTwice = () => ['1', '2'].forEach((n) => writer.write('out', message(), n));
    writeTwice();
    await clock.advance('5m');
    writeTwice();
    await clock.idle();
    expect(asked).toEqual(['topics', 'out']);
    await clock.advance(1);
    writeTwice();
    await clock.idle();
    expect(asked).toEqual(['topics', 'out', 'out']);
    await clock.advance('4m');
    writeTwice();
    await clock.idle();
    expect(asked).toEqual(['topics', 'out', 'out']);
  });

  test('and goes on with what it knows, where it gets no answer any more, until five minutes later', async () => {
    const { writer, clock, admin, failures, partitions, asked } = writerOn({ out: 1 });
    writer.write('out', message(), '1');
    await clock.advance('6m');
    const metadata = admin.fetchTopicMetadata.bind(admin);
    Object.assign(admin, {
      fetchTopicMetadata: () => {
        asked.push('in vain');
        return Promise.reject(unreachable);
      },
    });
    writer.write('out', message('a'), '2');
    await clock.advance('2m');
    writer.write('out', message('a'), '3');
    await clock.advance('4m');
    Object.assign(admin, { fetchTopicMetadata: metadata });
    writer.write('out', message('a'), '4');
    await clock.advance('1m');
    expect([failures, partitions()]).toEqual([[], [0]]);
    expect(asked).toEqual(['topics', 'out', 'in vain', 'out']);
  });

  test('and waits for the leaders of one that it makes', async () => {
    const { writer, clock, sends } = writerOn(
      {},
      {
        options: { allowAutoTopicCreation: true },
        change: ({ admin }) => {
          const create = admin.createTopics.bind(admin);
          return Object.assign(admin, {
            createTopics: (made: Parameters<typeof create>[0]) =>
              made.waitForLeaders ? create(made) : Promise.reject(new Error('there is no leader yet')),
          });
        },
      },
    );
    writer.write('out', message(), '1');
    await clock.advance(5);
    expect(sends).toHaveLength(1);
  });

  test('and writes nothing more, if it was closed before it had the answer', async () => {
    const { opened, open } = gate();
    const { writer, clock, sends, failures } = writerOn({ out: 1 }, { change: (broker) => slow(broker, opened) });
    writer.write('out', message(), '1');
    writer.write('out', message(), '2', 9);
    await clock.idle();
    await writer.close();
    open();
    await clock.advance(10);
    expect([sends, failures, clock.pending]).toEqual([[], [], 0]);
  });
});

describe('a topic writer lingers', () => {
  test('from the first message of a batch on, and no longer', async () => {
    const { writer, clock, sends } = writerOn({ out: 1 });
    await clock.idle();
    const sizes: number[][] = [];
    for (let ms = 0; ms < 16; ms++) {
      if ([0, 2, 3, 6].includes(ms)) writer.write('out', message(), String(ms));
      await clock.advance(1);
      await sends.at(-1)?.acknowledge();
      sizes.push(sends.map(({ messages }) => messages.length));
    }
    expect([sizes[3], sizes[4], sizes[9], sizes[10]]).toEqual([[], [3], [3], [3, 1]]);
  });

  test('no more when everything is flushed', async () => {
    const { writer, clock, sends } = writerOn({ out: 1 });
    writer.write('out', message(), '1');
    await clock.advance(2);
    const flushed = writer.flush();
    await sends[0]?.acknowledge();
    await flushed;
    expect(clock.pending).toBe(0);
  });

  test('not for what is written while it is flushed', async () => {
    const { writer, clock, sends, written } = writerOn({ out: 2 });
    writer.write('out', message(), '1', 0);
    await clock.idle();
    let done = false;
    const flushed = writer.flush().then(() => (done = true));
    writer.write('out', message(), '2', 1);
    expect(sends).toHaveLength(2);
    await sends[0]?.acknowledge();
    expect(done).toBe(false);
    await sends[1]?.acknowledge();
    await flushed;
    expect(written).toEqual(['1', '2']);
  });

  test('no more when it has failed, which it tells once', async () => {
    const { writer, clock, sends, failures } = writerOn({ out: 2 });
    [0, 1].forEach((partition) => writer.write('out', message(), String(partition), partition));
    await clock.advance(5);
    writer.write('out', message(), '3', 0);
    for (const send of sends) await send.refuse(new Error('no'));
    expect(failures).toMatchObject([{ code: 'PRODUCE_FAILED', partition: 0 }]);
    expect(clock.pending).toBe(0);
  });
});

describe('messages without a key go to the next partition', () => {
  test('with the next batch', async () => {
    const { writer, clock, partitions } = writerOn({ out: 3 });
    for (const n of ['1', '2', '3', '4']) {
      writer.write('out', message(), n);
      await clock.advance(5);
    }
    expect(partitions()).toEqual([0, 1, 2]); // and 0 again, when that has been answered
  });

  test('not because another partition has got a full batch', async () => {
    const { writer, clock, partitions } = writerOn({ out: 3 });
    await clock.idle();
    writer.write('out', message(), 'first');
    await clock.idle();
    for (let n = 0; n < 500; n++) writer.write('out', message(), String(n), 2);
    writer.write('out', message(), 'second');
    await clock.advance(5);
    expect(partitions()).toEqual([2, 0]);
  });

  test('also where a batch of another topic goes before the partitions are known', async () => {
    const { opened, open } = gate();
    const { writer, clock, failures, sends } = writerOn(
      { out: 1, late: 2 },
      {
        change: ({ admin }) => {
          const metadata = admin.fetchTopicMetadata.bind(admin);
          return Object.assign(admin, {
            fetchTopicMetadata: (of: Parameters<typeof metadata>[0]) =>
              of.topics[0] === 'late' ? opened.then(() => metadata(of)) : metadata(of),
          });
        },
      },
    );
    writer.write('out', message(), '1');
    writer.write('late', message(), '2');
    await clock.advance(5);
    open();
    await clock.advance(5);
    expect(failures).toEqual([]);
    expect(sends.map(({ topic }) => topic)).toEqual(['out', 'late']);
  });
});
