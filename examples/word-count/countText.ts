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
  const over = new AbortController(); // the text is in the topic, the user has had enough, or something failed
  const end = (): void => over.abort();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();

  const producer = kafka.producer();
  const feedAll = async (): Promise<void> => {
    const text = linesOf(files, { stdin, follow, signal: over.signal });
    // Followed text is live: a line has the time at which it came.
    const timestamp = follow ? () => Date.now() : replayed;
    await feed(producer, text, { topic: lines, partitions, speed, timestamp, onFed: tally.fed, signal: over.signal });
    end();
  };
  const source = { lines, counts, groupId, onLine: tally.line };
  // Replayed time does not follow the clock, so a pause of the text must not close windows; of live text it should, and soon.
  const idleAfter = follow ? '2s' : '1d';

  try {
    await producer.connect();
    await Promise.all([feedAll(), wordCount(kafka, { ...source, idleAfter, signal: over.signal }).forEach(tally.result)]);
    if (signal.aborted) return;
    // A drain leaves windows open for the next run of the group. This is the next: it reads their lines again, and the end of the topic closes them.
    await wordCount(kafka, { ...source, until: 'latest', signal }).forEach(tally.result);
  } finally {
    end();
    signal.removeEventListener('abort', end);
    await producer.disconnect();
  }
}
