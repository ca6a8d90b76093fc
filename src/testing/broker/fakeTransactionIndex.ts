/** How a transaction ended. */
export type Outcome = 'commit' | 'abort';

/** What a reader is told of an aborted transaction, so that it can leave its messages out. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** That of the mark. */
  readonly lastOffset: number;
}

/** Where the open transactions of a partition begin, and which ones were aborted. It knows nothing of the messages. */
export class FakeTransactionIndex {
  /** The first offset of each open transaction, by producer, in the order of these offsets. A producer has at most one. */
  readonly #open = new Map<number, number>();
  /** In the order of their ends, as Kafka keeps and tells them. */
  readonly #aborted: AbortedTransaction[] = [];

  /** The producer's transaction has written something at this offset. */
  written(producerId: number, offset: number): void {
    if (!this.#open.has(producerId)) this.#open.set(producerId, offset);
  }

  /** The producer's transaction ends with a mark at this offset; it may have written nothing. */
  ended(producerId: number, offset: number, outcome: Outcome): void {
    const firstOffset = this.#open.get(producerId);
    if (firstOffset === undefined) return;
    this.#open.delete(producerId);
    if (outcome === 'abort') this.#aborted.push({ producerId, firstOffset, lastOffset: offset });
  }

  /** Up to where every transaction has ended, in a log with this end: Kafka's last stable offset. */
  stableEnd(end: number): number {
    for (const first of this.#open.values()) return first;
    return end;
  }

  /** The aborted transactions that have to do with these offsets, in the order of their ends. */
  aborted(from: number, to: number): AbortedTransaction[] {
    return this.#aborted.filter(({ firstOffset, lastOffset }) => lastOffset >= from && firstOffset < to);
  }

  /** Whether what this producer wrote at an offset was aborted. */
  isAborted(producerId: number, offset: number): boolean {
    return this.aborted(offset, offset + 1).some((transaction) => transaction.producerId === producerId);
  }
}
