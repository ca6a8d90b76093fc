import type { KafkaMessage } from '../kafka/client';

/** A message before it has an offset. */
export type UnplacedMessage = Omit<KafkaMessage, 'offset'>;

/** What a read found. */
export interface LogSlice {
  readonly messages: readonly KafkaMessage[];
  /** The offset after the last that was read. */
  readonly next: number;
  readonly bytes: number;
}

/** Room that a message takes beside its key and value. */
const overhead = 10;

/**
 * The log of one partition.
 *
 * Messages are made when they are appended, and every reader gets the same ones: a million records are neither copied nor encoded again.
 */
export class FakeLog {
  /** The offset of the first message that is there. */
  readonly start = 0;
  readonly #messages: KafkaMessage[] = [];
  readonly #sizes: number[] = [];
  /** The largest timestamp up to each message: so that the first message at or after a time is found without going through all. */
  readonly #newest: number[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(
    readonly topic: string,
    readonly partition: number,
    /** The broker that leads it. */
    readonly leader: number,
  ) {}

  /** The offset that the next message gets. */
  get end(): number {
    return this.#messages.length;
  }

  /** The end for those who read only what is committed. */
  get stableEnd(): number {
    return this.end;
  }

  /** Appends, and gives the offset of the first. */
  append(messages: readonly UnplacedMessage[]): number {
    const base = this.end;
    let newest = this.#newest.at(-1) ?? -Infinity;
    for (const { key, value, timestamp, headers } of messages) {
      newest = Math.max(newest, Number(timestamp));
      this.#sizes.push(sizeOf(key, value));
      this.#newest.push(newest);
      this.#messages.push({ key, value, timestamp, headers, offset: String(this.#messages.length) });
    }
    if (messages.length > 0) this.#wake();
    return base;
  }

  /** From `offset` as much as `maxBytes` has room for; with `atLeastOne` the first message even if it is larger. */
  read(offset: number, end: number, maxBytes: number, atLeastOne: boolean): LogSlice {
    let next = offset;
    let bytes = 0;
    while (next < end) {
      const size = this.#sizes[next] ?? 0;
      if (bytes + size > maxBytes && !(atLeastOne && next === offset)) break;
      bytes += size;
      next++;
    }
    return { messages: this.#messages.slice(offset, next), next, bytes };
  }

  /** The offset of the first message with this timestamp or a later one; undefined if there is none. */
  offsetAt(timestamp: number): number | undefined {
    let low = 0;
    let high = this.#newest.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#newest[middle] ?? Infinity) >= timestamp) high = middle;
      else low = middle + 1;
    }
    return low < this.#newest.length ? low : undefined;
  }

  /** Calls back at the next change, once; the returned function takes it back. */
  onChange(listener: () => void): () => void {
    this.#waiting.add(listener);
    return () => this.#waiting.delete(listener);
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const listener of waiting) listener();
  }
}

/** Bytes of a message in the log, nearly. */
export function sizeOf(key: Uint8Array | null, value: Uint8Array | null): number {
  return overhead + (key?.length ?? 0) + (value?.length ?? 0);
}
