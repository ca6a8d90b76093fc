import { asBuffer } from '../../kafka/asBuffer';
import type { KafkaMessage } from '../../kafka/client';
import { takeOut } from '../network/takeOut';
import { type BatchProducer, FakeSequences } from './fakeSequences';
import { defaultSettings, type TopicSettings } from './fakeSettings';
import { batchSize } from './fakeSizes';
import { type AbortedTransaction, FakeTransactionIndex, type Outcome } from './fakeTransactionIndex';
import type { Participant, ProducerLife } from './fakeTransactions';

/** A message before it has an offset. */
export type UnplacedMessage = Omit<KafkaMessage, 'offset'>;

/** What is said of a batch as a whole. */
export interface BatchAttributes {
  /** Whose transaction it belongs to. */
  readonly transactionOf?: number | undefined;
  /** Whether its messages are the broker's own marks, as those that end a transaction. No consumer is given them. */
  readonly isControl?: boolean | undefined;
  /** Its size, if it is compressed. */
  readonly bytes?: number | undefined;
}

/** Messages that were appended together. They are read together too, or not at all: a broker does not take a batch apart. */
export interface LogBatch extends BatchAttributes {
  /** The offset of its first message when it was appended. */
  readonly base: number;
  /** The offset of its last message when it was appended. Either may have been compacted away, and the batch still stands for them. */
  readonly last: number;
  /** Those that are left; never none. */
  readonly messages: readonly KafkaMessage[];
  readonly bytes: number;
}

/** What a read found: the first batch may begin before the offset that was asked for. */
export interface LogSlice {
  readonly batches: readonly LogBatch[];
  readonly bytes: number;
}

/** Whether records of transactions that are under way, or were aborted, are read. */
export type Isolation = 'read_committed' | 'read_uncommitted';

/**
 * The log of one partition.
 *
 * Offsets are no indexes: records are deleted from the beginning, and compacted away from between others. Messages are made when they are appended, and every
 * reader gets the same ones: a million records are neither copied nor encoded again.
 */
export class FakeLog implements Participant {
  #start = 0;
  #end = 0;
  /** By offset. */
  #batches: LogBatch[] = [];
  /** The largest timestamp up to each batch: so that the first message at or after a time is found without going through all. */
  #newest: number[] = [];
  #waiting: (() => void)[] = [];
  readonly #sequences = new FakeSequences();
  readonly #transactions = new FakeTransactionIndex();

  constructor(
    readonly topic: string,
    readonly partition: number,
    /** How many brokers have it. */
    readonly replicas: number,
    readonly settings: TopicSettings = defaultSettings,
  ) {}

  /** The first offset that may be read. */
  get start(): number {
    return this.#start;
  }

  /** The offset that the next message gets. */
  get end(): number {
    return this.#end;
  }

