import type { KafkaAssigner, KafkaConsumer } from '../../kafka/client';
import type { FakeBroker } from '../broker/fakeBroker';
import { checkOffset, checkPartitions, checkPlace } from './fakeChecks';
import { FakeCluster } from './fakeCluster';
import { FakeConnection } from '../network/fakeConnection';
import type { FakeConsumerConfig, FakeKafkaConsumer, FakeLogger, FakeRunConfig } from './fakeClients';
import { FakeKafkaError, nodeAt, nonRetriableError } from '../network/fakeErrors';
import { consumerEvents, FakeEvents } from './fakeEvents';
import type { RunConfig } from './fakeHandler';
import { silentLogger } from './fakeLogger';
import { FakeMember, type MemberConfig } from './fakeMember';
import type { TopicPartitions } from './fakePauses';
import type { FakeEvent } from './fakePayloads';
import { FakeProcess } from '../network/fakeProcess';
import { firstPause } from './fakeRetry';
import { roundRobin } from './fakeRoundRobin';
import { FakeRunner } from './fakeRunner';

/** kafkajs' consumer on a broker in memory. */
export class FakeConsumer implements FakeKafkaConsumer {
  readonly events = consumerEvents;
  readonly #connection: FakeConnection;
  readonly #cluster: FakeCluster;
  readonly #events: FakeEvents;
  readonly #assigners: readonly KafkaAssigner[];
  readonly #member: MemberConfig;
  /** Whether each is read from its beginning. */
  readonly #topics = new Map<string, boolean>();
  #running: { readonly member: FakeMember; readonly runner: FakeRunner } | undefined;
  #stopping: Promise<void> | undefined;
  #restart: { unsubscribe(): void } | undefined;

