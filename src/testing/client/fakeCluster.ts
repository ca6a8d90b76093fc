import type { FakeBroker } from '../broker/fakeBroker';
import type { PartitionMetadata } from '../broker/fakeProtocol';
import type { FakeConnection } from '../network/fakeConnection';
import { brokerNotFound, FakeKafkaError, typeOf } from '../network/fakeErrors';
import type { FakeRequest } from '../network/fakeFaults';
import type { Isolation } from '../broker/fakeLog';
import { Bail, retrying } from './fakeRetry';

/** kafkajs' default of `metadataMaxAge`, ms. */
const defaultMetadataMaxAge = 300_000;

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/**
 * What one client of kafkajs knows of the cluster: which brokers there are and who leads what, as the metadata said when it was last asked for. It is asked for
 * again when it is five minutes old, or as old as the client's `metadataMaxAge`, and when an error says that it is wrong.
 */
export class FakeCluster {
  readonly #targets = new Set<string>();
  #topics = new Map<string, readonly PartitionMetadata[]>();
  #nodeIds: readonly number[] = [];
  #loads = 0;
  /** Undefined when there is none. */
  #expiresAt: number | undefined;
  #refresh: Promise<void> | undefined;
  #seed = 0;

  constructor(
    private readonly broker: FakeBroker,
    private readonly connection: FakeConnection,
    private readonly createTopics: boolean,
    private readonly metadataMaxAge = defaultMetadataMaxAge,
  ) {}

  /** Those that this client knows. */
  get nodeIds(): readonly number[] {
    return this.#nodeIds;
  }

  /** How often the metadata has come: what was found out about it holds until then. */
  get loads(): number {
    return this.#loads;
  }

