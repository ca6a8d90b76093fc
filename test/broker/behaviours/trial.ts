import type { FakeKafkaAdmin } from 'millrace/testing';
import type { KafkaProducer, KafkaSender } from '../../../src/kafka/client';
import { uniqueName } from '../realKafka';
import type { TestBroker, TopicConfig } from './brokers';
import { Member, type MemberOptions } from './member';

type Message = Parameters<KafkaSender['send']>[0]['messages'][number];

/** Something that waits until it is told to go on. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** What one test has of the broker: a group of its own, and clients that are disconnected when the test ends. */
export class Trial {
  readonly groupId = uniqueName('behaviours');
  readonly broker: TestBroker;
  readonly #clients: { disconnect(): Promise<void> }[] = [];
  readonly #gates: Gate[] = [];
  #admin: Promise<FakeKafkaAdmin> | undefined;
  #producer: Promise<KafkaProducer> | undefined;

  constructor(broker: TestBroker) {
    this.broker = broker;
  }

  /** Makes a topic and gives its name. */
  topic(partitions = 1, config?: TopicConfig): Promise<string> {
    return this.broker.topic(partitions, config);
  }

  /** A connected admin, always the same. */
  admin(): Promise<FakeKafkaAdmin> {
    return (this.#admin ??= this.connected(this.broker.kafka().admin()));
  }

  /** A connected producer, always the same. */
  producer(): Promise<KafkaProducer> {
    return (this.#producer ??= this.connected(this.broker.kafka().producer({ allowAutoTopicCreation: false })));
  }

  /** Connects a client, and disconnects it when the test ends. */
  async connected<T extends { connect(): Promise<void>; disconnect(): Promise<void> }>(client: T): Promise<T> {
    this.#clients.push(client);
    await client.connect();
    return client;
  }

  /** Sends messages in one request. */
  async send(topic: string, messages: Message[]): ReturnType<KafkaSender['send']> {
    return (await this.producer()).send({ topic, messages });
  }

  /** Sends texts as values to a partition, each in a request of its own. */
  async sendEach(topic: string, partition: number, values: readonly string[]): Promise<void> {
    for (const value of values) await this.send(topic, [{ partition, value }]);
  }

  /** A consumer that is not in the group yet. */
  async outsider(options: MemberOptions): Promise<Member> {
    const { hasty = false } = options;
    const client = this.broker.kafka({ hasty });
    const member = new Member(client, this.broker, { groupId: this.groupId, ...options });
    await this.connected(member.consumer);
    return member;
  }

  /** A consumer that has joined the group. */
  async member(options: MemberOptions): Promise<Member> {
    const member = await this.outsider(options);
    await member.join();
    return member;
  }

  /** Commits as a member that comes, reads nothing, and goes. */
  async commit(topic: string, offsets: readonly { partition: number; offset: string; metadata?: string | null }[]): Promise<void> {
    const member = await this.outsider({ topics: [topic] });
    member.consumer.on('consumer.group_join', () => member.consumer.pause([{ topic }]));
    await member.join();
    await member.consumer.commitOffsets(offsets.map((offset) => ({ topic, ...offset })));
    await member.consumer.disconnect();
  }

  /** What the group has committed in a topic, by partition. */
  async committed(topic: string): Promise<{ partition: number; offset: string; metadata: string | null }[]> {
    const [offsets] = await (await this.admin()).fetchOffsets({ groupId: this.groupId, topics: [topic] });
    return (offsets?.partitions ?? []).toSorted((a, b) => a.partition - b.partition);
  }

  /** A gate, that is open at the end of the test at the latest. */
  gate(): Gate {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const gate = { opened, open };
    this.#gates.push(gate);
    return gate;
  }

  /** Opens the gates, for a handler that waits would never let its consumer go, and disconnects. */
  async close(): Promise<void> {
    for (const gate of this.#gates) gate.open();
    await Promise.all(this.#clients.map((client) => client.disconnect()));
  }
}
