import { decodeMemberAssignment } from '../../kafka/assignerProtocol';
import type { KafkaAssigner } from '../../kafka/client';
import { FakeBatch } from './fakeBatch';
import type { FetchRequest, PartitionData, PartitionFetch } from '../broker/fakeProtocol';
import { FakeKafkaError, meansRebalance, nodeAt, nonRetriableError, retriableError, typeOf } from '../network/fakeErrors';
import type { Joined, MemberShare } from '../broker/fakeGroup';
import { FakeOffsets, keyOf, type OffsetsContext, type TopicOffsets } from './fakeOffsets';
import { FakePauses } from './fakePauses';
import { Bail, retrying } from './fakeRetry';

/** What a member is configured with; kafkajs' defaults are filled in. All times in ms. */
export interface MemberConfig extends Omit<FetchRequest, 'partitions'> {
  readonly sessionTimeout: number;
  readonly rebalanceTimeout: number;
  readonly heartbeatInterval: number;
  readonly retries: number | undefined;
}

/** A member of a group as kafkajs' client is one: it joins, knows what it was given, and fetches. */
export class FakeMember {
  readonly pauses = new FakePauses();
  readonly #seeks = new Map<string, number>();
  #offsets: FakeOffsets | undefined;
  #memberId = '';
  #coordinator = 0;
  /** How many partitions each topic had when the group shared them out. */
  readonly #known = new Map<string, readonly number[]>();
  /** The metadata that was found to have no more than those. */
  #checkedLoad: number | undefined;
  #lastHeartbeat: number;
  #heartbeatUnderWay: Promise<void> | undefined;

  constructor(
    private readonly context: OffsetsContext,
    private readonly config: MemberConfig,
    private readonly assigners: readonly KafkaAssigner[],
    private readonly topics: readonly string[],
  ) {
    this.#lastHeartbeat = context.connection.now();
  }

  get memberId(): string {
    return this.#memberId;
  }

