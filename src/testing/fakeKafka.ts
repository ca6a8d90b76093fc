import { asyncScheduler } from 'rxjs';
import { StreamError } from '../errors';
import { partitionOf } from '../kafka/partitionOf';
import type { Place, RecordHeaders } from '../records';
import { toMillis } from '../time/duration';
import { FakeAdmin } from './client/fakeAdmin';
import { FakeBroker } from './broker/fakeBroker';
import { compactLog, retainLog } from './broker/fakeCleaner';
import type {
  FakeConsumerConfig,
  FakeProducerConfig,
  FakeKafkaConsumer,
  FakeKafkaFullAdmin,
  FakeKafkaProcess,
  FakeKafkaProducer,
  FakeLogger,
} from './client/fakeClients';
import { FakeConsumer } from './client/fakeConsumer';
import type { FakeLog, Isolation } from './broker/fakeLog';
import { silentLogger } from './client/fakeLogger';
import { asBytes, messageOf } from './client/fakeMessages';
import type { Fault } from './network/fakeFaults';
import type { AppendedRecord, FakeKafkaOptions, FakeTopicOptions, StoredRecord } from './fakeKafkaOptions';
import { FakeProcess } from './network/fakeProcess';
import { FakeProducer } from './client/fakeProducer';

/**
 * A Kafka in memory, in the shape of kafkajs' `Kafka`: topics, consumer groups with rebalances, commits, idempotent producers and transactions, on a clock of
 * your choice.
 *
 * It behaves as kafkajs 2.2 with a Kafka of one or several brokers does, as far as a program can see: names and fields of errors, retries, events, what a
 * pause, a seek or a rebalance does to a batch under way. It differs where that makes tests repeatable: pauses between retries are not random, member ids
 * count up, topics are there at once, partitions are told in order, any timestamp is taken, and a group does not wait for more members before its first
 * generation. A transaction has ended, and its marks are written, when its commit or abort is answered, while Kafka goes on for a moment: there,
 * `CONCURRENT_TRANSACTIONS` may refuse the offsets that are sent next. Sends that are made at once are stored in the order of the calls; of kafkajs' the last
 * overtakes the one before it.
 *
 * Batches are what was sent in one request, and what `append` gets is a batch for each record. The log has no segments: retention and compaction are done when
 * you say so, and reach all but what is newest. A topic keeps everything unless it is made with `retention.ms` or `retention.bytes`. How far compression goes is
 * estimated, and any is taken. Of the admin client settings, access and reassignment are missing.
 *
 * One object is the cluster; `client(id)` gives it to one process, and a consumer, producer or admin client made of the cluster itself is a process of its own.
 * `inject` arranges faults of requests, `kill` and `freeze` end and stop processes, `moveLeader`, `stopBroker` and `startBroker` are about the brokers. A broker
 * that stops is missed at once, while Kafka waits some seconds for it, and one broker coordinates all groups and transactions. An admin client is told who
 * leads and coordinates without asking. What a frozen process has beside its clients (a handler that runs, timers of yours) is not frozen.
 *
 * It needs neither Node nor kafkajs; keys and values are `Buffer` where there is one.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { fromTopic, text } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka({ partitions: 2 });
 * kafka.append('lines', [{ value: 'to be' }, { value: 'or not' }, { value: 'to be' }]);
 * fromTopic(kafka, 'lines', { value: text, until: 'latest' }).subscribe(({ partition, value }) => console.log(partition, value));
 * ```
 */
export class FakeKafka implements FakeKafkaProcess {
  readonly #broker: FakeBroker;
  /** For records without a key, by topic. */
  readonly #turns = new Map<string, number>();
  /** By client id. */
  readonly #processes = new Map<string, FakeProcess>();

