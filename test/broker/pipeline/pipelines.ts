import { lastValueFrom, type Observable, toArray } from 'rxjs';
import {
  type Bytes,
  type FromTopicOptions,
  fromTopic,
  type KafkaClient,
  type KafkaMessage,
  type KafkaRecord,
  text,
} from '../../../src/index';
import type { Trial } from '../behaviours/trial';
import { uniqueName } from '../realKafka';

/** A record to write. Event time in ms. */
export interface Line {
  readonly value: string;
  readonly timestamp: number;
  readonly partition?: number;
  readonly key?: string;
}

/** A session is short, so that a member that is gone is missed soon; batches are fetched as soon as there is something. */
export const quick = { sessionTimeout: 6_000, heartbeatInterval: 200, maxWaitTimeInMs: 50 };

/** Writes lines in order, some hundreds in a request. */
export async function write(trial: Trial, topic: string, lines: readonly Line[]): Promise<void> {
  const producer = await trial.producer();
  for (const partition of new Set(lines.map((line) => line.partition ?? 0))) {
    const own = lines.filter((line) => (line.partition ?? 0) === partition);
    for (let from = 0; from < own.length; from += 500) {
      const messages = own
        .slice(from, from + 500)
        .map(({ key, value, timestamp }) => ({ key: key ?? null, value, timestamp: String(timestamp), partition }));
      await producer.send({ topic, messages, acks: -1 });
    }
  }
}

type Options<K> = Partial<FromTopicOptions<KafkaClient, K, string>>;

/** Reads lines without looking at their keys, in the trial's group. */
export function read(
  trial: Trial,
  topic: string,
  options: Options<Bytes | null> = {},
  kafka: KafkaClient = trial.broker.kafka(),
): Observable<KafkaRecord<Bytes | null, string>> {
  return fromTopic(kafka, topic, { groupId: trial.groupId, value: text, consumer: quick, ...options });
}

/** Reads lines with their keys, in the trial's group. */
export function readKeyed(
  trial: Trial,
  topic: string,
  options: Options<string> = {},
  kafka: KafkaClient = trial.broker.kafka(),
): Observable<KafkaRecord<string, string>> {
  return fromTopic(kafka, topic, { groupId: trial.groupId, key: text, value: text, consumer: quick, ...options });
}

/** Everything that an Observable gives. */
export function all<T>(source: Observable<T>): Promise<T[]> {
  return lastValueFrom(source.pipe(toArray()));
}

/** Everything that a topic holds now, in order of offsets in each partition, read without the library. */
export async function stored(trial: Trial, topic: string): Promise<{ readonly partition: number; readonly message: KafkaMessage }[]> {
  const found: { partition: number; message: KafkaMessage }[] = [];
  const missing = new Map(
    (await (await trial.admin()).fetchTopicOffsets(topic))
      .filter(({ high }) => high !== '0')
      .map(({ partition, high }) => [partition, Number(high)]),
  );
  if (missing.size === 0) return found;
  await new Promise<void>((resolve, reject) => {
    trial
      .member({
        topics: [topic],
        groupId: uniqueName('contents'),
        eachBatch: ({ batch }) => {
          for (const message of batch.messages) found.push({ partition: batch.partition, message });
          if (Number(batch.lastOffset()) + 1 >= (missing.get(batch.partition) ?? 0)) missing.delete(batch.partition);
          if (missing.size === 0) resolve();
        },
      })
      .catch(reject);
  });
  return found;
}

/** What a topic holds now, as text. */
export async function contents(
  trial: Trial,
  topic: string,
): Promise<{ key: string; value: string; timestamp: number; partition: number }[]> {
  return (await stored(trial, topic)).map(({ partition, message: { key, value, timestamp } }) => {
    return { key: textOf(key), value: textOf(value), timestamp: Number(timestamp), partition };
  });
}

function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? '' : Buffer.from(bytes).toString();
}

/** The next offset that the group reads in each partition, with nothing for a partition that it has not committed. */
export async function committedOffsets(trial: Trial, topic: string): Promise<number[]> {
  return (await trial.committed(topic)).map(({ offset }) => Number(offset));
}
