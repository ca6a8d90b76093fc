import type { Delivered } from './partitionEpoch';

/** The records of a partition that are not released, and those behind them that are, in the order of their offsets. */
export class Unreleased {
  #records: Delivered[] = [];
  #head = 0;

  push(record: Delivered): void {
    this.#records.push(record);
  }

  /** The first that is not released. */
  get oldest(): Delivered | undefined {
    return this.#records[this.#head];
  }

  /** Lets go of what is released before the oldest. */
  trim(): void {
    const records = this.#records;
    while (this.#head < records.length && records[this.#head]?.released) this.#head++;
    if (this.#head === records.length) {
      records.length = 0;
      this.#head = 0;
    } else if (this.#head > 1_024 && this.#head * 2 > records.length) {
      this.#records = records.slice(this.#head);
      this.#head = 0;
    }
  }

  /** The first that is not released and lies behind `offset`. */
  firstBehind(offset: number): Delivered | undefined {
    let first: Delivered | undefined;
    for (let n = this.#records.length - 1; n >= this.#head; n--) {
      const record = this.#records[n];
      if (!record || record.offset <= offset) break;
      if (!record.released) first = record;
    }
    return first;
  }

  /** The first, released or not, that has been given its time on the way. */
  get firstTimed(): Delivered | undefined {
    return this.#records.slice(this.#head).find(({ timed }) => timed);
  }
}
