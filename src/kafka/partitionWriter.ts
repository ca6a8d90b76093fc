import { StreamError } from '../errors';
import type { RecordHeaders } from '../records';
import { asBuffer } from './asBuffer';
import type { KafkaProducer } from './client';
import { clientError } from './clientError';

/** A message on its way to a topic. */
export interface OutgoingMessage {
  /** Text is UTF-8. */
  readonly key: Uint8Array | string | null;
  readonly value: Uint8Array | string | null;
  /** ms since the epoch */
  readonly timestamp: number;
  readonly headers: RecordHeaders;
}

/** How messages are sent. */
export interface SendOptions {
  readonly acks: -1 | 1;
  readonly compression: number | undefined;
}

/** A send of kafkajs costs the square of its messages beyond some hundreds; 250 to 500 are the fastest. */
const fullAt = 500;
/** Below the 1 MiB that brokers take, with room for what the protocol adds. */
const fullAtBytes = 900_000;

/**
 * Sends messages to one partition, in order: one send at a time, and what comes meanwhile makes the next.
 *
 * One partition a send, because kafkajs loses messages without an error when a send to two partitions is tried again after a leader has moved.
 */
export class PartitionWriter<T> {
  #messages: OutgoingMessage[] = [];
  #elements: T[] = [];
  #bytes = 0;
  #sending = false;

  constructor(
    private readonly producer: KafkaProducer,
    private readonly topic: string,
    private readonly partition: number,
    private readonly options: SendOptions,
    private readonly events: { acknowledged(elements: readonly T[]): void; failed(error: StreamError): void },
  ) {}

  /** Whether that has made a batch full, which is then on its way. */
  add(message: OutgoingMessage, element: T): boolean {
    this.#messages.push(message);
    this.#elements.push(element);
    this.#bytes += sizeOf(message);
    const full = this.#messages.length >= fullAt || this.#bytes >= fullAtBytes;
    if (full) this.send();
    return full;
  }

  /** Sends what waits, now or when the send under way is acknowledged. */
  send(): void {
    if (!this.#sending && this.#messages.length > 0) void this.#sendAll();
  }

  /** Drops what was not sent. */
  drop(): void {
    this.#messages = [];
    this.#elements = [];
    this.#bytes = 0;
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    try {
      while (this.#messages.length > 0) {
        const count = this.#countOfNext();
        const messages = this.#messages.splice(0, count);
        const elements = this.#elements.splice(0, count);
        for (const message of messages) this.#bytes -= sizeOf(message);
        await this.#sendOnce(messages);
        this.events.acknowledged(elements);
      }
    } catch (error) {
      const { topic, partition } = this;
      this.events.failed(clientError(error, `write to ${topic}[${partition}]`, { topic, partition }, 'PRODUCE_FAILED'));
    }
    this.#sending = false;
  }

  #countOfNext(): number {
    let count = 0;
    let bytes = 0;
    for (const message of this.#messages) {
      bytes += sizeOf(message);
      if (count === fullAt || (count > 0 && bytes > fullAtBytes)) break;
      count++;
    }
    return count;
  }

  async #sendOnce(messages: readonly OutgoingMessage[]): Promise<void> {
    const { topic, partition } = this;
    const { acks, compression } = this.options;
    const replies = await this.producer.send({
      topic,
      acks,
      ...(compression !== undefined && { compression }),
      messages: messages.map((message) => sentAs(message, partition)),
    });
    // A send that resolves is not always a send that was answered.
    const [reply] = replies;
    if (replies.length === 1 && reply?.topicName === topic && reply.partition === partition && reply.errorCode === 0) return;
    throw new StreamError(
      'PRODUCE_FAILED',
      `the client says that it has written to ${topic}[${partition}], but has no answer of the broker for it`,
      {
        topic,
        partition,
        retriable: true,
      },
    );
  }
}

/** Bytes at most: a unit of text takes up to three in UTF-8, and counting them exactly would cost more than a smaller batch. */
function sizeOf({ key, value }: OutgoingMessage): number {
  return bytesOf(key) + bytesOf(value);
}

function bytesOf(part: Uint8Array | string | null): number {
  if (part === null) return 0;
  return typeof part === 'string' ? part.length * 3 : part.length;
}

type SentMessage = Parameters<KafkaProducer['send']>[0]['messages'][number];

/** The message as kafkajs takes it. Most have no headers, and a message without them costs less to write than one with an empty set. */
function sentAs({ key, value, timestamp, headers }: OutgoingMessage, partition: number): SentMessage {
  const message: SentMessage = { key: part(key), value: part(value), timestamp: String(timestamp), partition };
  for (const name in headers) {
    const header = headers[name];
    message.headers ??= Object.create(null) as NonNullable<SentMessage['headers']>; // so that any name is only a name
    message.headers[name] = typeof header === 'object' && !ArrayBuffer.isView(header) ? header.map(part) : header && part(header);
  }
  return message;
}

function part<T extends string | null>(value: Uint8Array | T): Uint8Array | T {
  return typeof value === 'string' || value === null ? value : asBuffer(value);
}
