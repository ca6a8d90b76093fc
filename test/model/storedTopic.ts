import type { KafkaMessage } from '../../src/kafka/client';
import type { OffsetCommit } from '../../src/kafka/groupReader';
import { decodeMetadata, metadataLimit } from '../../src/run/metadata';
import type { TimeWindow } from '../../src/records';
import type { Line } from './plan';

/** One word of a record: what the pipeline makes of it has its own share. */
export interface Word {
  readonly id: string;
  readonly key: string;
}

export interface Logged {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  /** The largest timestamp before it in its partition, ms. */
  readonly newestBefore: number;
  /** The same where time is assigned: of the records that come there. */
  readonly newestTimedBefore: number;
  /** Where time is assigned, it comes there. */
  readonly timed: boolean;
  /** Offsets after it that hold no record. */
  readonly gap: number;
  readonly words: readonly Word[];
}

/** What is stored for a partition. */
export interface Commit {
  readonly offset: number;
  readonly metadata: string;
}

/** What survives a crash: a topic, what its group has committed, and what reached the sink. */
export class StoredTopic {
  readonly name = 'lines';
  readonly logs: Logged[][];
  readonly committed: (Commit | null)[];
  /** Below this, by partition, some commit said that records had given their own outputs. */
  readonly ackedThrough: number[] = [];
  readonly results: Result[] = [];
  /** Results that came before the end of their windows. */
  readonly updates: Result[] = [];
  /** Late records that the sink has. */
  readonly late = new Set<string>();
  /** Records that were seen to miss windows, in any life, by the run's own count. */
  readonly countedMissed = new Set<string>();
  /** What each life that saw a record said of it, and the watermark that it went by. */
  readonly verdicts = new Map<string, Map<string, number>>();
  /** Records, each with the window it is in, that the sink has an update of, or that need none any more. */
  readonly told = new Set<string>();
  /** Whether the last that was given of a record, in a window of the last operator, was final. */
  readonly lastWord = new Map<string, boolean>();
  /** All that was ever stored. */
  readonly commits: { readonly partition: number; readonly offset: number; readonly out: number }[] = [];
  lives = 0;
  /** A bounded read has ended, and so moved watermarks on. */
  stepped = false;

  constructor(
    partitions: number,
    public clock: number,
  ) {
    this.logs = Array.from({ length: partitions }, () => []);
    this.committed = Array.from({ length: partitions }, () => null);
  }

  get records(): readonly Logged[] {
    return this.logs.flat();
  }

  end(partition: number): number {
    const last = this.logs[partition]?.at(-1);
    return last ? last.offset + 1 + last.gap : 0;
  }

  append({ partition: anyone, after, lag, gap, words }: Line): void {
    const partition = anyone % this.logs.length;
    const log = this.logs[partition] ?? [];
    this.clock += after;
    const offset = this.end(partition);
    log.push({
      partition,
      offset,
      timestamp: this.clock - lag,
      gap,
      newestBefore: newestOf(log),
      newestTimedBefore: newestOf(log.filter(({ timed }) => timed)),
      timed: words.length > 0 || lag === 0,
      words: words.map((key, index) => ({ id: `${partition}@${offset}${words.length > 1 ? `/${index}` : ''}`, key })),
    });
  }

  grow(): void {
    this.logs.push([]);
    this.committed.push(null);
  }

  /** A fetch from `offset` on: at most `limit` messages, and where the next fetch begins, beyond what holds no record. */
  fetch(partition: number, offset: number, limit: number): { readonly messages: readonly KafkaMessage[]; readonly next: number } {
    const left = (this.logs[partition] ?? []).filter((record) => record.offset >= offset);
    const found = left.slice(0, limit);
    const messages = found.map((record) => ({
      key: null,
      value: null,
      timestamp: String(record.timestamp),
      offset: String(record.offset),
    }));
    return { messages, next: left[limit]?.offset ?? this.end(partition) };
  }

  at(partition: number, offset: number): Logged {
    const record = this.logs[partition]?.find((one) => one.offset === offset);
    if (!record) throw new Error(`there is no record ${partition}@${offset}`);
    return record;
  }

  /** Something has reached the sink. */
  take(result: Result): void {
    if (result.kind === 'late') this.late.add(result.name);
    else (result.kind === 'final' ? this.results : this.updates).push(result);
    for (const what of result.tells ?? []) this.told.add(what);
  }

  store({ partition, offset, metadata }: OffsetCommit): void {
    if (metadata.length > metadataLimit) throw new Error(`the metadata of partition ${partition} has ${metadata.length} characters`);
    const told = decodeMetadata(offset, metadata);
    if (typeof told !== 'object') throw new Error(`the metadata of partition ${partition} cannot be read: ${metadata}`);
    this.committed[partition] = { offset, metadata };
    this.commits.push({ partition, offset, out: told.out });
    this.ackedThrough[partition] = Math.max(this.ackedThrough[partition] ?? 0, told.ackedThrough);
  }
}

function newestOf(log: readonly Logged[]): number {
  return Math.max(-Infinity, ...log.map(({ timestamp }) => timestamp));
}

/** What the sink has: the result of a window, one that came before its end, or a late record. Without windows all words are final. */
export interface Result {
  readonly kind: 'final' | 'update' | 'late';
  /** Its window and its key; of a word its id. */
  readonly name: string;
  /** The ids that were folded into it, in the order they were. */
  readonly ids: string;
  readonly window?: TimeWindow;
  /** Those of them that it is the update of, each with its window. */
  readonly tells?: readonly string[];
}
