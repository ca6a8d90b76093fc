import type { KafkaMessage } from '../kafka/client';
import type { PartitionEpoch } from './partitionEpoch';
import type { Task } from './task';

/**
 * What has been fetched of one partition and not yet delivered.
 *
 * Fetching is paused while more than `mark` messages wait. The mark is half of the last batch, or the credit if that is more, so that the next fetch is
 * under way before the lane runs dry; never are more than the mark and one batch held.
 */
export class Lane {
  /** The offset after the last that was fetched. */
  through: number;
  paused = false;
  /** When a record last arrived, or the partition last waited for us, ms; silence counts from here. */
  quietSince: number;
  /** When the last record was delivered, ms; from here event time follows the wall clock. */
  deliveredAt: number;
  #batches: (readonly KafkaMessage[])[] = [];
  #next = 0;
  #waiting = 0;
  #lastBatch = 0;

  constructor(
    readonly task: Task,
    readonly epoch: PartitionEpoch,
    /** Where a bounded read ends, exclusive. */
    readonly until: number,
    private readonly credit: number,
    now: number,
  ) {
    this.through = epoch.position;
    this.quietSince = now;
    this.deliveredAt = now;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get mark(): number {
    return Math.max(this.credit, this.#lastBatch >> 1);
  }

  get atEnd(): boolean {
    return this.epoch.position >= this.until;
  }

  push(messages: readonly KafkaMessage[], next: number): void {
    this.through = Math.max(this.through, next);
    if (messages.length === 0) return;
    this.#batches.push(messages);
    this.#waiting += messages.length;
    this.#lastBatch = messages.length;
  }

  peek(): KafkaMessage | undefined {
    return this.#batches[0]?.[this.#next];
  }

  shift(): void {
    this.#waiting--;
    if (++this.#next < (this.#batches[0]?.length ?? 0)) return;
    this.#batches.shift();
    this.#next = 0;
  }

  clear(): void {
    this.#batches = [];
    this.#next = 0;
    this.#waiting = 0;
  }
}
