import type { KafkaRecord, WindowedRecord } from 'millrace';
import { WindowCounts } from './windowCounts';
import { window } from './wordCount';

/** How things stand. */
export interface Progress {
  /** Lines that the broker has. */
  readonly fed: number;
  /** Lines that the pipeline has read. */
  readonly read: number;
  /** Lines read whose window is not out yet: should the process be killed now, they would be read again. */
  readonly inFlight: number;
  /** Lines read a second, over the last two seconds. */
  readonly linesPerSecond: number;
  /** Words of all windows that are out. */
  readonly words: number;
  /** The windows that are out, in order of time. */
  readonly windows: readonly WindowCounts[];
}

const keptWhole = 3;
const rateOver = 2_000;

/**
 * Keeps the books beside the pipeline: what went in, and what the broker has of what came out. A line or a result may come again (at least once), and is
 * counted once.
 */
export class Tally {
  #fed = 0;
  /** By partition: the offset after the last line read. */
  readonly #positions: number[] = [];
  /** By start of window: how many of its lines were read, while it is not out. */
  readonly #inFlight = new Map<number, number>();
  readonly #windows = new Map<number, WindowCounts>();
  readonly #samples: { readonly at: number; readonly read: number }[] = [];

  /** The broker has so many more lines. */
  readonly fed = (lines: number): void => {
    this.#fed += lines;
  };

  /** The pipeline has read this line. */
  readonly line = ({ partition, offset, timestamp }: KafkaRecord<unknown, unknown>): void => {
    if (offset < (this.#positions[partition] ?? 0)) return;
    this.#positions[partition] = offset + 1;
    const start = Math.floor(timestamp / window.size) * window.size;
    this.#inFlight.set(start, (this.#inFlight.get(start) ?? 0) + 1);
  };

  /** The broker has this result. */
  readonly result = ({ key, value, window: { start } }: WindowedRecord<string, number>): void => {
    let counts = this.#windows.get(start);
    if (!counts) {
      counts = new WindowCounts(start);
      this.#windows.set(start, counts);
      [...this.#windows.values()].at(-1 - keptWhole)?.forget();
      for (const other of this.#inFlight.keys()) if (other <= start) this.#inFlight.delete(other); // windows come out in order of their ends
    }
    counts.set(key, value);
  };

  /** The pipeline has read everything and is done: a window without words has no result to say so. */
  done(): void {
    this.#inFlight.clear();
  }

  /** How things stand at `now` (ms). */
  progress(now: number): Progress {
    const read = sum(this.#positions);
    this.#samples.push({ at: now, read });
    while (this.#samples.length > 2 && now - (this.#samples[1]?.at ?? now) >= rateOver) this.#samples.shift();
    const since = this.#samples[0] ?? { at: now, read };
    const windows = [...this.#windows.values()];
    return {
      fed: this.#fed,
      read,
      inFlight: sum(this.#inFlight.values()),
      linesPerSecond: now > since.at ? ((read - since.read) / (now - since.at)) * 1_000 : 0,
      words: sum(windows.map(({ words }) => words)),
      windows,
    };
  }
}

function sum(numbers: Iterable<number | undefined>): number {
  let total = 0;
  for (const number of numbers) total += number ?? 0;
  return total;
}