  /** The end for those who read only what is committed. */
  get stableEnd(): number {
    return Math.max(this.#start, this.#transactions.stableEnd(this.#end));
  }

  /** Up to where may be read. */
  endFor(isolation: Isolation): number {
    return isolation === 'read_committed' ? this.stableEnd : this.#end;
  }

  /** Appends one batch, and gives the offset of its first message. */
  append(messages: readonly UnplacedMessage[], attributes: BatchAttributes = {}): number {
    const base = this.#end;
    if (messages.length === 0) return base;
    // kafkajs gives each the attributes of a record, of which there are none.
    const placed = messages.map(({ key, value, timestamp, headers }, i) => ({
      attributes: 0,
      key,
      value,
      timestamp,
      headers,
      offset: String(base + i),
    }));
    this.#end += placed.length;
    const { transactionOf, isControl, bytes = batchSize(messages) } = attributes;
    this.#push({ transactionOf, isControl, base, last: this.#end - 1, messages: placed, bytes });
    this.#wake();
    return base;
  }

  /** Appends a batch of a producer with an id, in its transaction or outside of any. What is there already is not stored again. */
  produce(
    messages: readonly UnplacedMessage[],
    producer: BatchProducer,
    isTransactional: boolean,
    attributes: BatchAttributes = {},
  ): number {
    const known = this.#sequences.known(producer, messages.length);
    if (known !== undefined) return known;
    const { producerId } = producer;
    if (isTransactional) this.#transactions.written(producerId, this.#end);
    const base = this.append(messages, isTransactional ? { ...attributes, transactionOf: producerId } : attributes);
    this.#sequences.stored(producer, messages.length, base);
    return base;
  }

  /** Writes the mark that ends a producer's transaction; it has an offset like a message. */
  endTransaction({ producerId, epoch }: ProducerLife, outcome: Outcome, now: number): void {
    this.#sequences.raise(producerId, epoch);
    this.#transactions.ended(producerId, this.#end, outcome);
    this.append([markOf(outcome, now)], { transactionOf: producerId, isControl: true });
  }

  /** The aborted transactions that have to do with these offsets, in the order of their ends. */
  aborted(from: number, to: number): AbortedTransaction[] {
    return this.#transactions.aborted(from, to);
  }

  /**
   * The batches from the one that `offset` is in, or else the next, as many as `maxBytes` has room for; with `atLeastOne` the first even if it is larger.
   */
  read(offset: number, end: number, maxBytes: number, atLeastOne: boolean): LogSlice {
    const first = firstIndex(this.#batches.length, (i) => (this.#batches[i]?.last ?? 0) >= offset);
    let next = first;
    let bytes = 0;
    for (let batch = this.#batches[next]; batch && batch.base < end; batch = this.#batches[next]) {
      if (bytes + batch.bytes > maxBytes && !(atLeastOne && next === first)) break;
      bytes += batch.bytes;
      next++;
    }
    return { batches: this.#batches.slice(first, next), bytes };
  }

  /** All messages that may be read. */
  messages(isolation: Isolation): KafkaMessage[] {
    const { batches } = this.read(this.#start, this.endFor(isolation), Infinity, false);
    return batches.flatMap(({ base, isControl, transactionOf, messages }) => {
      const isLeftOut =
        isControl || (isolation === 'read_committed' && transactionOf !== undefined && this.#transactions.isAborted(transactionOf, base));
      return isLeftOut ? [] : messages.filter(({ offset }) => Number(offset) >= this.#start);
    });
  }

  /** The offset of the first message with this timestamp or a later one; undefined if there is none. */
  offsetAt(timestamp: number): number | undefined {
    const first = firstIndex(this.#newest.length, (i) => (this.#newest[i] ?? Infinity) >= timestamp);
    // In a batch that is partly deleted, the message may be one of those that are gone.
    for (let i = first; i < this.#batches.length; i++) {
      const found = this.#batches[i]?.messages.find(
        (message) => Number(message.timestamp) >= timestamp && Number(message.offset) >= this.#start,
      );
      if (found) return Number(found.offset);
    }
    return undefined;
  }

  /** Forgets what is before an offset; one that is not beyond the end. */
  deleteBefore(offset: number): void {
    this.#start = Math.max(this.#start, offset);
    this.#replace(this.#batches.filter(({ last }) => last >= this.#start));
  }

  /** Removes the messages that a test does not pass; the offsets of the others stay as they are. */
  keep(passes: (message: KafkaMessage, batch: LogBatch) => boolean): void {
    this.#replace(
      this.#batches.flatMap((batch) => {
        const messages = batch.messages.filter((message) => passes(message, batch));
        if (messages.length === batch.messages.length) return [batch];
        return messages.length === 0 ? [] : [{ ...batch, messages, bytes: Math.min(batch.bytes, batchSize(messages)) }];
      }),
    );
  }

  /** Calls back at the next change, once. */
  onChange(listener: () => void): void {
    this.#waiting.push(listener);
  }

  /** Does not call back any more. */
  forget(listener: () => void): void {
    takeOut(this.#waiting, listener);
  }

  #replace(batches: readonly LogBatch[]): void {
    this.#batches = [];
    this.#newest = [];
    for (const batch of batches) this.#push(batch);
  }

  #push(batch: LogBatch): void {
    this.#batches.push(batch);
    let newest = this.#newest.at(-1) ?? -Infinity;
    for (const { timestamp } of batch.messages) newest = Math.max(newest, Number(timestamp));
    this.#newest.push(newest);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const listener of waiting) listener();
  }
}

/** Kafka's own: a version and what kind of mark it is, 16 bits each; then a version and the coordinator's epoch. */
function markOf(outcome: Outcome, now: number): UnplacedMessage {
  const key = asBuffer(new Uint8Array([0, 0, 0, outcome === 'commit' ? 1 : 0]));
  return { key, value: asBuffer(new Uint8Array(6)), timestamp: String(now), headers: {} };
}

/** The first index that passes, where all after it pass too; `length` if none does. */
function firstIndex(length: number, passes: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
