import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { FakeKafka, type FakeKafkaClient, type Fault } from 'millrace/testing';
import { vi } from 'vitest';
import { FakeFaults } from '../../../src/testing/network/fakeFaults';
import { brokerKafka, kafkaBrokers, uniqueName } from '../realKafka';
import { Wire } from './wire';
import { FakeZombie, RealZombie, type Zombie, type ZombieOptions } from './zombie';

/** A Kafka that the behaviours are shown of. */
export interface TestBroker {
  readonly name: string;
  readonly isReal: boolean;
  /** Whether this test run has it. */
  readonly isThere: boolean;
  /** A new client; one that is hasty gives up a request after {@link hastyTimeout}. */
  kafka(options?: { readonly hasty?: boolean }): FakeKafkaClient;
  /** Makes a topic and gives its name. */
  topic(partitions: number, config?: TopicConfig): Promise<string>;
  /** Ends a member of a group at once, without a leave request; `client` must be its own. */
  kill(client: FakeKafkaClient, memberId: string): void;
  /** Arranges a fault of what a client asks; real brokers give no errors on demand. */
  inject(client: FakeKafkaClient, fault: Fault): () => void;
  /** A member in a process of its own. */
  zombie(options: ZombieOptions): Zombie;
  /** Deletes the records before an offset, as retention does. */
  deleteBefore(place: { readonly topic: string; readonly partition: number; readonly offset: number }): Promise<void>;
  /**
   * Appends a record to partition 0 that begins a new segment, and has the cleaner go over those before it. The topic must have been made with the settings
   * of {@link compacted}.
   */
  compact(
    topic: string,
    options?: { /** Twice, for the first time only begins to count how long they are kept. */ readonly deleteTombstones?: boolean },
  ): Promise<void>;
  /** Appends a record to partition 0 that begins a new segment, and has those before it deleted if they are older than the topic keeps. */
  retain(topic: string): Promise<void>;
}

/** Settings of a topic by Kafka's names. */
export type TopicConfig = Readonly<Record<string, string>>;

/** Settings of a topic that is compacted as soon as a segment has ended. */
export const compacted: TopicConfig = { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.001', 'segment.ms': '600000' };

/** ms */
export const hastyTimeout = 2_000;

/**
 * The sockets of one client, so that it can be killed, and be in trouble.
 *
 * A broker does not take a closed connection for a leave request: as far as it can see, this client is a process that got `kill -9`.
 */
class Lifeline {
  readonly faults = new FakeFaults();
  readonly #sockets = new Set<Wire>();
  #cut = false;

  readonly open = ({ host, port, onConnect }: { host: string; port: number; onConnect: () => void }): Wire => {
    const socket = new Wire({ host, port }, onConnect, this.faults);
    this.#sockets.add(socket);
    if (this.#cut) this.cut();
    return socket;
  };

  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy(new Error('killed by the test'));
  }
}

const lifelines = new WeakMap<FakeKafkaClient, Lifeline>();

const realKafka: TestBroker = {
  name: 'Apache Kafka with kafkajs',
  isReal: true,
  isThere: kafkaBrokers !== undefined,
  kafka: ({ hasty = false } = {}) => {
    const lifeline = new Lifeline();
    const kafka = new Kafka({
      clientId: 'behaviours',
      brokers: kafkaBrokers ?? [],
      logLevel: logLevel.NOTHING,
      // What is refused for good is to be told soon.
      retry: { initialRetryTime: 50, retries: 3 },
      ...(hasty && { requestTimeout: hastyTimeout }),
      // kafkajs says that it needs a Socket, and uses what every stream has.
      socketFactory: lifeline.open as unknown as NonNullable<KafkaConfig['socketFactory']>,
    });
    lifelines.set(kafka, lifeline);
    return kafka;
  },
  topic: async (partitions, config = {}) => {
    const topic = uniqueName('behaviours');
    const admin = brokerKafka('behaviours').admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries: entriesOf(config) }], waitForLeaders: false });
    // A topic can be made before the broker knows it (and kafkajs, if it waits for the leaders, then says that there is no such topic), and the metadata names
    // a leader before it knows that it is one. A consumer that comes too early joins its group once more.
    await vi.waitFor(() => admin.fetchTopicOffsets(topic), { timeout: 10_000, interval: 20 });
    await admin.disconnect();
    return topic;
  },
  kill: (client) => {
    lifelines.get(client)?.cut();
  },
  zombie: (options) => new RealZombie(kafkaBrokers ?? [], options),
  inject: (client, fault) => lifelines.get(client)?.faults.inject(fault) ?? (() => undefined),
  deleteBefore: async ({ topic, partition, offset }) => {
    const admin = brokerKafka('behaviours').admin();
    await admin.connect();
    await admin.fetchTopicOffsets(topic); // or kafkajs would not know where the topic is
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
    await admin.disconnect();
  },
  compact: async (topic, { deleteTombstones = false } = {}) => {
    const last = await beginSegment(topic);
    await untilKeys(topic, last, (keys) => new Set(keys).size === keys.length);
    if (!deleteTombstones) return;
    await untilKeys(topic, await beginSegment(topic), (_, tombstones) => tombstones === 0);
  },
  retain: async (topic) => {
    const last = await beginSegment(topic);
    await untilKeys(topic, last, (keys) => keys.length === 1);
  },
};

