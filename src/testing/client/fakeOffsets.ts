import type { FakeBroker } from '../broker/fakeBroker';
import type { FakeCommit } from '../broker/fakeCommits';
import type { FakeCluster } from './fakeCluster';
import type { FakeConnection } from '../network/fakeConnection';
import { typeOf } from '../network/fakeErrors';
import type { FakeEvents } from './fakeEvents';
import type { MemberClaim } from '../broker/fakeGroup';
import type { Isolation } from '../broker/fakeLog';

/** Offsets by topic, as kafkajs takes and tells them. */
export interface TopicOffsets {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly offset: string; readonly metadata?: string | null }[];
}

/** What the offsets of one generation of a member depend on. */
export interface OffsetsContext {
  readonly broker: FakeBroker;
  readonly cluster: FakeCluster;
  readonly connection: FakeConnection;
  readonly events: FakeEvents;
  readonly groupId: string;
  readonly autoCommit: boolean;
  /** Where the end is that reading begins at. */
  readonly isolation: Isolation;
  /** Whether the topic is read from its beginning where nothing is committed. */
  readonly fromBeginning: (topic: string) => boolean;
}

/** Where a member stands in one partition. */
class Position {
  /** What the broker was last heard to have, or where reading begins without a commit; undefined until that is known. */
  committed: number | undefined = undefined;
  /** The next offset to read. */
  resolved: number | undefined = undefined;

  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {}

  /** The offset to fetch. */
  next(): number {
    this.resolved ??= this.committed ?? 0;
    return Math.max(0, this.resolved);
  }
}

/** Where a member stands in its partitions, in one generation. The next generation begins from what is committed. */
export class FakeOffsets {
  readonly #positions = new Map<string, Map<number, Position>>();
  /** When something was committed, or there was nothing to commit. */
  #lastCommit: number;
  /** Whether it is known of each partition where to begin. */
  isLoaded = false;
  /** The partitions that were assigned. */
  readonly places: readonly Position[];

