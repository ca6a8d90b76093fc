import { protocolError } from './fakeErrors';

/** An offset to commit; `offset` is the next one to read. */
export interface FakeCommit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly metadata: string;
}

/** Kafka's default of `offset.metadata.max.bytes`, which it compares with the number of UTF-16 units. */
const longestMetadata = 4_096;

/** What a group has committed. */
export class FakeCommits {
  readonly #commits = new Map<string, Map<number, FakeCommit>>();

  /** Stores what can be stored, then refuses what cannot: a commit is not atomic over its partitions. */
  store(commits: readonly FakeCommit[]): void {
    const tooLong = commits.filter(({ metadata }) => metadata.length > longestMetadata);
    for (const commit of commits) {
      if (tooLong.includes(commit)) continue;
      let partitions = this.#commits.get(commit.topic);
      if (!partitions) this.#commits.set(commit.topic, (partitions = new Map<number, FakeCommit>()));
      partitions.set(commit.partition, commit);
    }
    if (tooLong.length > 0) throw protocolError('OFFSET_METADATA_TOO_LARGE');
  }

  get(topic: string, partition: number): FakeCommit | undefined {
    return this.#commits.get(topic)?.get(partition);
  }

  /** By topic and partition. */
  all(): FakeCommit[] {
    const everything = [...this.#commits.values()].flatMap((partitions) => [...partitions.values()]);
    return everything.sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
  }
}
