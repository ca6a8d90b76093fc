import type { KafkaBatchPayload, KafkaMessage } from '../kafka/client';
import type { PartitionData } from './fakeBroker';

type Batch = KafkaBatchPayload['batch'];

/** One partition's part of a fetch, as kafkajs hands it to `eachBatch`. */
export class FakeBatch implements Batch {
  readonly topic: string;
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: readonly KafkaMessage[];
  readonly #next: number;

  constructor(
    readonly fetchedOffset: string,
    { topic, partition, highWatermark, messages, next }: PartitionData,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.highWatermark = String(highWatermark);
    this.messages = messages;
    this.#next = next;
  }

  isEmpty(): boolean {
    return this.messages.length === 0;
  }

  firstOffset(): string | null {
    return this.messages[0]?.offset ?? null;
  }

  lastOffset(): string {
    return String(this.isEmpty() ? Number(this.highWatermark) - 1 : this.#next - 1);
  }

  /** How many records follow this batch. */
  offsetLag(): string {
    return String(Number(this.highWatermark) - 1 - Number(this.lastOffset()));
  }

  /** How many records follow the first of this batch. */
  offsetLagLow(): string {
    return this.isEmpty() ? '0' : String(Number(this.highWatermark) - 1 - Number(this.firstOffset()));
  }
}
