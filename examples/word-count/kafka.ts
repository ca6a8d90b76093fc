import { setTimeout } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaClient } from 'millrace';
import { FakeKafka } from 'millrace/testing';

/** A Kafka with the topics of one run of the word count. */
export interface OpenKafka {
  readonly kafka: KafkaClient;
  /** For people. */
  readonly name: string;
  readonly lines: string;
  readonly counts: string;
  readonly groupId: string;
  /** Of each topic. */
  readonly partitions: number;
  /** Deletes the topics and the group, unless they are to be kept. */
  close(): Promise<void>;
}

/** What is made. */
export interface OpenKafkaOptions {
  /** `host:port`, several with a comma between; undefined is a Kafka in memory. */
  readonly brokers: string | undefined;
  readonly partitions: number;
  /** Whether topics and group stay in the cluster afterwards. */
  readonly keep: boolean;
}

/** Opens a Kafka and makes topics that no other run has. */
export async function openKafka({ brokers, partitions, keep }: OpenKafkaOptions): Promise<OpenKafka> {
  const id = Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
  const names = { partitions, lines: `word-count-lines-${id}`, counts: `word-count-counts-${id}`, groupId: `word-count-${id}` };
  if (brokers === undefined || brokers === '') {
    const kafka = new FakeKafka();
    kafka.createTopic(names.lines, { partitions });
    kafka.createTopic(names.counts, { partitions });
    return { kafka, name: 'a Kafka in memory', ...names, close: () => Promise.resolve() };
  }

  const kafka = new Kafka({ clientId: 'word-count', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  // Event time is that of the text. A broker that deletes by it would delete at once what is dated last year.
  const configEntries = [{ name: 'retention.ms', value: '-1' }];
  const topics = [names.lines, names.counts].map((topic) => ({ topic, numPartitions: partitions, configEntries }));
  try {
    await admin.createTopics({ topics, waitForLeaders: false });
    // kafkajs could wait for leaders, but fails at once if the broker that it asks has not heard of the topic yet.
    const known = async () => (await admin.listTopics()).filter((topic) => topics.some((made) => made.topic === topic)).length;
    for (let tries = 1; (await known()) < topics.length; tries++) {
      if (tries === 100) throw new Error(`${brokers} does not list the topics ${names.lines} and ${names.counts} that were made`);
      await setTimeout(100);
    }
  } catch (error) {
    await admin.disconnect();
    throw error;
  }
  return {
    kafka,
    name: `the Kafka at ${brokers}`,
    ...names,
    close: async () => {
      try {
        if (keep) return;
        await admin.deleteTopics({ topics: [names.lines, names.counts] });
        await admin.deleteGroups([names.groupId]);
      } finally {
        await admin.disconnect();
      }
    },
  };
}