  /** Partitions by topic. kafkajs sorts them as text, so 10 comes before 2. */
  get assignment(): Record<string, number[]> {
    return Object.fromEntries([...(this.#offsets?.assignment ?? [])].map(([topic, partitions]) => [topic, [...partitions].sort()]));
  }

  // Group

  /** Joins, and again if the group changes meanwhile; resolves when it knows its partitions. */
  joinAndSync(): Promise<void> {
    const { connection, events, groupId } = this.context;
    const since = connection.now();
    return retrying(connection, this.config.retries, async () => {
      try {
        const { leaderId, protocol } = await this.#join();
        events.emit('group_join', {
          groupId,
          memberId: this.#memberId,
          leaderId,
          isLeader: leaderId === this.#memberId,
          memberAssignment: this.assignment,
          groupProtocol: protocol,
          duration: connection.now() - since,
        });
      } catch (error) {
        if (typeOf(error) === 'UNKNOWN_MEMBER_ID') this.forgetMemberId();
        else if (!meansRebalance(error)) throw new Bail(error);
        throw retriableError(error instanceof Error ? error.message : '', error);
      }
    });
  }

  /** The group does not know it any more: it will join as somebody else. */
  forgetMemberId(): void {
    this.#beCalled('');
  }

  async leave(): Promise<void> {
    const { broker, cluster, groupId } = this.context;
    const memberId = this.#memberId;
    if (memberId === '') return;
    await cluster.coordinated('leaveGroup', this.#coordinator, () => broker.leaveGroup(groupId, memberId));
    this.forgetMemberId();
  }

  /** Whether it is time for a heartbeat, or one is under way. */
  get mustBeat(): boolean {
    if (this.#heartbeatUnderWay) return true;
    if (!this.#offsets || this.#memberId === '') return false;
    return this.context.connection.now() >= this.#lastHeartbeat + this.config.heartbeatInterval;
  }

  /** At most one at a time. Whether it is time for one, `mustBeat` says. */
  heartbeat(): Promise<void> {
    this.#heartbeatUnderWay ??= this.#heartbeat().finally(() => (this.#heartbeatUnderWay = undefined));
    return this.#heartbeatUnderWay;
  }

  async #heartbeat(): Promise<void> {
    const { broker, cluster, connection, events, groupId } = this.context;
    const claim = this.#offsets?.claim;
    if (!claim) return;
    await cluster.coordinated('heartbeat', this.#coordinator, () => broker.heartbeat(groupId, claim));
    events.emit('heartbeat', { groupId, memberId: claim.memberId, groupGenerationId: claim.generation });
    this.#lastHeartbeat = connection.now();
  }

  async #join(): Promise<{ leaderId: string; protocol: string }> {
    const { broker, cluster, connection, events, groupId } = this.context;
    const { sessionTimeout, rebalanceTimeout } = this.config;
    const protocols = this.assigners.map((assigner) => assigner.protocol({ topics: [...this.topics] }));
    this.#coordinator = await cluster.findCoordinator();
    const join = (memberId: string) =>
      cluster.coordinated(
        'joinGroup',
        this.#coordinator,
        () => broker.joinGroup(groupId, { memberId, sessionTimeout, rebalanceTimeout, protocols, connection }),
        rebalanceTimeout + networkDelay,
      );
    const joined = await join(this.#memberId).catch((error: unknown) => {
      if (error instanceof FakeKafkaError && error.name === 'KafkaJSMemberIdRequired') return join(error.memberId ?? '');
      throw error;
    });
    const { generation, leaderId, protocol } = joined;
    this.#beCalled(joined.memberId);
    const claim = { memberId: joined.memberId, generation };
    const shares = leaderId === claim.memberId ? await this.#share(protocol, joined.members) : [];
    this.#noteTopics();
    const encoded = await cluster.coordinated('syncGroup', this.#coordinator, () => broker.syncGroup(groupId, { ...claim, shares }));
    const given = Object.entries(decodeMemberAssignment(encoded)?.assignment ?? {});
    const topicsNotSubscribed = given.map(([topic]) => topic).filter((topic) => !this.topics.includes(topic));
    if (topicsNotSubscribed.length > 0) {
      const assignedTopics = given.map(([topic]) => topic);
      events.emit('received_unsubscribed_topics', {
        groupId,
        generationId: generation,
        memberId: claim.memberId,
        assignedTopics,
        topicsSubscribed: this.topics,
        topicsNotSubscribed,
      });
    }
    const assignment = new Map(given.filter(([topic]) => this.topics.includes(topic)));
    if ([...assignment].some(([topic, partitions]) => partitions.some((partition) => !this.#known.get(topic)?.includes(partition)))) {
      await cluster.refresh();
      this.#noteTopics();
    }
    this.#offsets = new FakeOffsets(this.context, claim, assignment, this.#coordinator);
    return { leaderId, protocol };
  }

  /** Its connection goes by the same name. */
  #beCalled(memberId: string): void {
    const { names } = this.context.connection;
    names.delete(this.#memberId);
    if (memberId !== '') names.add(memberId);
    this.#memberId = memberId;
  }

  #noteTopics(): void {
    for (const topic of this.topics) this.#known.set(topic, this.#partitionIds(topic));
  }

  #partitionIds(topic: string): number[] {
    return this.context.cluster.partitionsOf(topic).map(({ partitionId }) => partitionId);
  }

  async #share(protocol: string, members: Joined['members']): Promise<readonly MemberShare[]> {
    const assigner = this.assigners.find(({ name }) => name === protocol);
    if (!assigner) throw nonRetriableError(`Unsupported partition assigner "${protocol}", the assigner wasn't found in the assigners list`);
    await this.context.cluster.refresh();
    return assigner.assign({ members: [...members], topics: [...this.topics] });
  }

  // Offsets

  seek(topic: string, partition: number, offset: number): void {
    this.#seeks.set(keyOf(topic, partition), offset);
  }

  /** A batch that was fetched before a seek is of no use. */
  hasSeek(topic: string, partition: number): boolean {
    return this.#seeks.size > 0 && this.#seeks.has(keyOf(topic, partition));
  }

  resolve(topic: string, partition: number, offset: number): void {
    this.#offsets?.resolve(topic, partition, offset);
  }

  async commit(topics?: readonly TopicOffsets[]): Promise<void> {
    await this.#offsets?.commit(topics);
  }

  async commitIfNecessary(interval: number | null, threshold: number | null): Promise<void> {
    await this.#offsets?.commitIfNecessary(interval, threshold);
  }

  uncommitted(): TopicOffsets[] {
    return this.#offsets?.uncommitted() ?? [];
  }

  // Fetching

  /** One long poll of what this node leads and is not paused. */
  async fetch(nodeId: number): Promise<FakeBatch[]> {
    const { broker, cluster, connection } = this.context;
    const offsets = this.#offsets;
    if (!offsets) return [];
    try {
      // What need not be waited for is not: polls are what there is most of.
      if (cluster.isOld) await cluster.refresh();
      this.#checkTopics();
      if (this.#seeks.size > 0) await this.#goWhereSought(nodeId, offsets);
      if (!offsets.isLoaded) await offsets.load();
      const request = this.#requestTo(nodeId, offsets);
      if (request.partitions.length === 0) {
        await connection.sleep(request.maxWait);
        return [];
      }
      if (!cluster.isConnectedTo(nodeId)) await cluster.find(nodeId);
      return this.#wanted(await connection.request('fetch', nodeId, () => broker.fetch(request, nodeId), request.maxWait + fetchDelay));
    } catch (error) {
      await this.#recover(error, offsets);
      return [];
    }
  }

  #requestTo(nodeId: number, offsets: FakeOffsets): FetchRequest {
    const { maxWait, minBytes, maxBytes, maxBytesPerPartition, isolation } = this.config;
    const partitions: PartitionFetch[] = [];
    for (const place of offsets.places) {
      const { topic, partition } = place;
      if (this.context.cluster.leaderOf(place) !== nodeId || place.committed === undefined || this.pauses.has(topic, partition)) continue;
      partitions.push({ topic, partition, offset: place.next() });
    }
    return { partitions, maxWait, minBytes, maxBytes, maxBytesPerPartition, isolation };
  }

  /** What came, without what was paused or sought meanwhile. */
  #wanted(found: readonly PartitionData[]): FakeBatch[] {
    const full: FakeBatch[] = [];
    let empty: PartitionData | undefined;
    for (const data of found) {
      if (this.hasSeek(data.topic, data.partition) || this.pauses.has(data.topic, data.partition)) continue;
      if (data.batches.length > 0) full.push(new FakeBatch(data));
      else empty ??= data;
    }
    // An empty one says that nothing came, and one of them says it for all.
    return full.length === 0 && empty ? [new FakeBatch(empty)] : full;
  }

  /** A topic that has more partitions now is shared out again. */
  #checkTopics(): void {
    const { loads } = this.context.cluster;
    if (loads === this.#checkedLoad) return;
    for (const topic of this.topics) {
      const unknownPartitions = this.#partitionIds(topic).filter((partition) => !this.#known.get(topic)?.includes(partition));
      if (unknownPartitions.length === 0) continue;
      throw new FakeKafkaError('KafkaJSStaleTopicMetadataAssignment', 'Topic has been updated', true, { topic, unknownPartitions });
    }
    this.#checkedLoad = loads;
  }

  async #goWhereSought(nodeId: number, offsets: FakeOffsets): Promise<void> {
    const led = offsets.places.filter((place) => this.context.cluster.leaderOf(place) === nodeId);
    for (const { topic, partition } of led) {
      const key = keyOf(topic, partition);
      const offset = this.#seeks.get(key);
      if (offset === undefined) continue;
      this.#seeks.delete(key);
      await offsets.seek(topic, partition, offset);
    }
  }

  async #recover(error: unknown, offsets: FakeOffsets): Promise<void> {
    const { cluster } = this.context;
    if (!(error instanceof FakeKafkaError)) throw error;
    const { name, type, topic = '', partition = -1, port = 0 } = error;
    if (type !== undefined && staleMetadata.includes(type)) {
      await cluster.refresh();
      await this.joinAndSync();
    } else if (name === 'KafkaJSStaleTopicMetadataAssignment') await this.joinAndSync();
    else if (name === 'KafkaJSOffsetOutOfRange') await offsets.reset(topic, partition);
    else if (name === 'KafkaJSConnectionClosedError') cluster.removeBroker(nodeAt(port));
    else if (name === 'KafkaJSBrokerNotFound') await cluster.refresh();
    else throw error;
  }
}

/** What a broker answers to a client that goes by old metadata; kafkajs then joins its group again. */
const staleMetadata = [
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'UNKNOWN_TOPIC_OR_PARTITION',
];

/** How much longer than a broker makes them wait joins and fetches are waited for, ms. */
const networkDelay = 5_000;
const fetchDelay = 100;
