import type { StreamError } from '../errors';
import { PassedOffsets } from './passedOffsets';
import { nameOf } from './placement';
import type { PartitionEpoch } from './partitionEpoch';
import * as runErrors from './runErrors';
import type { Task } from './task';

/** What limits a replay. */
export interface ReplayLimitOptions {
  /** Records at most between a commit and the position. Infinity: no limit, not even that of retention. Undefined: that of retention alone. */
  readonly maxReplay: number | undefined;
  readonly groupId: string | undefined;
  /** How long a topic keeps its records, ms; undefined if for ever, or if nobody says. */
  retentionOf(topic: string): Promise<number | undefined>;
}

interface Asked {
  readonly at: number;
  /** The last answer, ms. */
  retention: number | undefined;
}

/** Before that nobody asks how long a topic keeps its records, ms: brokers look for what is old every five minutes. */
const askAfter = 60_000;
/** The answer may change, ms. */
const askAgainAfter = 600_000;

/**
 * Finds what a commit is held back by for too long (L11).
 *
 * A record may be held for half of the time that its topic keeps records, counted from when this run had read it, not from its timestamp: old records that are
 * read in a catch-up are no news, and one that was held for as long may be deleted before it is committed, however old it was.
 */
export class ReplayLimit {
  /** Kept when the group is rebalanced: the same records are read again, and have been held since. */
  readonly #passed = new Map<string, PassedOffsets>();
  readonly #asked = new Map<string, Asked>();

  constructor(private readonly options: ReplayLimitOptions) {}

  /** Judges a partition of which `offset` is being committed. */
  judge(task: Task, epoch: PartitionEpoch, offset: number, now: number): StreamError | undefined {
    const { maxReplay, groupId } = this.options;
    if (maxReplay === Infinity) return undefined;
    if (maxReplay !== undefined && epoch.position - offset > maxReplay)
      return runErrors.replayTooLong(epoch, offset, task.pinnedBy(epoch), maxReplay, groupId);
    const since = this.#passedOf(epoch, now).when(offset);
    const held = since === undefined ? 0 : now - since;
    const retention = held >= askAfter ? this.#retentionOf(epoch.topic, now) : undefined;
    if (retention === undefined || held <= retention / 2) return undefined;
    return runErrors.heldTooLong(epoch, offset, task.pinnedBy(epoch), { held, retention }, groupId);
  }

  #passedOf(epoch: PartitionEpoch, now: number): PassedOffsets {
    const name = nameOf(epoch);
    let passed = this.#passed.get(name);
    if (!passed) this.#passed.set(name, (passed = new PassedOffsets()));
    passed.note(epoch.position, now);
    return passed;
  }

  /** The last answer; asks when there is none yet, or it is old. */
  #retentionOf(topic: string, now: number): number | undefined {
    const former = this.#asked.get(topic);
    if (former && now - former.at < askAgainAfter) return former.retention;
    const asked: Asked = { at: now, retention: former?.retention };
    this.#asked.set(topic, asked);
    void this.options.retentionOf(topic).then((retention) => (asked.retention = retention));
    return asked.retention;
  }
}
