import { admitted } from './fakeAdmission';
import { compressedSize } from './fakeCompression';
import type { FakeClock } from '../network/fakeConnection';
import type { FakeCommit } from './fakeCommits';
import { protocolError } from '../network/fakeErrors';
import { FakeFaults } from '../network/fakeFaults';
import { FakeGroup, type Joined, type JoinRequest, type MemberClaim, type MemberShare } from './fakeGroup';
import { FakeGroups } from './fakeGroups';
import type { BatchAttributes, FakeLog, Isolation, UnplacedMessage } from './fakeLog';
import { FakeNodes } from '../network/fakeNodes';
import type { FakeProcess } from '../network/fakeProcess';
import type {
  FetchRequest,
  PartitionData,
  PartitionFetch,
  PartitionMessages,
  PartitionMetadata,
  Produced,
  SendingProducer,
} from './fakeProtocol';
import { batchSize } from './fakeSizes';
import { FakeTopics } from './fakeTopics';
import { FakeTransactions, type ProducerLife } from './fakeTransactions';

const nothing: readonly never[] = [];
const settled = Promise.resolve();

/** The brokers: what they keep, and one method for each kind of request. Who waits for an answer is not their business; see FakeConnection. */
export class FakeBroker {
  readonly topics: FakeTopics;
  readonly nodes: FakeNodes;
  readonly faults = new FakeFaults();
  readonly transactions: FakeTransactions;
  readonly groups = new FakeGroups(() => this.#newGroup());
  #memberCount = 0;
  /** Of members that have not joined with them yet. */
  readonly #promisedIds = new Set<string>();
  #fetches = 0;

  constructor(
    readonly clock: FakeClock,
    brokers: number,
    partitions: number,
  ) {
    this.topics = new FakeTopics(brokers, partitions);
    this.nodes = new FakeNodes(brokers);
    this.transactions = new FakeTransactions(clock);
  }

  /** The groups there are, and those that are asked for. */
  group(groupId: string): FakeGroup {
    return this.groups.get(groupId);
  }

  /** Whose a member is. */
  processOf(memberId: string): FakeProcess | undefined {
    return this.groups.processOf(memberId);
  }

  /** A broker that is up, for those to whom it does not matter which. */
  get anyNode(): number {
    return this.nodes.ids[0] ?? 0;
  }

  /** The broker that coordinates groups and transactions; if none is up, the one that did. */
  get coordinator(): number {
    return this.nodes.coordinator ?? 0;
  }

  /** Refuses if this broker does not lead the partition. */
  mustLead(nodeId: number, topic: string, partition: number): void {
    const log = this.topics.find(topic, partition);
    if (log && this.nodes.leaderOf(log) !== nodeId) throw protocolError('NOT_LEADER_FOR_PARTITION');
  }

  /** Refuses if this broker does not coordinate groups. */
  mustCoordinate(nodeId: number): void {
    if (this.nodes.coordinator !== nodeId) throw protocolError('NOT_COORDINATOR_FOR_GROUP');
  }

  /** The new coordinator reads the members of the groups, and gives each a session from now on. */
  stop(nodeId: number): void {
    const before = this.nodes.coordinator;
    this.nodes.stop(nodeId);
    if (this.nodes.coordinator !== before) this.#renewSessions();
  }

  start(nodeId: number): void {
    const before = this.nodes.coordinator;
    this.nodes.start(nodeId);
    if (this.nodes.coordinator !== before) this.#renewSessions();
  }

  // Requests

  metadata(topics: readonly string[], create: boolean): { topic: string; partitions: PartitionMetadata[] }[] {
    return topics.map((topic) => ({
      topic,
      partitions: this.topics.partitions(topic, create).map((log) => this.#metadataOf(log)),
    }));
  }

  /** A request is not atomic: what can be stored is, also if the rest is refused. */
  produce(parts: readonly PartitionMessages[], producer?: SendingProducer, isCompressed = false): Produced[] {
    const errors: unknown[] = [];
    const answers = parts.flatMap((part) => {
      const { topic, partition, messages, sequence } = part;
      try {
        const attributes = isCompressed ? { bytes: compressedSize(messages) } : {};
        return [this.append(this.topics.get(topic, partition), messages, attributes, producer && { ...producer, sequence })];
      } catch (error) {
        errors.push(error);
        return [];
      }
    });
    if (errors.length > 0) throw errors[0];
    return answers;
  }

  /** Appends a batch as the settings of the topic have it, or refuses it. */
  append(
    log: FakeLog,
    batch: readonly UnplacedMessage[],
    attributes: BatchAttributes = {},
    producer?: SendingProducer & Pick<PartitionMessages, 'sequence'>,
  ): Produced {
    const now = this.clock.scheduler.now();
    const bytes = attributes.bytes ?? batchSize(batch);
    const messages = admitted(batch, log.settings, now, bytes);
    const stored = messages === batch ? { ...attributes, bytes } : attributes;
    const transactionalId = producer?.transactionalId;
    if (producer && transactionalId !== undefined) this.transactions.verify(transactionalId, producer, log);
    const baseOffset = producer ? log.produce(messages, producer, transactionalId !== undefined, stored) : log.append(messages, stored);
    const { topic, partition, settings, start } = log;
    return { topic, partition, baseOffset, logAppendTime: settings.hasAppendTime ? now : -1, logStartOffset: start };
  }

  deleteRecords(topic: string, partition: number, before: number): void {
    const log = this.topics.get(topic, partition);
    const offset = before === -1 ? log.end : before;
    if (offset < 0 || offset > log.end) throw protocolError('OFFSET_OUT_OF_RANGE');
    log.deleteBefore(offset);
  }

  /** With what groups have committed in it. */
  deleteTopic(topic: string): void {
    this.topics.delete(topic);
    this.groups.forget(topic);
  }

  findCoordinator(): number {
    const { coordinator } = this.nodes;
    if (coordinator === undefined) throw protocolError('GROUP_COORDINATOR_NOT_AVAILABLE');
    return coordinator;
  }

  fetch(request: FetchRequest, nodeId = 0): Promise<PartitionData[]> {
    const { scheduler } = this.clock;
    const until = scheduler.now() + request.maxWait;
    const turn = this.#fetches++;
    return new Promise((resolve, reject: (error: Error) => void) => {
      const look = (): void => {
        const left = until - scheduler.now();
        try {
          const found = this.#find(request, nodeId, left, turn);
          if (found) resolve(found);
          else this.#onChange(request.partitions, left, look);
        } catch (error) {
          reject(error as Error);
        }
      };
      look();
    });
  }

  listOffsets(
    topic: string,
    partitions: readonly number[],
    at: 'earliest' | 'latest' | number,
    isolation: Isolation,
  ): { partition: number; offset: number }[] {
    return partitions.map((partition) => {
      const log = this.topics.get(topic, partition);
      if (at === 'earliest') return { partition, offset: log.start };
      const end = log.endFor(isolation);
      if (at === 'latest') return { partition, offset: end };
      const found = log.offsetAt(at) ?? end;
      return { partition, offset: found < end ? found : -1 };
    });
  }

  /** Who joins for the first time is told its id, and is no member until it has joined again with that. */
  joinGroup(groupId: string, request: JoinRequest): Promise<Joined> {
    const { memberId } = request;
    if (memberId === '') {
      const newId = this.#newMemberId();
      this.#promisedIds.add(newId);
      throw protocolError('MEMBER_ID_REQUIRED', 'KafkaJSMemberIdRequired', { memberId: newId });
    }
    return this.group(groupId).join(this.#promisedIds.delete(memberId) ? { ...request, memberId: '', newId: memberId } : request);
  }

  syncGroup(groupId: string, request: MemberClaim & { readonly shares: readonly MemberShare[] }): Promise<Uint8Array> {
    return this.group(groupId).sync(request);
  }

  heartbeat(groupId: string, claim: MemberClaim): void {
    this.group(groupId).heartbeat(claim);
  }

  leaveGroup(groupId: string, memberId: string): void {
    this.group(groupId).leave(memberId);
  }

  offsetCommit(groupId: string, claim: MemberClaim, commits: readonly FakeCommit[]): void {
    const known = commits.filter(({ topic, partition }) => this.topics.find(topic, partition));
    this.group(groupId).commit(claim, known);
    if (known.length < commits.length) throw protocolError('UNKNOWN_TOPIC_OR_PARTITION');
  }

  addPartitionsToTransaction(
    transactionalId: string,
    producer: ProducerLife,
    places: readonly { readonly topic: string; readonly partition: number }[],
  ): void {
    this.transactions.add(
      transactionalId,
      producer,
      places.map(({ topic, partition }) => this.topics.get(topic, partition)),
    );
  }

  addOffsetsToTransaction(transactionalId: string, producer: ProducerLife, groupId: string): void {
    this.transactions.add(transactionalId, producer, [this.group(groupId).commits]);
  }

  /** The offsets are seen when the transaction is committed. Whether the group has members, and which, is not asked. */
  transactionalOffsetCommit(transactionalId: string, producer: ProducerLife, groupId: string, offsets: readonly FakeCommit[]): void {
    const { commits } = this.group(groupId);
    this.transactions.verify(transactionalId, producer, commits);
    const known = offsets.filter(({ topic, partition }) => this.topics.find(topic, partition));
    commits.storeLater(producer, known);
    if (known.length < offsets.length) throw protocolError('UNKNOWN_TOPIC_OR_PARTITION');
  }

  offsetFetch(groupId: string, places: readonly { readonly topic: string; readonly partition: number }[]): FakeCommit[] {
    const { commits } = this.group(groupId);
    return places.map(({ topic, partition }) => commits.get(topic, partition) ?? { topic, partition, offset: -1, metadata: '' });
  }

  /** The answer to a poll that may wait so much longer, ms; undefined if it should. */
  #find(request: FetchRequest, nodeId: number, left: number, turn: number): PartitionData[] | undefined {
    for (const { topic, partition } of request.partitions) this.mustLead(nodeId, topic, partition);
    if (left > 0 && !this.#mayHaveMore(request.partitions)) return undefined;
    const found = this.#read(request, turn);
    let bytes = 0;
    for (const part of found) bytes += part.bytes;
    return bytes >= request.minBytes || left <= 0 ? found : undefined;
  }

  /** Whether it is worth reading: something was appended to one of them, or its offset is out of range. */
  #mayHaveMore(places: readonly PartitionFetch[]): boolean {
    for (const { topic, partition, offset } of places) if (this.topics.get(topic, partition).end !== offset) return true;
    return false;
  }

  /** Partitions are read in another order each time, so that those that fill the answer do not starve the others. */
  #read({ partitions, maxBytes, maxBytesPerPartition, isolation }: FetchRequest, turn: number): PartitionData[] {
    let room = maxBytes;
    return partitions.map((place, i) => {
      const { topic, partition, offset } = partitions[(turn + i) % partitions.length] ?? place;
      const log = this.topics.get(topic, partition);
      const { start, end: highWatermark } = log;
      if (offset < start || offset > highWatermark) {
        throw protocolError('OFFSET_OUT_OF_RANGE', 'KafkaJSOffsetOutOfRange', { topic, partition });
      }
      if (offset === highWatermark) return { topic, partition, offset, highWatermark, aborted: undefined, batches: nothing, bytes: 0 };
      const end = log.endFor(isolation);
      const { batches, bytes } = log.read(offset, end, Math.min(room, maxBytesPerPartition), room === maxBytes);
      room -= bytes;
      const next = (batches.at(-1)?.last ?? offset - 1) + 1;
      const aborted = isolation === 'read_committed' ? log.aborted(offset, next) : undefined;
      return { topic, partition, offset, highWatermark, aborted, batches, bytes };
    });
  }

  #newGroup(): FakeGroup {
    const isCoordinated = () => this.nodes.coordinator !== undefined;
    return new FakeGroup(this.clock, () => this.#newMemberId(), isCoordinated);
  }

  #newMemberId(): string {
    return `member-${++this.#memberCount}`;
  }

  #renewSessions(): void {
    for (const group of this.groups.all) group.renewSessions();
  }

  #metadataOf(log: FakeLog): PartitionMetadata {
    const leader = this.nodes.leaderOf(log);
    if (leader === undefined) throw protocolError('LEADER_NOT_AVAILABLE');
    const replicas = [...this.nodes.replicasOf(log)];
    const isr = replicas.filter((nodeId) => this.nodes.isUp(nodeId));
    const offlineReplicas = replicas.filter((nodeId) => !isr.includes(nodeId));
    return { partitionErrorCode: 0, partitionId: log.partition, leader, replicas, isr, offlineReplicas };
  }

  /** Calls back when something was appended to one of these, or one may have another leader, or the time is up: not at once, since more may be appended. */
  #onChange(places: readonly PartitionFetch[], wait: number, callback: () => void): void {
    const logs = places.map(({ topic, partition }) => this.topics.get(topic, partition));
    const over = () => {
      timer.unsubscribe();
      for (const log of logs) log.forget(over);
      forgetMove();
      void settled.then(callback);
    };
    const timer = this.clock.scheduler.schedule(over, wait);
    for (const log of logs) log.onChange(over);
    const forgetMove = this.nodes.onMove(over);
  }
}
