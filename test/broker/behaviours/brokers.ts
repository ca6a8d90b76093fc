import { connect, type Socket } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { FakeKafka } from 'millrace/testing';
import { vi } from 'vitest';
import type { KafkaClient } from '../../../src/kafka/client';
import { brokerKafka, kafkaBrokers, uniqueName } from '../realKafka';

/** A Kafka that the behaviours are shown of. */
export interface TestBroker {
  readonly name: string;
  readonly isReal: boolean;
  /** Whether this test run has it. */
  readonly isThere: boolean;
  /** A new client. */
  kafka(): KafkaClient;
  /** Makes a topic and gives its name. */
  topic(partitions: number): Promise<string>;
  /** Ends a member of a group at once, without a leave request; `client` must be its own. */
  kill(client: KafkaClient, memberId: string): void;
  /** Deletes the records before an offset, as retention does; left out by a broker that cannot. */
  deleteBefore?(place: { readonly topic: string; readonly partition: number; readonly offset: number }): Promise<void>;
}

/**
 * The sockets of one client, so that it can be killed.
 *
 * A broker does not take a closed connection for a leave request: as far as it can see, this client is a process that got `kill -9`.
 */
class Lifeline {
  readonly #sockets = new Set<Socket>();
  #cut = false;

  readonly open = ({ host, port, onConnect }: { host: string; port: number; onConnect: () => void }): Socket => {
    const socket = connect({ host, port }, onConnect);
    this.#sockets.add(socket);
    if (this.#cut) this.cut();
    return socket;
  };

  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy(new Error('killed by the test'));
  }
}

const lifelines = new WeakMap<KafkaClient, Lifeline>();

const realKafka: TestBroker = {
  name: 'Apache Kafka with kafkajs',
  isReal: true,
  isThere: kafkaBrokers !== undefined,
  kafka: () => {
    const lifeline = new Lifeline();
    const kafka = new Kafka({
      clientId: 'behaviours',
      brokers: kafkaBrokers ?? [],
      logLevel: logLevel.NOTHING,
      // What is refused for good is to be told soon.
      retry: { initialRetryTime: 50, retries: 3 },
      socketFactory: lifeline.open,
    });
    lifelines.set(kafka, lifeline);
    return kafka;
  },
  topic: async (partitions) => {
    const topic = uniqueName('behaviours');
    const admin = brokerKafka('behaviours').admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false });
    // A topic can be made before the broker knows it (and kafkajs, if it waits for the leaders, then says that there is no such topic), and the metadata names
    // a leader before it knows that it is one. A consumer that comes too early joins its group once more.
    await vi.waitFor(() => admin.fetchTopicOffsets(topic), { timeout: 10_000, interval: 20 });
    await admin.disconnect();
    return topic;
  },
  kill: (client) => {
    lifelines.get(client)?.cut();
  },
  deleteBefore: async ({ topic, partition, offset }) => {
    const admin = brokerKafka('behaviours').admin();
    await admin.connect();
    await admin.fetchTopicOffsets(topic); // or kafkajs would not know where the topic is
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
    await admin.disconnect();
  },
};

const fake = new FakeKafka();

const fakeKafka: TestBroker = {
  name: 'FakeKafka',
  isReal: false,
  isThere: true,
  kafka: () => fake,
  topic: async (partitions) => {
    const topic = uniqueName('behaviours');
    fake.createTopic(topic, { partitions });
    return topic;
  },
  kill: (_, memberId) => {
    fake.kill(memberId);
  },
};

/** What one suite is run against: what the fake promises is what Apache Kafka does. */
export const brokers: readonly TestBroker[] = [realKafka, fakeKafka];
