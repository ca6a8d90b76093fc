import type { KafkaBatchPayload, KafkaMessage } from '../../kafka/client';
import { withoutAborted } from './fakeAbortFilter';
import type { LogBatch } from '../broker/fakeLog';
import type { PartitionData } from '../broker/fakeProtocol';

type Batch = KafkaBatchPayload['batch'];

/** One partition's part of a fetch, as kafkajs hands it to `eachBatch`: it may hold several batches of the log. */
export class FakeBatch implements Batch {
  readonly fetchedOffset: string;
  readonly topic: string;
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: readonly KafkaMessage[];
  /** Whether the broker sent anything. */
  readonly #hasRaw: boolean;
  /** Of what was asked for, marks included. */
  readonly #first: string | undefined;
  readonly #last: string | undefined;

  constructor({ topic, partition, offset: fetched, highWatermark, batches, aborted = [] }: PartitionData) {
    this.fetchedOffset = String(fetched);
    this.topic = topic;
    this.partition = partition;
    this.highWatermark = String(highWatermark);
    this.#hasRaw = batches.length > 0;
    const wanted = from(fetched, batches);
    this.#first = wanted[0]?.messages[0]?.offset;
    this.#last = wanted.at(-1)?.messages.at(-1)?.offset;
    this.messages = messagesOf(withoutAborted(wanted, aborted));
  }

  isEmpty(): boolean {
    return this.messages.length === 0;
  }

  /** Whether something came, and nothing of it is for the consumer. */
  isEmptyDueToFiltering(): boolean {
    return this.isEmpty() && this.#hasRaw;
  }

  firstOffset(): string | null {
    return this.#first ?? null;
  }

  /** Where only what is before the offset came, the rest of its batch has been compacted away, and kafkajs goes on one by one. */
  lastOffset(): string {
    return this.#last ?? (this.#hasRaw ? this.fetchedOffset : String(Number(this.highWatermark) - 1));
  }

  /** How many offsets follow this batch. */
  offsetLag(): string {
    return String(Number(this.highWatermark) - 1 - Number(this.lastOffset()));
  }

  /** How many offsets follow the first of this batch. */
  offsetLagLow(): string {
    return this.#first === undefined ? '0' : String(Number(this.highWatermark) - 1 - Number(this.#first));
  }
}

/** A broker sends whole batches: what is before the offset that was asked for is thrown away. */
function from(offset: number, batches: readonly LogBatch[]): readonly LogBatch[] {
  if ((batches[0]?.base ?? offset) >= offset) return batches;
  return batches.flatMap((batch) => {
    if (batch.base >= offset) return [batch];
    const messages = batch.messages.filter((message) => Number(message.offset) >= offset);
    return messages.length > 0 ? [{ ...batch, messages }] : [];
  });
}

/** Those that are for the consumer, in a list of its own. */
function messagesOf(batches: readonly LogBatch[]): readonly KafkaMessage[] {
  const [first, second] = batches;
  if (first && !second && !first.isControl) return first.messages.slice();
  return batches.flatMap(({ messages, isControl }) => (isControl ? [] : messages));
}
