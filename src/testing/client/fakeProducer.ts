import type { KafkaProducer, KafkaTransaction } from '../../kafka/client';
import type { FakeBroker } from '../broker/fakeBroker';
import type { FakeKafkaProducer, FakeLogger, FakeProducerConfig } from './fakeClients';
import { FakeCluster } from './fakeCluster';
import { FakeConnection } from '../network/fakeConnection';
import { FakeEos } from './fakeEos';
import { nonRetriableError, retriableError } from '../network/fakeErrors';
import { clientEvents, FakeEvents } from './fakeEvents';
import { silentLogger } from './fakeLogger';
import type { FakeEvent } from './fakePayloads';
import { FakeProcess } from '../network/fakeProcess';
import { defaultPartitioner, FakeSender, type Partitioner, type TopicMessages } from './fakeSender';
import { FakeTransaction } from './fakeTransaction';

type Send = Parameters<KafkaProducer['send']>[0];
type Replies = Awaited<ReturnType<KafkaProducer['send']>>;
type SendBatch = Parameters<KafkaTransaction['sendBatch']>[0];

/** kafkajs' default, ms. */
const defaultTransactionTimeout = 60_000;

/** kafkajs' producer on a broker in memory. */
export class FakeProducer implements FakeKafkaProducer {
  readonly events = clientEvents('producer');
  readonly #events: FakeEvents;
  readonly #connection: FakeConnection;
  readonly #cluster: FakeCluster;
  readonly #sender: FakeSender;
  /** Of what is sent outside of transactions; it has an id only if the producer is to be idempotent. */
  readonly #plain: FakeEos;
  /** Made with the first transaction. */
  #transactional: FakeEos | undefined;
  #state: 'connected' | 'disconnecting' | 'disconnected' = 'disconnected';

  constructor(
    private readonly broker: FakeBroker,
    private readonly config: FakeProducerConfig,
    process = new FakeProcess(),
  ) {
    this.#connection = new FakeConnection(broker.clock, process, broker);
    if (config.transactionalId !== undefined) this.#connection.names.add(config.transactionalId);
    this.#cluster = new FakeCluster(broker, this.#connection, config.allowAutoTopicCreation ?? true, config.metadataMaxAge);
    const partitioner = (config.createPartitioner as (() => Partitioner) | undefined)?.() ?? defaultPartitioner();
    this.#sender = new FakeSender(broker, this.#cluster, this.#connection, partitioner);
    this.#plain = this.#eos();
    this.#events = new FakeEvents(this.#connection, 'producer', { ...this.events });
  }

  async connect(): Promise<void> {
    await this.#cluster.connect();
    this.#state = 'connected';
    this.#events.emit('connect');
    if (this.config.idempotent && !this.#plain.isInitialized) await this.#plain.initialize();
  }

  /** Waits for the requests under way. A transaction under way stays so. */
  async disconnect(): Promise<void> {
    this.#state = 'disconnecting';
    await this.#cluster.disconnect();
    this.#state = 'disconnected';
    this.#events.emit('disconnect');
  }

  isIdempotent(): boolean {
    return this.config.idempotent ?? false;
  }

  on(event: string, listener: (event: never) => void): () => void {
    return this.#events.on(event, listener as (event: FakeEvent) => void);
  }

  logger(): FakeLogger {
    return silentLogger;
  }

  async send({ topic, messages, ...how }: Send): Promise<Replies> {
    return this.sendBatch({ topicMessages: [{ topic, messages }], ...how });
  }

  async sendBatch(batch: SendBatch): Promise<Replies> {
    return this.#send(batch, this.#plain, this.config.idempotent ?? false);
  }

  /** Begins a transaction. The first asks for the next life of the transactional id, and so fences the former one. */
  async transaction(): Promise<KafkaTransaction> {
    const { transactionalId } = this.config;
    if (!transactionalId) throw nonRetriableError('Must provide transactional id for transactional producer');
    const eos = (this.#transactional ??= this.#eos(transactionalId));
    if (eos.isInTransaction) {
      throw nonRetriableError(
        'There is already an ongoing transaction for this producer. Please end the transaction before beginning another.',
      );
    }
    if (!eos.isInitialized) await eos.initialize();
    eos.begin();
    return new FakeTransaction(eos, (batch) => this.#send(batch, eos, true));
  }

  #eos(transactionalId?: string): FakeEos {
    return new FakeEos(this.broker, this.#cluster, this.#connection, {
      transactionalId,
      timeout: this.config.transactionTimeout ?? defaultTransactionTimeout,
    });
  }

  async #send(
    { topicMessages: topics = [], acks = -1, compression = 0 }: SendBatch,
    eos: FakeEos,
    isIdempotent: boolean,
  ): Promise<Replies> {
    if (topics.some(({ topic }) => !topic)) throw nonRetriableError('Invalid topic');
    if (isIdempotent && acks !== -1) {
      throw nonRetriableError("Not requiring ack for all messages invalidates the idempotent producer's EoS guarantees");
    }
    topics.forEach(checkMessages);
    if (this.#state === 'disconnecting')
      throw nonRetriableError("The producer is disconnecting; therefore, it can't safely accept messages anymore");
    if (this.#state === 'disconnected') throw retriableError('The producer is disconnected');
    return this.#sender.send(merged(topics), { acks, isCompressed: compression > 0 }, eos);
  }
}

function checkMessages({ topic, messages }: TopicMessages): void {
  if (!Array.isArray(messages)) throw nonRetriableError(`Invalid messages array [${String(messages)}] for topic "${topic}"`);
  const withoutValue = messages.find(({ value }: { value: unknown }) => value === undefined);
  if (withoutValue) throw nonRetriableError(`Invalid message without value for topic "${topic}": ${JSON.stringify(withoutValue)}`);
}

/** Each topic once. */
function merged(topics: readonly TopicMessages[]): TopicMessages[] {
  const byTopic = new Map<string, TopicMessages['messages']>();
  for (const { topic, messages } of topics) byTopic.set(topic, [...(byTopic.get(topic) ?? []), ...messages]);
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
}