  get isConnected(): boolean {
    return [this.#seedId, ...this.#nodeIds].some((nodeId) => this.connection.isConnected(nodeId));
  }

  /** Nothing for a topic that is not known. */
  partitionsOf(topic: string): readonly PartitionMetadata[] {
    return this.#topics.get(topic) ?? [];
  }

  /** Undefined for a partition that is not known. */
  leaderOf({ topic, partition }: Place): number | undefined {
    const partitions = this.partitionsOf(topic);
    const first = partitions[partition];
    return (first?.partitionId === partition ? first : partitions.find(({ partitionId }) => partitionId === partition))?.leader;
  }

  /** Tries one broker after the other. */
  async connect(): Promise<void> {
    if (this.isConnected) return;
    await retrying(this.connection, undefined, async () => {
      try {
        await this.connection.request('apiVersions', this.#seedId, () => undefined);
      } catch (error) {
        if (nameOf(error) === 'KafkaJSConnectionError') this.#seed++;
        throw error instanceof FakeKafkaError && error.retriable ? error : new Bail(error);
      }
    });
  }

  /** Waits for the requests under way, and forgets the brokers. */
  async disconnect(): Promise<void> {
    await this.connection.close();
    this.#nodeIds = [];
    this.#expiresAt = undefined;
  }

  /** After its connection was closed. */
  removeBroker(nodeId: number): void {
    this.#nodeIds = this.#nodeIds.filter((known) => known !== nodeId);
    this.#expiresAt = undefined;
    if (nodeId === this.#seedId) this.#seed++;
  }

  /** Topics whose metadata is kept from now on. */
  async addTargets(topics: readonly string[]): Promise<void> {
    const before = [...this.#targets];
    for (const topic of topics) this.#targets.add(topic);
    if (this.#targets.size === before.length && this.#nodeIds.length > 0) return;
    try {
      await this.refresh();
    } catch (error) {
      if (['INVALID_TOPIC_EXCEPTION', 'UNKNOWN_TOPIC_OR_PARTITION', 'TOPIC_AUTHORIZATION_FAILED'].includes(typeOf(error) ?? '')) {
        for (const topic of topics) if (!before.includes(topic)) this.#targets.delete(topic);
      }
      throw error;
    }
  }

  /** Whether the metadata should be asked for again. */
  get isOld(): boolean {
    if (this.#expiresAt === undefined || this.connection.now() > this.#expiresAt) return true;
    for (const topic of this.#targets) if (!this.#topics.has(topic)) return true;
    return false;
  }

  async refreshIfOld(): Promise<void> {
    if (this.isOld) await this.refresh();
  }

  /** At most one at a time. */
  refresh(): Promise<void> {
    this.#refresh ??= this.#load().finally(() => (this.#refresh = undefined));
    return this.#refresh;
  }

  isConnectedTo(nodeId: number): boolean {
    return this.#nodeIds.includes(nodeId) && this.connection.isConnected(nodeId);
  }

  /** Connects to a broker that it knows; where that fails the metadata may be wrong, and is asked for. */
  async find(nodeId: number): Promise<number> {
    try {
      if (!this.#nodeIds.includes(nodeId)) throw brokerNotFound(nodeId);
      await this.connection.connect(nodeId);
      return nodeId;
    } catch (error) {
      if (['KafkaJSBrokerNotFound', 'KafkaJSConnectionError'].includes(nameOf(error))) await this.refresh();
      throw error;
    }
  }

  /** Asks the broker that coordinates a group, or transactions. */
  async findCoordinator(): Promise<number> {
    return retrying(this.connection, undefined, async () => {
      try {
        return await this.find(await this.#askForCoordinator());
      } catch (error) {
        if (nameOf(error) === 'KafkaJSBrokerNotFound' || typeOf(error) === 'GROUP_COORDINATOR_NOT_AVAILABLE') {
          await this.refresh();
          throw error;
        }
        throw error instanceof FakeKafkaError && error.code === 'ECONNREFUSED' ? error : new Bail(error);
      }
    });
  }

  /** Asks a broker as the coordinator that it was: it may not be that any more. */
  coordinated<T>(kind: FakeRequest, nodeId: number, work: () => T | Promise<T>, patience?: number): Promise<T> {
    const asCoordinator = () => {
      this.broker.mustCoordinate(nodeId);
      return work();
    };
    return this.connection.request(kind, nodeId, asCoordinator, patience);
  }

  /** Asks the leader of each; partitions that are not known are left out. */
  async listOffsets<P extends Place>(
    places: readonly P[],
    at: (place: P) => 'earliest' | 'latest' | number,
    isolation: Isolation,
  ): Promise<(Place & { readonly offset: number })[]> {
    const byLeader = new Map<number, P[]>();
    for (const place of places) {
      const leader = this.leaderOf(place);
      if (leader !== undefined) byLeader.set(leader, [...(byLeader.get(leader) ?? []), place]);
    }
    const found = [...byLeader].map(async ([leader, led]) => {
      await this.find(leader);
      return this.connection.request('listOffsets', leader, () =>
        led.flatMap((place) => {
          const { topic, partition } = place;
          this.broker.mustLead(leader, topic, partition);
          return this.broker.listOffsets(topic, [partition], at(place), isolation).map(({ offset }) => ({ topic, partition, offset }));
        }),
      );
    });
    return (await Promise.all(found)).flat();
  }

  /** Of all topics if none is named. */
  async metadata(topics?: readonly string[]): Promise<{ topic: string; partitions: PartitionMetadata[] }[]> {
    await this.refreshIfOld();
    const nodeId = await this.connectedNode();
    return this.connection.request('metadata', nodeId, () => this.broker.metadata(topics ?? this.broker.topics.names, false));
  }

  /** Any broker to which there is a connection, or else one that can be connected to. */
  async connectedNode(): Promise<number> {
    const connected = this.#nodeIds.find((nodeId) => this.connection.isConnected(nodeId));
    if (connected !== undefined) return connected;
    for (const nodeId of this.#nodeIds) {
      try {
        await this.connection.connect(nodeId);
        return nodeId;
      } catch {
        // The next one may be up.
      }
    }
    await this.connect();
    return this.#seedId;
  }

  get #seedId(): number {
    return this.#seed % this.broker.nodes.count;
  }

  async #load(): Promise<void> {
    const nodeId = await this.connectedNode();
    await retrying(this.connection, undefined, async () => {
      try {
        const targets = [...this.#targets];
        const { nodeIds, topics } = await this.connection.request('metadata', nodeId, () => ({
          nodeIds: this.broker.nodes.ids,
          topics: this.broker.metadata(targets, this.createTopics),
        }));
        this.#topics = new Map(topics.map(({ topic, partitions }) => [topic, partitions]));
        this.#nodeIds = nodeIds;
        this.#loads++;
        this.#expiresAt = this.connection.now() + this.metadataMaxAge;
      } catch (error) {
        throw typeOf(error) === 'LEADER_NOT_AVAILABLE' ? error : new Bail(error);
      }
    });
  }

  /** A broker that does not answer is passed over without a word, as with kafkajs. */
  async #askForCoordinator(): Promise<number> {
    if (this.#nodeIds.length === 0) throw new FakeKafkaError('KafkaJSBrokerNotFound', 'No brokers in the broker pool', true);
    for (const nodeId of this.#nodeIds) {
      await this.find(nodeId);
      try {
        return await retrying(this.connection, undefined, async () => {
          try {
            return await this.connection.request('findCoordinator', nodeId, () => this.broker.findCoordinator());
          } catch (error) {
            throw typeOf(error) === 'GROUP_COORDINATOR_NOT_AVAILABLE' ? error : new Bail(error);
          }
        });
      } catch {
        // The next one may know.
      }
    }
    throw new FakeKafkaError('KafkaJSGroupCoordinatorNotFound', 'Failed to find group coordinator', false);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
