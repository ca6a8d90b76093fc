import { setTimeout } from 'node:timers/promises';
import { type Admin, type Kafka, type Message, Partitioners } from 'kafkajs';
import { firstTimestamp, partitions } from './workload';

const linesPerSend = 1_000;

/** Makes topics that keep everything: with event time of years ago, a broker's usual retention deletes records within minutes. */
export async function createTopics(kafka: Kafka, names: readonly string[]): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({
      waitForLeaders: false,
      topics: names.map((topic) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: 1,
        configEntries: [{ name: 'retention.ms', value: '-1' }],
      })),
    });
    for (const name of names) await untilKnown(admin, name);
  } finally {
    await admin.disconnect();
  }
}

/** kafkajs could wait for leaders, but fails at once if the broker that it asks has not heard of the topic yet. */
async function untilKnown(admin: Admin, topic: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await setTimeout(100);
    }
  }
}

/** Deletes topics. */
export async function deleteTopics(kafka: Kafka, names: readonly string[]): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.deleteTopics({ topics: [...names] });
  } finally {
    await admin.disconnect();
  }
}

/**
 * Makes the topic and fills it with the lines, 1 ms apart and in turn over the partitions.
 *
 * @returns the number of lines
 * @throws Error if the topic then has another number of records: a send was repeated, or somebody else writes to it
 */
export async function loadLines(kafka: Kafka, topic: string, lines: Iterable<string>): Promise<number> {
  await createTopics(kafka, [topic]);
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const waiting: Message[][] = Array.from({ length: partitions }, () => []);
  const sending: Promise<unknown>[] = Array.from({ length: partitions }, () => Promise.resolve());
  let count = 0;

  // One send at a time for each partition keeps its order; the partitions do not wait for each other's.
  const send = async (partition: number): Promise<void> => {
    const messages = waiting[partition] ?? [];
    waiting[partition] = [];
    await sending[partition];
    if (messages.length > 0) sending[partition] = producer.send({ topic, messages, acks: -1 });
  };

  for (const value of lines) {
    const partition = count % partitions;
    const messages = waiting[partition] ?? [];
    messages.push({ partition, value, timestamp: String(firstTimestamp + count) });
    count++;
    if (messages.length >= linesPerSend) await send(partition);
  }
  for (let partition = 0; partition < partitions; partition++) await send(partition);
  await Promise.all(sending);
  await producer.disconnect();

  const stored = await countRecords(kafka, topic);
  if (stored !== count) throw new Error(`${topic} has ${String(stored)} records after ${String(count)} lines were sent`);
  return count;
}

/** The number of records of a topic that nothing was deleted from. */
export async function countRecords(kafka: Kafka, topic: string): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  } finally {
    await admin.disconnect();
  }
}
