import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { banner } from './kafka/banner';
import { startKafka } from './kafka/startKafka';
import { brokerKafka, describeWithKafka, kafkaBrokers, uniqueName } from './realKafka';

describeWithKafka('the Kafka of the test run', () => {
  test('takes a topic, records and a group, and gives back what was committed with its metadata', async () => {
    const topic = uniqueName('harness');
    const groupId = uniqueName('harness');
    const kafka = brokerKafka('harness');
    const admin = kafka.admin();
    const producer = kafka.producer();
    const consumer = kafka.consumer({ groupId, sessionTimeout: 6_000, maxWaitTimeInMs: 100 });
    await Promise.all([admin.connect(), producer.connect(), consumer.connect()]);
    try {
      await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: false });
      await vi.waitFor(() => admin.fetchTopicOffsets(topic), { timeout: 10_000, interval: 20 });
      await producer.send({
        topic,
        messages: [
          { partition: 0, key: 'a', value: '1', timestamp: '1000' },
          { partition: 1, key: 'b', value: '2', timestamp: '2000' },
        ],
      });

      await consumer.subscribe({ topic, fromBeginning: true });
      const read: string[] = [];
      await new Promise<void>((resolve, reject) => {
        consumer.on(consumer.events.CRASH, ({ payload }) => {
          reject(payload.error);
        });
        void consumer.run({
          autoCommit: false,
          eachMessage: async ({ partition, message }) => {
            read.push(`${partition}@${message.offset} ${message.key?.toString()}=${message.value?.toString()} at ${message.timestamp}`);
            if (read.length === 2) resolve();
            await Promise.resolve();
          },
        });
      });
      expect(read.sort()).toEqual(['0@0 a=1 at 1000', '1@0 b=2 at 2000']);

      await consumer.commitOffsets([
        { topic, partition: 0, offset: '1', metadata: 'held at 0' },
        { topic, partition: 1, offset: '1', metadata: 'x'.repeat(4_096) },
      ]);
      const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
      expect(committed?.partitions).toEqual([
        { partition: 0, offset: '1', metadata: 'held at 0' },
        { partition: 1, offset: '1', metadata: 'x'.repeat(4_096) },
      ]);
    } finally {
      await Promise.all([admin.disconnect(), producer.disconnect(), consumer.disconnect()]);
    }
  });
});

// With a Kafka of one's own there need be no Java.
describe.skipIf(kafkaBrokers === undefined || process.env['KAFKA_BROKERS'] !== undefined)('startKafka', () => {
  test('starts three brokers, of which one can be killed and come back', async () => {
    const kafka = await startKafka({ brokers: 3, heapMegabytes: 256 });
    try {
      const topic = uniqueName('moved');
      const admin = brokerKafka('harness', kafka.bootstrap.split(',')).admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic, numPartitions: 3, replicationFactor: 3 }], waitForLeaders: false });
      await vi.waitFor(() => admin.fetchTopicOffsets(topic), { timeout: 10_000, interval: 20 });
      const leaders = async (): Promise<number[]> => {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        return topics.flatMap(({ partitions }) => partitions.map(({ leader }) => leader)).sort();
      };
      expect(await leaders()).toEqual([1, 2, 3]);

      await kafka.killBroker(3);
      await vi.waitFor(async () => expect(await leaders()).not.toContain(3), { timeout: 30_000, interval: 200 });

      await kafka.restartBroker(3);
      expect((await admin.describeCluster()).brokers.map(({ nodeId }) => nodeId).sort()).toEqual([1, 2, 3]);
      await admin.disconnect();
    } finally {
      await kafka.stop();
    }
  });

  test.each(['SIGKILL', 'SIGINT'] as const)('leaves no process and no file behind when its user dies of %s', async (signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-harness-'));
    const user = spawn(process.execPath, ['--import', 'tsx', 'test/broker/kafka/main.ts'], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const port = await portSaidBy(user);
    expect([await answers(port), await kafkaFolders(folder)]).toEqual([true, [expect.any(String)]]);

    user.kill(signal);

    await vi.waitFor(async () => expect([await answers(port), await kafkaFolders(folder)]).toEqual([false, []]), {
      timeout: 20_000,
      interval: 100,
    });
    await rm(folder, { recursive: true });
  });
});

describe('banner', () => {
  test('puts lines of any length into one box', () => {
    expect(banner(['SKIPPED', 'no Java'])).toBe(`
*************
*************
** SKIPPED **
** no Java **
*************
*************
`);
  });
});

async function portSaidBy(user: ChildProcess): Promise<number> {
  for await (const text of user.stdout ?? []) {
    const port = /127\.0\.0\.1:(\d+)/.exec(String(text))?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error('the process ended before it said where its Kafka is');
}

async function kafkaFolders(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.startsWith('millrace-kafka-'));
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
