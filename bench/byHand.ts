import { type Consumer, Kafka, type Message, Partitioners, type Producer, logLevel } from 'kafkajs';
import { type Task, compete } from './contestant';
import { split } from './workload';

// The peer: what a careful person writes with kafkajs alone to do the same work as well, and with the settings that make it fast. It counts right, and it
// survives a crash as long as the partitions are in order: an offset is committed when all windows that its record went into are out.

const windowSize = 10_000;
const grace = 2_000;
const resultsPerSend = 500;
const commitEvery = 5_000;

interface OpenWindow {
  readonly firstOffset: number;
  readonly counts: Map<string, number>;
}

interface Partition {
  readonly end: number;
  position: number;
  watermark: number;
  /** By start. */
  readonly windows: Map<number, OpenWindow>;
}

void compete(async ({ bootstrap, lines, counts, group }: Task) => {
  const kafka = new Kafka({ clientId: 'by-hand', brokers: bootstrap.split(','), logLevel: logLevel.WARN });
  // 128 KB to 4 MB are equally fast; with 4 MB the process needs three times the memory.
  const consumer = kafka.consumer({ groupId: group, maxBytesPerPartition: 256 * 1_024, maxWaitTimeInMs: 250 });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await Promise.all([consumer.connect(), producer.connect()]);
  const partitions = await openPartitions(kafka, lines);
  const output = await resultSender(kafka, producer, counts);
  let results = 0;
  let late = 0;
  let lastCommit = performance.now();

  const closeUpTo = async (watermark: number, alive: () => Promise<void>): Promise<void> => {
    const starts = new Set([...partitions.values()].flatMap(({ windows }) => [...windows.keys()]));
    for (const start of [...starts].sort((a, b) => a - b)) {
      if (start + windowSize + grace > watermark) continue;
      const merged = merge([...partitions.values()].flatMap(({ windows }) => windows.get(start)?.counts ?? []));
      await output(merged, start + windowSize - 1);
      results += merged.size;
      for (const { windows } of partitions.values()) windows.delete(start);
      await alive();
    }
  };

  await consumer.subscribe({ topic: lines, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => {
      reject(payload.error);
    });
    void consumer
      .run({
        autoCommit: false,
        eachBatch: async ({ batch, heartbeat }) => {
          const partition = partitions.get(batch.partition);
          if (!partition || partition.position >= partition.end) return;
          for (const { value, timestamp: text, offset } of batch.messages) {
            const timestamp = Number(text);
            const start = timestamp - (timestamp % windowSize);
            if (start + windowSize + grace <= partition.watermark) late++;
            else count(partition, start, Number(offset), value?.toString() ?? '');
            if (timestamp > partition.watermark) partition.watermark = timestamp;
          }
          partition.position = Number(batch.lastOffset()) + 1;
          const all = [...partitions.values()];
          await closeUpTo(Math.min(...all.map(({ watermark }) => watermark)), heartbeat);
          const atEnd = all.every(({ position, end }) => position >= end);
          if (atEnd) await closeUpTo(Infinity, heartbeat);
          if (atEnd || performance.now() - lastCommit > commitEvery) {
            await commit(consumer, lines, partitions);
            lastCommit = performance.now();
          }
          if (atEnd) resolve();
        },
      })
      .catch(reject);
  });
  if (late > 0) throw new Error(`${String(late)} lines were late, in partitions that are in order`);
  return { lines: [...partitions.values()].reduce((sum, { end }) => sum + end, 0), results };
});

/** Where each partition ends now. */
async function openPartitions(kafka: Kafka, topic: string): Promise<Map<number, Partition>> {
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  return new Map(
    offsets
      .map(({ partition, high }) => ({ partition, end: Number(high) }))
      .sort((a, b) => a.partition - b.partition)
      .map(({ partition, end }) => [
        partition,
        { end, position: 0, watermark: end === 0 ? Infinity : -Infinity, windows: new Map<number, OpenWindow>() },
      ]),
  );
}

function count({ windows }: Partition, start: number, offset: number, line: string): void {
  let window = windows.get(start);
  if (!window) windows.set(start, (window = { firstOffset: offset, counts: new Map<string, number>() }));
  const { counts } = window;
  for (const word of split(line)) counts.set(word, (counts.get(word) ?? 0) + 1);
}

function merge([first = new Map<string, number>(), ...others]: Map<string, number>[]): Map<string, number> {
  for (const other of others) {
    for (const [word, count] of other) first.set(word, (first.get(word) ?? 0) + count);
  }
  return first;
}

/**
 * Sends the results of a window, all partitions at once, 500 of one partition in a send: kafkajs' grouping is quadratic in the size of a send, and a send
 * to several partitions may lose messages when a leader moves.
 */
async function resultSender(
  kafka: Kafka,
  producer: Producer,
  topic: string,
): Promise<(counts: Map<string, number>, timestamp: number) => Promise<void>> {
  const admin = kafka.admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  await admin.disconnect();
  const partitionMetadata = topics[0]?.partitions ?? [];
  const partitionOf = Partitioners.DefaultPartitioner();

  return async (counts, time) => {
    const timestamp = String(time);
    const messages: Message[][] = partitionMetadata.map(() => []);
    for (const [key, count] of counts) {
      const message = { key, value: JSON.stringify(count), timestamp };
      const partition = partitionOf({ topic, partitionMetadata, message });
      messages[partition]?.push({ ...message, partition });
    }
    await Promise.all(
      messages.map(async (ofPartition) => {
        for (let from = 0; from < ofPartition.length; from += resultsPerSend) {
          await producer.send({ topic, acks: -1, messages: ofPartition.slice(from, from + resultsPerSend) });
        }
      }),
    );
  };
}

async function commit(consumer: Consumer, topic: string, partitions: Map<number, Partition>): Promise<void> {
  await consumer.commitOffsets(
    [...partitions].map(([partition, { position, windows }]) => ({
      topic,
      partition,
      offset: String(Math.min(position, ...[...windows.values()].map(({ firstOffset }) => firstOffset))),
    })),
  );
}
