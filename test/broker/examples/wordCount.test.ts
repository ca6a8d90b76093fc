import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EachMessagePayload } from 'kafkajs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { workload } from '../../../bench/workload';
import { countsByHand, rowsByHand } from '../../examples/countsByHand';
import { spawnWordCount } from '../../examples/spawnWordCount';
import { brokerKafka, describeWithKafka, kafkaBrokers } from '../realKafka';

// The real program, in a process of its own, on a real Kafka.

const text = [...workload({ lines: 5_500, seed: 9 })].join('\n') + '\n';
const env = { KAFKA_BROKERS: kafkaBrokers?.join(',') };
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'word-count-'));
  file = join(folder, 'text.txt');
  await writeFile(file, text);
});

afterAll(() => rm(folder, { recursive: true }));

describeWithKafka('npm start with KAFKA_BROKERS', () => {
  test('counts every word of the text, and nothing of other runs at the same time, and leaves nothing behind', async () => {
    const before = await namesInUse();

    const outcomes = await Promise.all([1, 2].map(() => spawnWordCount(['--speed', 'max', file], { env })));

    for (const { code, stderr, rows } of outcomes) expect({ code, stderr, rows }).toEqual({ code: 0, stderr: '', rows: rowsByHand(text) });
    // A broker hears of a deletion a moment after it is done.
    await vi.waitFor(async () => expect(await namesInUse()).toEqual(before), { timeout: 10_000 });
  });

  test('has every count in the topic that it writes to', async () => {
    const { code, stdout } = await spawnWordCount(['--speed', 'max', '--keep', file], { env });
    const [, lines = '', counts = '', group = ''] = /^kept: topics (\S+) and (\S+), group (\S+)$/m.exec(stdout) ?? [];

    expect(code).toBe(0);
    expect(await countsOf(counts)).toEqual(countsByHand(text));
    await tidyUp([lines, counts], [group, `${counts}-test`]);
  });

  test('drains on SIGINT: what it has counted so far is right, whole windows', async () => {
    const before = await namesInUse();

    const { code, stderr, stdout, rows } = await spawnWordCount(['--speed', '3000', file], {
      env,
      interruptWhen: (output) => output.split('\nclosed ').length > 2,
    });

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(rows.length).toBeGreaterThanOrEqual(2);
    expect(rows).toEqual(rowsByHand(text).slice(0, rows.length));
    expect(stdout).toContain(`words of ${rows.length * 1_000} lines in ${rows.length} windows`);
    await vi.waitFor(async () => expect(await namesInUse()).toEqual(before), { timeout: 10_000 });
  });
});

/** Topics and groups of the word count. */
async function namesInUse(): Promise<string[]> {
  const admin = brokerKafka('test').admin();
  await admin.connect();
  try {
    const { groups } = await admin.listGroups();
    const names = [...(await admin.listTopics()), ...groups.map(({ groupId }) => groupId)];
    return names.filter((name) => name.startsWith('word-count-')).sort();
  } finally {
    await admin.disconnect();
  }
}

async function tidyUp(topics: string[], groups: string[]): Promise<void> {
  const admin = brokerKafka('test').admin();
  await admin.connect();
  try {
    await admin.deleteTopics({ topics });
    await admin.deleteGroups(groups);
  } finally {
    await admin.disconnect();
  }
}

/** The contents of a topic of counts, by window; a count that is there twice is the same both times. */
async function countsOf(topic: string): Promise<Map<string, Map<string, number>>> {
  const kafka = brokerKafka('test');
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const missing = new Map(ends.filter(({ high }) => Number(high) > 0).map(({ partition, high }) => [partition, Number(high)]));

  const windows = new Map<string, Map<string, number>>();
  const consumer = kafka.consumer({ groupId: `${topic}-test` });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
    const eachMessage = async ({ partition, message: { key, value, timestamp, offset } }: EachMessagePayload): Promise<void> => {
      const window = new Date(Number(timestamp) + 1 - 10_000).toISOString();
      const counts = windows.get(window) ?? new Map<string, number>();
      windows.set(window, counts.set(String(key), Number(value)));
      if (Number(offset) + 1 === missing.get(partition)) missing.delete(partition);
      if (missing.size === 0) resolve();
    };
    consumer.run({ autoCommit: false, eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return windows;
}
