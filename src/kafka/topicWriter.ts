import { StreamError } from '../errors';
import type { Clock } from '../time/clock';
import type { KafkaAdmin, KafkaClient, KafkaProducer, KafkaProducerConfig } from './client';
import { clientError } from './clientError';
import { partitionOf } from './partitionOf';
import { type OutgoingMessage, PartitionWriter, type SendOptions } from './partitionWriter';
import { unknownTopic } from './unknownTopic';

/** How a writer sends. */
export interface TopicWriterOptions extends SendOptions {
  /** ms */
  readonly linger: number;
  /** Known when the first record comes, for it may be the source's. */
  readonly clock: () => Clock;
  /** kafkajs' own options, from the user. */
  readonly producer: Partial<KafkaProducerConfig>;
}

/** What a writer tells. */
export interface TopicWriterEvents<T> {
  /** The broker has these, in the order in which they were written to their partition. */
  acknowledged(elements: readonly T[]): void;
  /** Nothing more is written. */
  failed(error: StreamError): void;
}

interface Topic<T> {
  /** 0 until the broker has told. */
  partitions: number;
  /** When it was told, ms. */
  asOf: number;
  /** What was written before that. */
  unplaced: (() => void)[];
  readonly writers: Map<number, PartitionWriter<T>>;
  /** The partition that messages without a key go to now: one at a time, so that their batches fill. */
  keyless: number;
}

/** Topics may get more partitions; kafkajs looks as often. */
const maxAge = 300_000;

/** Writes to topics: finds the partition of each message, lets batches fill for a moment, and tells which messages the broker has. */
export class TopicWriter<T> {
  /** Messages that the broker has not acknowledged. */
  pending = 0;
  readonly #producer: KafkaProducer;
  readonly #admin: KafkaAdmin;
  readonly #topics = new Map<string, Topic<T>>();
  readonly #connected: Promise<unknown>;
  #lingering: { unsubscribe(): void } | undefined;
  #flushing: { readonly done: () => void } | undefined;
  #over = false;

  constructor(
    kafka: KafkaClient,
    private readonly options: TopicWriterOptions,
    private readonly events: TopicWriterEvents<T>,
  ) {
    this.#producer = kafka.producer({ allowAutoTopicCreation: false, ...options.producer, createPartitioner: () => partitionGiven });
    this.#admin = kafka.admin();
    this.#connected = Promise.all([this.#producer.connect(), this.#admin.connect()]);
    this.#connected.catch((error: unknown) => this.#fail(clientError(error, 'connect the producer', {}, 'PRODUCE_FAILED')));
  }

  /** `partition` is chosen by the key if it is left out, as kafkajs and Kafka do. */
  write(name: string, message: OutgoingMessage, element: T, partition?: number): void {
    this.pending++;
    const topic = this.#topic(name);
    if (topic.partitions === 0) topic.unplaced.push(() => this.#place(name, topic, message, element, partition));
    else this.#place(name, topic, message, element, partition);
  }

  /** Sends everything without waiting for more; resolves when the broker has it. */
  flush(): Promise<void> {
    if (this.pending === 0) return Promise.resolve();
    return new Promise((done) => {
      this.#flushing = { done };
      this.#sendAll();
    });
  }

  /** Sends nothing more, and disconnects when what is under way has been answered. */
  async close(): Promise<void> {
    this.#stop();
    await this.#connected.catch(() => undefined);
    await Promise.allSettled([this.#producer.disconnect(), this.#admin.disconnect()]);
  }

  #topic(name: string): Topic<T> {
    let topic = this.#topics.get(name);
    if (!topic) {
      topic = { partitions: 0, asOf: Infinity, unplaced: [], writers: new Map(), keyless: 0 };
      this.#topics.set(name, topic);
      void this.#ask(name, topic);
    } else if (this.options.clock().now() - topic.asOf > maxAge) {
      topic.asOf = Infinity;
      void this.#ask(name, topic);
    }
    return topic;
  }

  async #ask(name: string, topic: Topic<T>): Promise<void> {
    try {
      await this.#connected;
    } catch {
      return; // told already
    }
    try {
      if (topic.partitions === 0 && !(await this.#admin.listTopics()).includes(name)) {
        if (!this.options.producer.allowAutoTopicCreation) throw unknownTopic(name, 'producer');
        await this.#admin.createTopics({ topics: [{ topic: name }], waitForLeaders: true });
      }
      const { topics } = await this.#admin.fetchTopicMetadata({ topics: [name] });
      topic.partitions = topics[0]?.partitions.length ?? 0;
      topic.asOf = this.options.clock().now();
      for (const place of topic.unplaced.splice(0)) place();
    } catch (error) {
      // An answer that only refreshes what is known can wait for the next time.
      if (topic.partitions > 0) topic.asOf = this.options.clock().now();
      else this.#fail(clientError(error, `find the partitions of ${name}`, { topic: name }, 'PRODUCE_FAILED'));
    }
  }

  #place(name: string, topic: Topic<T>, message: OutgoingMessage, element: T, wanted: number | undefined): void {
    if (this.#over) return;
    const partition = wanted ?? (message.key === null ? topic.keyless : partitionOf(message.key, topic.partitions));
    if (!(partition >= 0 && partition < topic.partitions && Number.isInteger(partition))) {
      this.#fail(
        new StreamError(
          'INVALID_OPTION',
          `the partition for a record to ${name} is ${partition}: the topic has 0 to ${topic.partitions - 1}`,
          { topic: name },
        ),
      );
      return;
    }
    const writer = this.#writer(name, topic, partition);
    if (writer.add(message, element) && partition === topic.keyless) turn(topic);
    if (this.#flushing) writer.send();
    else this.#lingering ??= this.options.clock().schedule(() => this.#sendAll(), this.options.linger);
  }

  #writer(name: string, topic: Topic<T>, partition: number): PartitionWriter<T> {
    const existing = topic.writers.get(partition);
    if (existing) return existing;
    const writer = new PartitionWriter<T>(this.#producer, name, partition, this.options, {
      acknowledged: (elements) => this.#acknowledged(elements),
      failed: (error) => this.#fail(error),
    });
    topic.writers.set(partition, writer);
    return writer;
  }

  #sendAll(): void {
    this.#lingering?.unsubscribe();
    this.#lingering = undefined;
    for (const topic of this.#topics.values()) {
      for (const writer of topic.writers.values()) writer.send();
      turn(topic);
    }
  }

  #acknowledged(elements: readonly T[]): void {
    this.pending -= elements.length;
    if (!this.#over) this.events.acknowledged(elements);
    if (this.pending === 0) this.#flushing?.done();
  }

  #fail(error: StreamError): void {
    if (this.#over) return;
    this.#stop();
    this.events.failed(error);
  }

  #stop(): void {
    this.#over = true;
    this.#lingering?.unsubscribe();
    for (const { writers } of this.#topics.values()) for (const writer of writers.values()) writer.drop();
  }
}

/** The client is to leave the choice to us; without one it would also warn that its default has changed. */
function partitionGiven({ message }: { message: { partition?: number } }): number {
  return message.partition ?? 0;
}

/** The next batch without keys goes to the next partition. */
function turn<T>(topic: Topic<T>): void {
  if (topic.partitions > 0) topic.keyless = (topic.keyless + 1) % topic.partitions;
}
