import type { KafkaAdmin, KafkaClient, KafkaProducer, KafkaProducerConfig } from '../../src/kafka/client';
import { settled } from '../run/clock';

type Sent = Parameters<KafkaProducer['send']>[0];
type Reply = Awaited<ReturnType<KafkaProducer['send']>>;

/** A send that waits for the test to answer it. */
export interface HeldSend extends Sent {
  /** Answers as a broker that has written everything. */
  acknowledge(): Promise<void>;
  answer(reply: Reply): Promise<void>;
  refuse(error: Error): Promise<void>;
}

/** A client whose producer answers when the test says so, and whose admin knows these topics with so many partitions. */
export function heldProducer(topics: Record<string, number>) {
  const sends: HeldSend[] = [];
  const created: string[] = [];
  /** What the admin was asked: for the list of topics, or for the partitions of one. */
  const asked: string[] = [];
  const connected = new Set<string>();
  const config: { given?: KafkaProducerConfig | undefined } = {};
  const connection = (name: string) => ({
    connect: async () => void connected.add(name),
    disconnect: async () => void connected.delete(name),
  });
  const unused = (): never => {
    throw new Error('not used by what is tested');
  };
  const producer: KafkaProducer = {
    ...connection('producer'),
    transaction: unused,
    send: (record) =>
      new Promise((resolve, reject) => {
        const partition = record.messages[0]?.partition ?? -1;
        sends.push({
          ...record,
          acknowledge: () => settle(() => resolve([{ topicName: record.topic, partition, errorCode: 0 }])),
          answer: (reply) => settle(() => resolve(reply)),
          refuse: (error: Error) => settle(() => reject(error)),
        });
      }),
  };
  const admin: KafkaAdmin = {
    ...connection('admin'),
    listTopics: async () => {
      asked.push('topics');
      return Object.keys(topics);
    },
    createTopics: async ({ topics: [topic] }) => {
      topics[topic?.topic ?? ''] = 2;
      created.push(topic?.topic ?? '');
      return true;
    },
    fetchTopicMetadata: async ({ topics: names }) => {
      asked.push(...names);
      return {
        topics: names.map((name) => ({
          name,
          partitions: Array.from({ length: topics[name] ?? 0 }, (_, partitionId) => ({ partitionId })),
        })),
      };
    },
    fetchOffsets: unused,
    fetchTopicOffsets: unused,
    fetchTopicOffsetsByTimestamp: unused,
  };
  const client: KafkaClient = {
    consumer: unused,
    producer: (given) => {
      config.given = given;
      return producer;
    },
    admin: () => admin,
  };
  return { client, producer, admin, config, sends, created, asked, connected };
}

/** Lets everything run that waits for promises only, once `act` is done. */
export function settle(act: () => void = () => undefined): Promise<void> {
  act();
  return settled();
}