  constructor(
    private readonly context: OffsetsContext,
    readonly claim: MemberClaim,
    readonly assignment: ReadonlyMap<string, readonly number[]>,
    /** The broker that was the coordinator when this generation was joined. */
    private readonly coordinator = 0,
  ) {
    this.#lastCommit = context.connection.now();
    this.places = [...assignment].flatMap(([topic, partitions]) => partitions.map((partition) => this.#at(topic, partition)));
  }

  /** Everything up to this offset has been handled. */
  resolve(topic: string, partition: number, offset: number): void {
    this.#at(topic, partition).resolved = offset + 1;
  }

  /** Goes there; with `autoCommit` by a commit, as kafkajs does. */
  async seek(topic: string, partition: number, offset: number): Promise<void> {
    if (!this.context.autoCommit) {
      this.resolve(topic, partition, offset - 1);
      return;
    }
    await this.#send([{ topic, partition, offset, metadata: '' }]);
    this.#forget(topic, partition);
  }

  /** The offset was not there. kafkajs commits "the beginning" (-2) or "the end" (-1), and asks where that is. */
  async reset(topic: string, partition: number): Promise<void> {
    await this.#send([{ topic, partition, offset: this.context.fromBeginning(topic) ? -2 : -1, metadata: '' }]);
    this.#forget(topic, partition);
  }

  /** Commits what is given, or else what is resolved and not yet committed. One attempt. */
  async commit(topics: readonly TopicOffsets[] = this.uncommitted()): Promise<void> {
    if (topics.length > 0) await this.#commit(topics);
    this.#lastCommit = this.context.connection.now();
  }

  /** Commits if so much time has gone since the last commit, or so many offsets are resolved. */
  async commitIfNecessary(interval: number | null, threshold: number | null): Promise<void> {
    const isTime = interval !== null && this.context.connection.now() >= this.#lastCommit + interval;
    if (isTime || (threshold !== null && this.#countResolved() >= threshold)) await this.commit();
  }

  async #commit(topics: readonly TopicOffsets[]): Promise<void> {
    const { cluster, groupId, events } = this.context;
    const commits = commitsOf(topics);
    try {
      await this.#send(commits);
    } catch (error) {
      if (typeOf(error) === 'NOT_COORDINATOR_FOR_GROUP') await cluster.refresh();
      throw error;
    }
    events.emit('commit_offsets', { groupId, memberId: this.claim.memberId, groupGenerationId: this.claim.generation, topics });
    this.isLoaded = false; // a program may commit -1, the end, which is then to be looked for
    for (const { topic, partition, offset } of commits) this.#at(topic, partition).committed = offset;
  }

  /** Finds out where to begin where that is not known. */
  async load(): Promise<void> {
    if (this.isLoaded) return;
    const { broker, cluster, groupId, fromBeginning, isolation } = this.context;
    const unknown = this.places.filter(({ committed = -1 }) => committed < 0);
    this.isLoaded = unknown.length === 0;
    if (this.isLoaded) return;
    const commits = await cluster.coordinated('offsetFetch', await this.#findCoordinator(), () => broker.offsetFetch(groupId, unknown));
    const uncommitted = commits.filter(({ offset }) => offset < 0);
    // Nothing comes for a partition that does not exist, though an assignor may have given it.
    const beginnings = await cluster.listOffsets(uncommitted, ({ topic }) => (fromBeginning(topic) ? 'earliest' : 'latest'), isolation);
    for (const { topic, partition, offset } of [...commits, ...beginnings]) {
      if (offset >= 0) this.#at(topic, partition).committed = offset;
    }
  }

  /** What is resolved and not committed. Partitions are text, though kafkajs declares them as numbers: they are the keys of its objects. */
  uncommitted(): TopicOffsets[] {
    return [...this.assignment].flatMap(([topic, numbers]) => {
      const partitions = numbers.flatMap((partition) => {
        const { committed, resolved } = this.#at(topic, partition);
        return resolved === undefined || resolved < 0 || resolved === committed
          ? []
          : [{ partition: String(partition) as unknown as number, offset: String(resolved) }];
      });
      return partitions.length === 0 ? [] : [{ topic, partitions }];
    });
  }

  /** How many offsets lie between what is committed and what is resolved. */
  #countResolved(): number {
    let count = 0;
    for (const partitions of this.#positions.values()) {
      for (const { committed = 0, resolved } of partitions.values()) if (resolved !== undefined) count += resolved - Math.max(0, committed);
    }
    return count;
  }

  async #send(commits: readonly FakeCommit[]): Promise<void> {
    const { broker, cluster, groupId } = this.context;
    await cluster.coordinated('offsetCommit', await this.#findCoordinator(), () => broker.offsetCommit(groupId, this.claim, commits));
  }

  /** Where it was; only who joins again looks for another. */
  async #findCoordinator(): Promise<number> {
    const { cluster, connection } = this.context;
    return connection.isConnected(this.coordinator) ? this.coordinator : cluster.find(this.coordinator);
  }

  #forget(topic: string, partition: number): void {
    this.isLoaded = false;
    const position = this.#at(topic, partition);
    position.committed = undefined;
    position.resolved = undefined;
  }

  /** Also of a partition that was not assigned: a program may commit any. */
  #at(topic: string, partition: number): Position {
    let partitions = this.#positions.get(topic);
    if (!partitions) this.#positions.set(topic, (partitions = new Map<number, Position>()));
    let position = partitions.get(partition);
    if (!position) partitions.set(partition, (position = new Position(topic, partition)));
    return position;
  }
}

/** Partitions may be text, which is what `uncommitted` gives. */
function commitsOf(topics: readonly TopicOffsets[]): FakeCommit[] {
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset, metadata }) => ({
      topic,
      partition: Number(partition as unknown),
      offset: Number(offset),
      metadata: metadata ?? '',
    })),
  );
}

/** A partition as the key of a map. */
export function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