  constructor(
    private readonly broker: FakeBroker,
    private readonly config: FakeConsumerConfig,
    process = new FakeProcess(),
  ) {
    const { groupId, partitionAssigners = [roundRobin], retry, readUncommitted } = config;
    if (!groupId) throw nonRetriableError('Consumer groupId must be a non-empty string.');
    this.#connection = new FakeConnection(broker.clock, process, broker);
    this.#cluster = new FakeCluster(broker, this.#connection, config.allowAutoTopicCreation ?? true, config.metadataMaxAge);
    this.#events = new FakeEvents(this.#connection);
    this.#member = {
      sessionTimeout: config.sessionTimeout ?? 30_000,
      rebalanceTimeout: config.rebalanceTimeout ?? 60_000,
      heartbeatInterval: config.heartbeatInterval ?? 3_000,
      maxBytesPerPartition: config.maxBytesPerPartition ?? 1_048_576,
      minBytes: config.minBytes ?? 1,
      maxBytes: config.maxBytes ?? 10_485_760,
      maxWait: config.maxWaitTimeInMs ?? 5_000,
      isolation: readUncommitted ? 'read_uncommitted' : 'read_committed',
      retries: retry?.retries,
    };
    const { heartbeatInterval, sessionTimeout } = this.#member;
    if (heartbeatInterval >= sessionTimeout) {
      throw nonRetriableError(
        `Consumer heartbeatInterval (${heartbeatInterval}) must be lower than sessionTimeout (${sessionTimeout}). It is recommended to set heartbeatInterval to approximately a third of the sessionTimeout.`,
      );
    }
    const cluster = { findTopicPartitionMetadata: (topic: string) => [...this.#cluster.partitionsOf(topic)] };
    this.#assigners = partitionAssigners.map((create) => create({ cluster, groupId }));
  }

  async connect(): Promise<void> {
    await this.#cluster.connect();
    this.#events.emit('connect');
  }

  async subscribe(subscription: Parameters<FakeKafkaConsumer['subscribe']>[0]): Promise<void> {
    const {
      topic: one,
      topics: many,
      fromBeginning = false,
    } = subscription as Partial<Record<'topic' | 'topics', unknown>> & typeof subscription;
    if (this.#running) throw nonRetriableError('Cannot subscribe to topic while consumer is running');
    if (!one && !many) throw nonRetriableError('Missing required argument "topics"');
    if (many && !Array.isArray(many)) throw nonRetriableError('Argument "topics" must be an array');
    const topics = (many ?? [one]) as unknown[];
    for (const topic of topics) {
      if (typeof topic !== 'string' && !(topic instanceof RegExp)) {
        throw nonRetriableError(`Invalid topic ${String(topic)} (${typeof topic}), the topic name has to be a String or a RegExp`);
      }
    }
    const all = topics.some((topic) => topic instanceof RegExp) ? await this.#cluster.metadata() : [];
    const names = (topics as (string | RegExp)[]).flatMap((topic) =>
      typeof topic === 'string' ? [topic] : all.map((found) => found.topic).filter((name) => topic.test(name)),
    );
    for (const name of names) this.#topics.set(name, fromBeginning);
    await this.#cluster.addTargets(names);
  }

  /** Resolves when the group has been joined. */
  async run({
    autoCommit = true,
    autoCommitInterval = null,
    autoCommitThreshold = null,
    eachBatchAutoResolve = true,
    partitionsConsumedConcurrently = 1,
    ...handlers
  }: FakeRunConfig = {}): Promise<void> {
    if (this.#running) return;
    await this.#start({
      autoCommit,
      autoCommitInterval,
      autoCommitThreshold,
      eachBatchAutoResolve,
      partitionsConsumedConcurrently,
      ...handlers,
    });
  }

  stop(): Promise<void> {
    // Whoever stops a dead process is not kept waiting; nobody hears of it.
    if (this.#connection.killed) return Promise.resolve();
    this.#stopping ??= this.#stop().finally(() => (this.#stopping = undefined));
    return this.#stopping;
  }

  async disconnect(): Promise<void> {
    await this.stop();
    await this.#cluster.disconnect();
    this.#events.emit('disconnect');
  }

  async commitOffsets(offsets: Parameters<KafkaConsumer['commitOffsets']>[0]): Promise<void> {
    const topics = new Map<string, { partition: number; offset: string; metadata: string | null }[]>();
    for (const { topic, partition, offset, metadata = null } of offsets) {
      checkPlace(topic, partition);
      checkOffset(offset, 0);
      if (metadata !== null && typeof metadata !== 'string') {
        throw nonRetriableError(`Invalid offset metadata, expected string or null, received ${String(metadata)}`);
      }
      topics.set(topic, [...(topics.get(topic) ?? []), { partition, offset, metadata }]);
    }
    await this.#mustRun().runner.commit([...topics].map(([topic, partitions]) => ({ topic, partitions })));
  }

  /** Takes effect with the next fetch. */
  seek({ topic, partition, offset }: Parameters<KafkaConsumer['seek']>[0]): void {
    checkPlace(topic, partition);
    checkOffset(offset, -2); // -2 and -1 are the beginning and the end
    this.#mustRun().member.seek(topic, partition, Number(offset));
  }

  /** Takes effect with the next fetch; what the one under way brings of these partitions is thrown away. */
  pause(topics: readonly TopicPartitions[]): void {
    topics.forEach(checkPartitions);
    this.#mustRun().member.pauses.pause(topics);
  }

  /** Takes effect with the next fetch: when the one under way has ended. */
  resume(topics: readonly TopicPartitions[]): void {
    topics.forEach(checkPartitions);
    this.#mustRun().member.pauses.resume(topics);
  }

  /** Of the partitions that are assigned. */
  paused(): { topic: string; partitions: number[] }[] {
    if (!this.#running) return [];
    const { assignment, pauses } = this.#running.member;
    return Object.entries(assignment)
      .map(([topic, partitions]) => ({ topic, partitions: partitions.filter((partition) => pauses.has(topic, partition)) }))
      .filter(({ partitions }) => partitions.length > 0);
  }

  async describeGroup(): ReturnType<FakeKafkaConsumer['describeGroup']> {
    const { groupId } = this.config;
    const nodeId = await this.#cluster.findCoordinator();
    return this.#cluster.coordinated('describeGroups', nodeId, () => this.broker.groups.describe(groupId));
  }

  logger(): FakeLogger {
    return silentLogger;
  }

  on(event: string, listener: (event: never) => void): () => void {
    return this.#events.on(event, listener as (event: FakeEvent) => void);
  }

  async #start(run: RunConfig): Promise<void> {
    const { groupId, retry } = this.config;
    const connection = this.#connection;
    const events = this.#events;
    const context = {
      broker: this.broker,
      cluster: this.#cluster,
      connection,
      events,
      groupId,
      autoCommit: run.autoCommit,
      isolation: this.#member.isolation,
      fromBeginning: (topic: string) => this.#topics.get(topic) ?? false,
    };
    const member = new FakeMember(context, this.#member, this.#assigners, [...this.#topics.keys()]);
    const onCrash = (error: unknown) => this.#crash(error, run);
    const runner = new FakeRunner({
      groupId,
      member,
      connection,
      events,
      cluster: this.#cluster,
      retries: retry?.retries,
      run,
      onCrash,
    });
    this.#running = { member, runner };
    await runner.start();
  }

  async #stop(): Promise<void> {
    if (this.#running) {
      await this.#running.runner.stop();
      this.#running = undefined;
      this.#events.emit('stop');
    }
    this.#restart?.unsubscribe();
  }

  /** Leaves, tells, and begins anew where that may help. */
  async #crash(error: unknown, run: RunConfig): Promise<void> {
    if (error instanceof FakeKafkaError && error.name === 'KafkaJSConnectionClosedError')
      this.#cluster.removeBroker(nodeAt(error.port ?? 0));
    await this.disconnect();
    const restart = mayGoWell(error) && (await this.#restartIsWanted(error as Error));
    this.#events.emit('crash', { error, groupId: this.config.groupId, restart });
    if (!restart) return;
    const { retryTime } = error as { retryTime?: number };
    this.#restart = this.broker.clock.scheduler.schedule(() => void this.#start(run), retryTime ?? firstPause);
  }

  async #restartIsWanted(error: Error): Promise<boolean> {
    try {
      return (await this.config.retry?.restartOnFailure?.(error)) ?? true;
    } catch {
      return true;
    }
  }

  #mustRun(): { readonly member: FakeMember; readonly runner: FakeRunner } {
    if (this.#running) return this.#running;
    throw nonRetriableError('Consumer group was not initialized, consumer#run must be called first');
  }
}

/** kafkajs restarts when it has given up retrying, or when the innermost error can be retried. */
function mayGoWell(error: unknown): boolean {
  if (error instanceof Error && error.name === 'KafkaJSNumberOfRetriesExceeded') return true;
  let innermost = error as { cause?: unknown; retriable?: unknown };
  while (innermost.cause) innermost = innermost.cause;
  return innermost.retriable === true;
}
