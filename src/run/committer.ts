import { type SchedulerLike, type Subscription, timer } from 'rxjs';
import { StreamError } from '../errors';
import type { OffsetCommit } from '../kafka/groupReader';
import type { Lane } from './lane';
import { encodeMetadata } from './metadata';
import type { Step } from './partitionEpoch';

/** What the committer needs of the run. */
export interface CommitHost {
  readonly lanes: readonly Lane[];
  readonly owner: string;
  readonly fingerprint: string;
  foundersOf(topic: string): number;
  /** Sends a commit; resolves to whether the broker stored it. */
  send(offsets: readonly OffsetCommit[]): Promise<boolean>;
  fail(error: unknown): void;
  /** Whether the partition can commit too little, at `offset`, for all that it has read. Told once the commit that found it is answered. */
  judge?(lane: Lane, offset: number): StreamError | undefined;
}

interface Request {
  readonly lane: Lane;
  readonly commit: OffsetCommit;
  readonly gate: Step | null;
}

/** Errors that end with the next GROUP_JOIN: the epoch is over, and what it has not committed will be read again. */
const rebalancing = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS', 'FENCED_INSTANCE_ID']);
/** Errors that trying again does not cure. */
const final = new Set(['OFFSET_METADATA_TOO_LARGE', 'GROUP_AUTHORIZATION_FAILED', 'TOPIC_AUTHORIZATION_FAILED', 'INVALID_GROUP_ID']);

const firstDelay = 50;
const longestDelay = 5_000;

/**
 * Commits what is safe, one request at a time.
 *
 * A commit says for each partition where a new owner begins and what it must know (docs/design/recovery.md). Kafka stores the partitions of one request
 * one by one, so a request that failed may have been stored in part: nothing counts as acknowledged then, and the next request says it all again.
 */
export class Committer {
  #sending: Promise<boolean> | undefined;
  #again = false;
  #retry: Subscription | undefined;
  #delay = firstDelay;
  #stored = new Map<Lane, string>();
  /** Found while commits were put together; to fail there and then would begin the last commit in the middle of this one. */
  #tooLong: StreamError | undefined;

  constructor(
    private readonly host: CommitHost,
    private readonly scheduler: SchedulerLike,
  ) {}

  get busy(): boolean {
    return this.#sending !== undefined || this.#retry !== undefined;
  }

  /** Commits now, or as soon as the commit under way is answered. */
  commit(): void {
    if (this.#sending) this.#again = true;
    else if (!this.#retry) void this.#send();
  }

  /** Commits until everything that is safe now is stored; resolves to whether it is, after `attempts`. */
  async flush(attempts: number): Promise<boolean> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await new Promise<void>((resolve) => timer(this.#delay, this.scheduler).subscribe(() => resolve()));
      while (this.#sending) await this.#sending;
      this.#cancelRetry();
      if (await this.#send()) return true;
    }
    return false;
  }

  /** A new epoch begins: what was stored says nothing about it. */
  reset(): void {
    this.#stored.clear();
    this.#cancelRetry();
    this.#delay = firstDelay;
    this.#again = false;
    this.#tooLong = undefined;
  }

  #send(): Promise<boolean> {
    const sending = this.#request(this.#requests()).finally(() => {
      this.#sending = undefined;
      if (this.#tooLong) this.host.fail(this.#tooLong);
      if (!this.#again) return;
      this.#again = false;
      this.commit();
    });
    return (this.#sending = sending);
  }

  /** What has changed since it was last stored. */
  #requests(): Request[] {
    return this.host.lanes.flatMap((lane): Request[] => {
      const { epoch, task } = lane;
      const progress = epoch.ended ? null : task.progress(epoch);
      if (!progress) return [];
      this.#tooLong ??= this.host.judge?.(lane, progress.offset);
      const { topic, partition, gate } = epoch;
      const { owner, fingerprint } = this.host;
      const metadata = encodeMetadata(progress.offset, { ...progress, owner, fingerprint, founders: this.host.foundersOf(topic) });
      if (!gate && this.#stored.get(lane) === `${progress.offset} ${metadata}`) return [];
      return [{ lane, gate, commit: { topic, partition, offset: progress.offset, metadata } }];
    });
  }

  async #request(requests: readonly Request[]): Promise<boolean> {
    if (requests.length === 0) return true;
    try {
      if (!(await this.host.send(requests.map(({ commit }) => commit)))) return this.#tryLater();
    } catch (error) {
      const type = typeOf(error);
      if (final.has(type)) {
        this.host.fail(
          new StreamError(
            'COMMIT_FAILED',
            `could not commit ${describe(requests)}: ${type}. Is the group allowed to commit, and is offset.metadata.max.bytes of the broker at least 4096?`,
            { cause: error },
          ),
        );
        return false;
      }
      return rebalancing.has(type) ? false : this.#tryLater();
    }
    this.#delay = firstDelay;
    for (const { lane, commit, gate } of requests) {
      if (lane.epoch.ended) continue;
      this.#stored.set(lane, `${commit.offset} ${commit.metadata}`);
      lane.task.acknowledged(lane.epoch, gate);
    }
    return true;
  }

  #tryLater(): false {
    this.#retry = timer(this.#delay, this.scheduler).subscribe(() => {
      this.#retry = undefined;
      this.commit();
    });
    this.#delay = Math.min(this.#delay * 2, longestDelay);
    return false;
  }

  #cancelRetry(): void {
    this.#retry?.unsubscribe();
    this.#retry = undefined;
  }
}

/** Kafka's name of the error, which kafkajs hides in the cause where it gave up trying. */
function typeOf(error: unknown): string {
  const { type, cause } = error as { type?: unknown; cause?: unknown };
  if (typeof type === 'string') return type;
  return typeof cause === 'object' && cause !== null ? typeOf(cause) : '';
}

function describe(requests: readonly Request[]): string {
  return requests.map(({ commit }) => `${commit.topic}[${commit.partition}]@${commit.offset}`).join(', ');
}
