import { protocolError } from '../network/fakeErrors';
import type { Outcome } from './fakeTransactionIndex';
import type { Participant, ProducerLife } from './fakeTransactions';

/** An offset to commit; `offset` is the next one to read. */
export interface FakeCommit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly metadata: string;
}

/** Kafka's default of `offset.metadata.max.bytes`, which it compares with the number of UTF-16 units. */
const longestMetadata = 4_096;

interface Stored extends FakeCommit {
  /** Counts what was asked for, in its order. */
  readonly turn: number;
}

/** What a group has committed, and what it will have when transactions are. */
export class FakeCommits implements Participant {
  readonly #commits = new Map<string, Map<number, Stored>>();
  /** By producer. */
  readonly #pending = new Map<number, Stored[]>();
  #turns = 0;

  /** Stores what can be stored, then refuses what cannot: a commit is not atomic over its partitions. */
  store(commits: readonly FakeCommit[]): void {
    this.#storeWhatFits(commits, (commit) => this.#set(commit));
  }

  /** The same, when this producer's transaction is committed. */
  storeLater({ producerId }: ProducerLife, commits: readonly FakeCommit[]): void {
    let pending = this.#pending.get(producerId);
    if (!pending) this.#pending.set(producerId, (pending = []));
    this.#storeWhatFits(commits, (commit) => pending.push(commit));
  }

  endTransaction({ producerId }: ProducerLife, outcome: Outcome): void {
    const pending = this.#pending.get(producerId) ?? [];
    this.#pending.delete(producerId);
    if (outcome === 'commit') for (const commit of pending) this.#set(commit);
  }

  get(topic: string, partition: number): FakeCommit | undefined {
    const stored = this.#commits.get(topic)?.get(partition);
    return stored && withoutTurn(stored);
  }

  /** As when the topic is deleted. */
  forget(topic: string): void {
    this.#commits.delete(topic);
  }

  /** By topic and partition. */
  all(): FakeCommit[] {
    const everything = [...this.#commits.values()].flatMap((partitions) => [...partitions.values()].map(withoutTurn));
    return everything.sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
  }

  #storeWhatFits(commits: readonly FakeCommit[], store: (commit: Stored) => void): void {
    const fitting = commits.filter(({ metadata }) => metadata.length <= longestMetadata);
    for (const commit of fitting) store({ ...commit, turn: this.#turns++ });
    if (fitting.length < commits.length) throw protocolError('OFFSET_METADATA_TOO_LARGE');
  }

  /** What was asked for last counts, also if a transaction that asked earlier is committed later. */
  #set(commit: Stored): void {
    let partitions = this.#commits.get(commit.topic);
    if (!partitions) this.#commits.set(commit.topic, (partitions = new Map<number, Stored>()));
    if ((partitions.get(commit.partition)?.turn ?? -1) < commit.turn) partitions.set(commit.partition, commit);
  }
}

function withoutTurn({ topic, partition, offset, metadata }: Stored): FakeCommit {
  return { topic, partition, offset, metadata };
}