const fake = new FakeKafka({ requestTimeout: hastyTimeout });
const fakeIds = new WeakMap<FakeKafkaClient, string>();

const fakeKafka: TestBroker = {
  name: 'FakeKafka',
  isReal: false,
  isThere: true,
  kafka: () => {
    const id = uniqueName('client');
    const client = fake.client(id);
    fakeIds.set(client, id);
    return client;
  },
  topic: async (partitions, config = {}) => {
    const topic = uniqueName('behaviours');
    fake.createTopic(topic, { partitions, config });
    return topic;
  },
  kill: (_, memberId) => {
    fake.kill(memberId);
  },
  zombie: (options) => new FakeZombie(fake, uniqueName('zombie'), options),
  inject: (client, fault) => fake.inject({ ...fault, client: fakeIds.get(client) }),
  deleteBefore: async (place) => {
    fake.deleteBefore(place);
  },
  compact: async (topic, { deleteTombstones = false } = {}) => {
    fake.append(topic, [newSegment(topic)]);
    fake.compact(topic);
    if (!deleteTombstones) return;
    fake.append(topic, [newSegment(topic)]);
    fake.compact(topic, { deleteTombstones });
  },
  retain: async (topic) => {
    fake.append(topic, [newSegment(topic)]);
    fake.applyRetention(topic);
  },
};

const segments = new Map<string, number>();

/** A record so much newer than those before it that it begins a new segment of the log; more than an hour ahead a broker takes none. */
function newSegment(topic: string): { key: string; value: string; partition: number; timestamp: number } {
  const count = (segments.get(topic) ?? 0) + 1;
  segments.set(topic, count);
  return { key: `segment ${count}`, value: `segment ${count}`, partition: 0, timestamp: Date.now() + count * 15 * 60_000 };
}

/** Sends the record that begins a new segment. */
async function beginSegment(topic: string): Promise<string> {
  const producer = brokerKafka('behaviours').producer();
  await producer.connect();
  const { timestamp, ...message } = newSegment(topic);
  await producer.send({ topic, messages: [{ ...message, timestamp: String(timestamp) }] });
  await producer.disconnect();
  return message.key;
}

/** Reads partition 0 again and again until its keys are as they are to be. */
async function untilKeys(topic: string, last: string, isDone: (keys: readonly string[], tombstones: number) => boolean): Promise<void> {
  const consumer = brokerKafka('behaviours').consumer({ groupId: uniqueName('compaction'), maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let keys: string[] = [];
  let tombstones = 0;
  await new Promise<void>((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
    void consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        keys.push(String(message.key));
        if (message.value === null) tombstones++;
        if (String(message.key) !== last) return;
        if (isDone(keys, tombstones)) {
          resolve();
          return;
        }
        keys = [];
        tombstones = 0;
        await new Promise((wait) => setTimeout(wait, 100));
        consumer.seek({ topic, partition, offset: '0' });
      },
    });
  });
  await consumer.disconnect();
}

function entriesOf(config: TopicConfig): { name: string; value: string }[] {
  return Object.entries(config).map(([name, value]) => ({ name, value }));
}

/** What one suite is run against: what the fake promises is what Apache Kafka does. */
export const brokers: readonly TestBroker[] = [realKafka, fakeKafka];
