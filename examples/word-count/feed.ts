import type { KafkaProducer } from 'millrace';
import { pause } from './pause';

/** How lines are fed. */
export interface FeedOptions {
  /** The topic to write to. */
  readonly topic: string;
  /** How many partitions it has; lines go to them in turn. */
  readonly partitions: number;
  /** Lines a second at most; `Infinity` is as fast as the broker takes them. */
  readonly speed: number;
  /** The event time of a line, ms since the epoch, by its number from 0; never less than that of the line before. */
  readonly timestamp: (line: number) => number;
  /** Called when the broker has so many more lines. */
  readonly onFed: (lines: number) => void;
  /** Ends the feeding. */
  readonly signal: AbortSignal;
}

/** The time of the first line when text is replayed: a window starts there. */
const firstTimestamp = Date.UTC(2026, 0, 1);
const msBetweenLines = 10;
const sendsPerSecond = 20;
const linesPerSend = 1_000;

/** Event time for text without times of its own: each line comes 10 ms after the one before, whatever the clock says, so the same text gives the same windows. */
export function replayed(line: number): number {
  return firstTimestamp + line * msBetweenLines;
}

/** Feeds lines to a topic at a speed; resolves when the broker has them all. */
export async function feed(
  producer: KafkaProducer,
  lines: AsyncIterable<readonly string[]>,
  { topic, partitions, speed, timestamp, onFed, signal }: FeedOptions,
): Promise<void> {
  const size = Math.min(linesPerSend, Math.max(1, Math.round(speed / sendsPerSecond)));
  let fed = 0;
  let due = performance.now();
  for await (const chunk of lines) {
    for (let from = 0; from < chunk.length; from += size) {
      const slice = chunk.slice(from, from + size);
      const messages = slice.map((value, index) => ({
        value,
        partition: (fed + index) % partitions,
        timestamp: String(timestamp(fed + index)),
      }));
      // kafkajs may lose messages of a send to several partitions when one of them moves, so each has its own.
      const batches = Array.from({ length: partitions }, (_, partition) => messages.filter((message) => message.partition === partition));
      await Promise.all(batches.filter((batch) => batch.length > 0).map((batch) => producer.send({ topic, messages: batch, acks: -1 })));
      fed += slice.length;
      onFed(slice.length);

      const now = performance.now();
      due = Math.max(due, now - 1_000) + (slice.length / speed) * 1_000; // a second behind is made up for, and no more
      await pause(Math.max(0, due - now), signal); // no wait lets the pipeline have its turn too
      if (signal.aborted) return;
    }
  }
}