  /**
   * Makes an empty cluster.
   *
   * @throws StreamError `INVALID_OPTION`
   */
  constructor(options: FakeKafkaOptions = {}) {
    const { scheduler = asyncScheduler, brokers = 1, partitions = 1, latency = 0, requestTimeout = '30s' } = options;
    this.#broker = new FakeBroker(
      { scheduler, latency: toMillis(latency, 'latency'), requestTimeout: toMillis(requestTimeout, 'requestTimeout', 1) },
      count(brokers, 'brokers'),
      count(partitions, 'partitions'),
    );
  }

  /**
   * The same cluster for one process: the consumers, producers and admin clients that are made from it belong together, and are killed or frozen together. The
   * same id gives the same process; after that was killed, a new one, as after a restart.
   *
   * @throws StreamError `INVALID_OPTION` if the id is empty
   * @example
   * ```ts
   * import { FakeKafka } from 'millrace/testing';
   *
   * const kafka = new FakeKafka();
   * const worker = kafka.client('worker-1'); // a KafkaClient, for fromTopic and toTopic
   * await worker.producer().connect();
   * kafka.kill('worker-1'); // ends its producers and its consumers
   * ```
   */
  client(clientId: string): FakeKafkaProcess {
    if (clientId === '')
      throw new StreamError('INVALID_OPTION', 'a client needs an id that is not empty: kill, freeze and faults find it by that');
    let process = this.#processes.get(clientId);
    if (!process || process.killed) this.#processes.set(clientId, (process = new FakeProcess(clientId)));
    return clientOf(this.#broker, process);
  }

  /** A consumer, as `new Kafka(…).consumer(…)` gives; a process of its own. */
  consumer(config: FakeConsumerConfig): FakeKafkaConsumer {
    return new FakeConsumer(this.#broker, config);
  }

  /**
   * A producer, as `new Kafka(…).producer(…)` gives; a process of its own. With a `transactionalId` it has transactions, and the first of them fences the
   * producer that had the id before.
   *
   * @example
   * ```ts
   * import { FakeKafka } from 'millrace/testing';
   *
   * const kafka = new FakeKafka();
   * kafka.createTopic('lines');
   * const producer = kafka.producer({ transactionalId: 'word-count-0' });
   * await producer.connect();
   * const transaction = await producer.transaction();
   * await transaction.send({ topic: 'counts', messages: [{ key: 'be', value: '2' }] });
   * await transaction.sendOffsets({ consumerGroupId: 'word-count', topics: [{ topic: 'lines', partitions: [{ partition: 0, offset: '3' }] }] });
   * console.log(kafka.records('counts').length, kafka.committed('word-count').length); // 0 0
   * await transaction.commit();
   * console.log(kafka.records('counts').length, kafka.committed('word-count').length); // 1 1
   * ```
   */
  producer(config: FakeProducerConfig = {}): FakeKafkaProducer {
    return new FakeProducer(this.#broker, config);
  }

  /** An admin client, as `new Kafka(…).admin()` gives. */
  admin(): FakeKafkaFullAdmin {
    return new FakeAdmin(this.#broker);
  }

  /** A logger that says nothing. */
  logger(): FakeLogger {
    return silentLogger;
  }

  /**
   * Makes a topic.
   *
   * @throws an error as kafkajs' with the `type` `TOPIC_ALREADY_EXISTS`, `INVALID_TOPIC_EXCEPTION`, `INVALID_PARTITIONS`,
   * `INVALID_REPLICATION_FACTOR` or `INVALID_CONFIG`
   */
  createTopic(topic: string, options: FakeTopicOptions = {}): void {
    this.#broker.topics.create(topic, options.partitions, options.replicationFactor, options.config);
  }

  /**
   * Appends without a producer and without latency, and gives the places; makes the topic if it is not there.
   *
   * @throws StreamError `INVALID_OPTION` if the topic does not have the partition
   */
  append(topic: string, records: readonly AppendedRecord[]): readonly Place[] {
    const logs = this.#broker.topics.partitions(topic, true);
    const now = this.#broker.clock.scheduler.now();
    const placed = records.map(({ key = null, value, timestamp = now, partition: wanted, headers }) => {
      const keyBytes = key === null ? null : asBytes(key);
      const partition = wanted ?? (keyBytes ? partitionOf(keyBytes, logs.length) : this.#turn(topic) % logs.length);
      const log = logs[partition];
      if (!log) {
        const text = `a record for ${topic}[${partition}] cannot be appended: the topic has the partitions 0 to ${logs.length - 1}`;
        throw new StreamError('INVALID_OPTION', text, { topic, partition });
      }
      return { log, message: messageOf({ key: keyBytes, value, timestamp: String(timestamp), headers }, '', asBytes) };
    });
    // Each is a batch of its own, so that a fetch may end after any of them.
    return placed.map(({ log, message }) => ({
      topic,
      partition: log.partition,
      offset: this.#broker.append(log, [message]).baseOffset,
    }));
  }

  /** What a reader would find now, by partition and offset; nothing if there is no such topic. `isolation` defaults to 'read_committed'. */
  records(topic: string, options: { readonly isolation?: Isolation | undefined } = {}): readonly StoredRecord[] {
    if (!this.#broker.topics.names.includes(topic)) return [];
    return this.#broker.topics.partitions(topic, false).flatMap((log) => {
      return log.messages(options.isolation ?? 'read_committed').map(({ key, value, timestamp, headers, offset }) => ({
        topic,
        partition: log.partition,
        offset: Number(offset),
        key,
        value,
        timestamp: Number(timestamp),
        headers: Object.assign(Object.create(null) as RecordHeaders, headers),
      }));
    });
  }

  /**
   * Deletes the records of a partition before an offset, as a broker does with those that are too old: readers that are behind find their place out of range.
   *
   * @throws StreamError `INVALID_OPTION` if there is no such partition, or the offset is beyond its end
   */
  deleteBefore({ topic, partition, offset }: Place): void {
    const log = this.#broker.topics.find(topic, partition);
    if (log && Number.isInteger(offset) && offset >= 0 && offset <= log.end) {
      log.deleteBefore(offset);
      return;
    }
    const have = log ? `it ends at ${log.end}` : 'there is no such partition';
    throw new StreamError('INVALID_OPTION', `${topic}[${partition}]@${offset} cannot be deleted up to: ${have}`, {
      topic,
      partition,
      offset,
    });
  }

  /**
   * Deletes what the topic's `retention.ms` and `retention.bytes` do not keep, by the clock.
   *
   * A broker does this every few minutes, and deletes whole segments of its log, each when its newest record is too old. Here it is done when you say so, and
   * as if each batch were a segment.
   *
   * @throws StreamError `INVALID_OPTION` if there is no such topic
   */
  applyRetention(topic: string): void {
    for (const log of this.#logs(topic)) retainLog(log, this.#broker.clock.scheduler.now());
  }

  /**
   * Compacts a topic that was made with the `cleanup.policy` `compact`: of each key only the last record stays, offsets stay as they are.
   *
   * A broker does this in the background, for all but the segment that it writes to. Here it is done when you say so, for all but the newest record of each
   * partition.
   *
   * @throws StreamError `INVALID_OPTION` if there is no such topic, or it is not compacted
   */
  compact(
    topic: string,
    options: {
      /** Whether records without a value go too, as after `delete.retention.ms`. Default false. */ readonly deleteTombstones?:
        boolean | undefined;
    } = {},
  ): void {
    for (const log of this.#logs(topic)) {
      if (!log.settings.isCompacted) {
        throw new StreamError('INVALID_OPTION', `${topic} is not compacted: was it made with the config { 'cleanup.policy': 'compact' }?`, {
          topic,
        });
      }
      compactLog(log, options.deleteTombstones ?? false);
    }
  }

  /** What a group has committed, by topic and partition; `offset` is the next one to read. */
  committed(groupId: string): readonly (Place & { readonly metadata: string })[] {
    return this.#broker.group(groupId).commits.all();
  }

  /** The ids of a group's members: also of those that were killed, until their session ends. */
  members(groupId: string): readonly string[] {
    return this.#broker.group(groupId).members;
  }

  /** Makes the group's members join again: each does when its next heartbeat is due. */
  rebalance(groupId: string): void {
    this.#broker.group(groupId).rebalance();
  }

  /**
   * Stops a process at once, as `kill -9` does, by the id of its client or of a member of a group: its consumers ask for nothing and tell nothing any more, no
   * handler is called, and what was asked of it stays pending; only `stop` and `disconnect` resolve, so that a test can clean up. A group notices when the
   * session ends.
   *
   * @throws StreamError `INVALID_OPTION` if there is no such member and no such client
   */
  kill(id: string): void {
    this.#process(id, 'kill').kill();
  }

  /**
   * Freezes a process, by the id of its client or of a member of a group, until the returned function is called: as `SIGSTOP` does, or a virtual machine that is
   * moved. No timer of its clients is due and no answer comes; when it is thawed all of that happens at once, in order. Meanwhile its group can go on without
   * it. What is not Kafka's is not frozen: a handler that is running, timers of yours.
   *
   * @throws StreamError `INVALID_OPTION` if there is no such member and no such client
   * @example
   * ```ts
   * import { FakeKafka } from 'millrace/testing';
   *
   * const kafka = new FakeKafka();
   * await kafka.client('worker-1').consumer({ groupId: 'counts' }).connect();
   * const thaw = kafka.freeze('worker-1');
   * // after its session timeout the group has given its partitions away
   * thaw(); // what it commits now is refused: UNKNOWN_MEMBER_ID
   * ```
   */
  freeze(id: string): () => void {
    return this.#process(id, 'freeze').freeze();
  }

  /**
   * Arranges a fault; the returned function takes it back. What a client does about it (tries again, looks for another broker, joins its group again, crashes)
   * is what kafkajs does.
   *
   * @throws StreamError `INVALID_OPTION` if there is no such request or error; the message names those that look like it
   * @example
   * ```ts
   * import { FakeKafka } from 'millrace/testing';
   *
   * const kafka = new FakeKafka({ brokers: 3 });
   * // The answer to the second commit is lost, though it is stored.
   * kafka.inject({ on: 'offsetCommit', nth: 2, then: 'loseAnswer' });
   * // One client cannot reach the coordinator of its group, until this is taken back.
   * const heal = kafka.inject({
   *   on: ['findCoordinator', 'joinGroup', 'syncGroup', 'heartbeat', 'offsetCommit', 'offsetFetch', 'leaveGroup'],
   *   client: 'worker-1',
   *   times: Infinity,
   *   then: { error: 'ECONNREFUSED' }, // or 'hang'
   * });
   * // Broker 2 is slow.
   * kafka.inject({ on: ['fetch', 'produce'], broker: 2, times: Infinity, then: { delay: '500ms' } });
   * heal();
   * ```
   */
  inject(fault: Fault): () => void {
    return this.#broker.faults.inject(fault);
  }

  /** The node id of the broker that leads a partition, counted from 0; undefined if no broker is up, or there is no such partition. */
  leader(topic: string, partition: number): number | undefined {
    const log = this.#broker.topics.find(topic, partition);
    return log && this.#broker.nodes.leaderOf(log);
  }

  /** The node id of the broker that coordinates all groups and transactions: the first, until it stops; undefined if no broker is up. */
  coordinator(): number | undefined {
    return this.#broker.nodes.coordinator;
  }

  /**
   * Makes the next broker the leader of a partition. Clients hear of it when they ask the one that was: `NOT_LEADER_FOR_PARTITION`.
   *
   * @throws StreamError `INVALID_OPTION` if there is no such partition, or no other broker that is up
   */
  moveLeader(topic: string, partition: number): void {
    const what = `the leader of ${topic}[${partition}] cannot move`;
    const log = this.#broker.topics.find(topic, partition);
    if (!log) {
      throw new StreamError('INVALID_OPTION', `${what}: there is no such partition`, { topic, partition });
    }
    if (this.#broker.nodes.moveLeader(log)) return;
    throw new StreamError('INVALID_OPTION', `${what}: no other broker is up; make more with new FakeKafka({ brokers: 2 })`, {
      topic,
      partition,
    });
  }

  /**
   * Stops a broker, as `kill -9` does: its connections close, and others cannot be made. The next broker that is up and has a replica leads its partitions, and
   * coordinates in its place; if there is none, nobody does until it is started again (`LEADER_NOT_AVAILABLE`). Nothing that is stored is lost.
   *
   * @throws StreamError `INVALID_OPTION` if there is no such broker
   */
  stopBroker(nodeId: number): void {
    this.#broker.stop(this.#nodeId(nodeId));
  }

  /**
   * Starts a broker that was stopped. It does not lead or coordinate again what another one took over meanwhile.
   *
   * @throws StreamError `INVALID_OPTION` if there is no such broker
   */
  startBroker(nodeId: number): void {
    this.#broker.start(this.#nodeId(nodeId));
  }

  #nodeId(nodeId: number): number {
    const { count: brokers } = this.#broker.nodes;
    if (Number.isInteger(nodeId) && nodeId >= 0 && nodeId < brokers) return nodeId;
    throw new StreamError('INVALID_OPTION', `there is no broker ${nodeId}: they are numbered from 0 to ${brokers - 1}`);
  }

  #process(id: string, verb: string): FakeProcess {
    const process = this.#processes.get(id) ?? this.#broker.processOf(id);
    if (process) return process;
    throw new StreamError(
      'INVALID_OPTION',
      `there is no client and no member "${id}" to ${verb}: client(id) makes clients, members(groupId) has the ids of members`,
    );
  }

  #logs(topic: string): readonly FakeLog[] {
    if (this.#broker.topics.names.includes(topic)) return this.#broker.topics.partitions(topic, false);
    throw new StreamError('INVALID_OPTION', `there is no topic "${topic}": is its name right?`, { topic });
  }

  #turn(topic: string): number {
    const turn = this.#turns.get(topic) ?? 0;
    this.#turns.set(topic, turn + 1);
    return turn;
  }
}

function clientOf(broker: FakeBroker, process: FakeProcess): FakeKafkaProcess {
  return {
    consumer: (config) => new FakeConsumer(broker, config, process),
    producer: (config = {}) => new FakeProducer(broker, config, process),
    admin: () => new FakeAdmin(broker, process),
    logger: () => silentLogger,
  };
}

function count(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new StreamError('INVALID_OPTION', `${name} is ${value}: it must be a whole number, 1 or more`);
}
