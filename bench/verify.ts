import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import { type Differences, type Result, checkResults } from './checkResults';
import type { Truth } from './countWords';

/** Whether a job was done right. */
export interface Verdict extends Differences {
  /** Results in the topic. */
  readonly found: number;
  /** Partitions whose committed offset is not the end of the topic of lines, as `partition@committed of end`. */
  readonly uncommitted: readonly string[];
}

/** Reads all results, with kafkajs alone, and compares them with the truth; also looks whether the group has committed all of the lines. */
export async function verify(
  kafka: Kafka,
  { lines, counts, group }: { lines: string; counts: string; group: string },
  truth: Truth,
): Promise<Verdict> {
  const results = await readResults(kafka, counts);
  return { found: results.length, ...checkResults(truth, results), uncommitted: await uncommittedPartitions(kafka, lines, group) };
}

/** Whether nothing is missing, wrong or uncommitted. Repeats do not count. */
export function isRight({ missing, wrong, uncommitted }: Verdict): boolean {
  return missing === 0 && wrong === 0 && uncommitted.length === 0;
}

/** A verdict in a few words. */
export function describe({ found, missing, wrong, repeated, uncommitted, examples }: Verdict): string {
  const numbers = `${found.toLocaleString('en')} results, ${String(missing)} missing, ${String(wrong)} wrong, ${String(repeated)} repeated`;
  const offsets = uncommitted.length === 0 ? 'all committed' : `not committed: ${uncommitted.join(', ')}`;
  return [`${numbers}, ${offsets}`, ...examples].join('\n  ');
}

async function readResults(kafka: Kafka, topic: string): Promise<Result[]> {
  const results: Result[] = [];
  const admin = kafka.admin();
  await admin.connect();
  const unread = new Map(
    (await admin.fetchTopicOffsets(topic)).filter(({ high }) => high !== '0').map(({ partition, high }) => [partition, Number(high)]),
  );
  const groupId = `verify-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxBytesPerPartition: 4 * 1_024 * 1_024, maxWaitTimeInMs: 250 });
  if (unread.size > 0) {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => {
        reject(payload.error);
      });
      // Not the records tell where a partition ends: the last ones of a transaction are markers, and they never reach `eachBatch`.
      consumer.on('consumer.end_batch_process', ({ payload: { partition, lastOffset } }) => {
        if (Number(lastOffset) + 1 >= (unread.get(partition) ?? Infinity)) unread.delete(partition);
        if (unread.size === 0) resolve();
      });
      void consumer
        .run({
          autoCommit: false,
          eachBatch: ({ batch }) => {
            for (const { key, value, timestamp } of batch.messages) {
              const count: unknown = JSON.parse(value?.toString() ?? 'null');
              results.push({ end: Number(timestamp) + 1, word: key?.toString() ?? '', count: typeof count === 'number' ? count : NaN });
            }
            return Promise.resolve();
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    await admin.deleteGroups([groupId]);
  }
  await admin.disconnect();
  return results;
}

async function uncommittedPartitions(kafka: Kafka, topic: string, groupId: string): Promise<string[]> {
  const admin = kafka.admin();
  await admin.connect();
  const committed = new Map(
    (await admin.fetchOffsets({ groupId, topics: [topic] }))
      .flatMap(({ partitions }) => partitions)
      .map(({ partition, offset }) => [partition, offset]),
  );
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  return ends
    .filter(({ partition, high }) => high !== '0' && committed.get(partition) !== high)
    .map(({ partition, high }) => `${String(partition)}@${committed.get(partition) ?? 'none'} of ${high}`);
}
