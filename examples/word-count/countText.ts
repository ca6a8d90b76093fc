import type { Readable } from 'node:stream';
import { feed, replayed } from './feed';
import type { OpenKafka } from './kafka';
import type { Tally } from './tally';
import { linesOf } from './text';
import { wordCount } from './wordCount';

/** How text is counted. */
export interface CountTextOptions {
  /** Files, `-` for stdin. */
  readonly files: readonly string[];
  readonly stdin: Readable;
  /** Lines a second at most. */
  readonly speed: number;
  /** Whether to go on at the end of the text. */
  readonly follow: boolean;
  /** Keeps the books. */
  readonly tally: Tally;
  /** Aborted to drain. */
  readonly signal: AbortSignal;
}

/** Feeds text to the topic of lines at one end while its words are counted at the other; resolves when all is counted, or drained. */
export async function countText(
  { kafka, lines, counts, groupId, partitions }: OpenKafka,
  { files, stdin, speed, follow, tally, signal }: CountTextOptions,
): Promise<void> {
  const done = new AbortController();
  const end = (): void => done.abort();
  const over = AbortSignal.any([signal, done.signal]); // the text is in the topic, the user has had enough, or something failed

  const producer = kafka.producer();
  const feedAll = async (): Promise<void> => {
    const text = linesOf(files, { stdin, follow, signal: over });
    // Followed text is live: a line has the time at which it came.
    const timestamp = follow ? () => Date.now() : replayed;
    await feed(producer, text, { topic: lines, partitions, speed, timestamp, onFed: tally.fed, signal: over });
    end();
  };
  const source = { lines, counts, groupId, onLine: tally.line };
  // Replayed time does not follow the clock, so a pause of the text must not close windows; of live text it should, and soon.
  const idleAfter = follow ? '2s' : '1d';

  try {
    await producer.connect();
    const halves = [feedAll(), wordCount(kafka, { ...source, idleAfter, signal: over }).forEach(tally.result)];
    try {
      await Promise.all(halves);
    } finally {
      end();
      await Promise.allSettled(halves); // where one half has failed, the other drains before topics and clients go
    }
    if (signal.aborted) return;
    // A drain leaves windows open for the next run of the group. This is the next: it reads their lines again, and the end of the topic closes them.
    await wordCount(kafka, { ...source, until: 'latest', signal }).forEach(tally.result);
  } finally {
    await producer.disconnect();
  }
}
