import { setImmediate } from 'node:timers/promises';
import type { KafkaAdmin, KafkaClient, KafkaConsumer, KafkaEvent, KafkaMessage } from 'millrace';
import { firstTimestamp, randomNumbers } from './workload';

/** What a generated topic is made of. */
export interface GeneratedOptions {
  readonly records: number;
  /** Of event time, on average. */
  readonly recordsPerSecond: number;
  /** Different keys, each as likely as the others. */
  readonly keys: number;
  /** How far a record is behind its place in time at most, ms. */
  readonly disorder: number;
}

const topic = 'generated';
const fetched = 2_000;

/**
 * A Kafka that has one topic, of one partition, and makes its records when they are fetched: next to nothing is spent on it, neither time nor memory, so that
 * what is measured is the pipeline. Commits are taken, and forgotten.
 */
export class GeneratedTopic implements KafkaClient {
  readonly topic = topic;
  readonly #keys: readonly Buffer[];
  readonly #one = Buffer.from([0, 0, 0, 1]);

  constructor(private readonly options: GeneratedOptions) {
    this.#keys = Array.from({ length: options.keys }, (_, n) => Buffer.from(`key-${n}`));
  }

  producer(): never {
    throw new Error('a generated topic is read and not written to');
  }

  consumer(): KafkaConsumer {
    const listeners = new Map<string, (event: KafkaEvent) => void>();
    const tell = (type: string, payload: unknown) => listeners.get(type)?.({ type, timestamp: 0, payload });
    const commit = () => {
      tell('consumer.commit_offsets', {});
      return Promise.resolve();
    };
    const random = randomNumbers(1);
    let position = 0;
    let paused = false;
    let running = true;
    let resume = (): void => undefined;

    const fetch = async (eachBatch: Parameters<KafkaConsumer['run']>[0]['eachBatch']): Promise<void> => {
      tell('consumer.group_join', { memberAssignment: { [topic]: [0] } });
      while (running && position < this.options.records) {
        await setImmediate();
        if (paused) {
          await new Promise<void>((resolve) => (resume = resolve));
          continue;
        }
        const messages = this.#messages(position, random);
        position += messages.length;
        const batch = {
          topic,
          partition: 0,
          highWatermark: String(this.options.records),
          messages,
          lastOffset: () => messages.at(-1)?.offset ?? '',
        };
        const calls = { resolveOffset: () => undefined, commitOffsetsIfNecessary: commit, heartbeat: () => Promise.resolve() };
        await eachBatch({ batch, ...calls, isRunning: () => running, isStale: () => false });
      }
    };

    return {
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      subscribe: () => Promise.resolve(),
      stop: () => {
        running = false;
        resume();
        return Promise.resolve();
      },
      run: ({ eachBatch }) => {
        void fetch(eachBatch);
        return Promise.resolve();
      },
      commitOffsets: commit,
      seek: ({ offset }) => (position = Number(offset)),
      pause: () => (paused = true),
      resume: () => {
        paused = false;
        resume();
      },
      paused: () => (paused ? [{ topic, partitions: [0] }] : []),
      on: (event, listener) => {
        listeners.set(event, listener);
        return () => listeners.delete(event);
      },
    };
  }

  #messages(from: number, random: () => number): KafkaMessage[] {
    const { records, recordsPerSecond, keys, disorder } = this.options;
    const messages: KafkaMessage[] = [];
    for (let offset = from; offset < Math.min(from + fetched, records); offset++) {
      const time = firstTimestamp + Math.floor((offset * 1_000) / recordsPerSecond - random() * disorder);
      const key = this.#keys[Math.floor(random() * keys)] ?? null;
      messages.push({ key, value: this.#one, timestamp: String(time), offset: String(offset) });
    }
    return messages;
  }

  admin(): KafkaAdmin {
    const end = String(this.options.records);
    return {
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      listTopics: () => Promise.resolve([topic]),
      createTopics: () => Promise.resolve(false),
      fetchTopicMetadata: () => Promise.resolve({ topics: [{ name: topic, partitions: [{ partitionId: 0 }] }] }),
      fetchOffsets: () => Promise.resolve([]),
      fetchTopicOffsets: () => Promise.resolve([{ partition: 0, offset: end, high: end, low: '0' }]),
      fetchTopicOffsetsByTimestamp: () => Promise.resolve([{ partition: 0, offset: end }]),
    };
  }
}
