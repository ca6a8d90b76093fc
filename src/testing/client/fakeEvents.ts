import type { FakeClientEvents, FakeConsumerEvents } from './fakeClients';
import type { FakeConnection } from '../network/fakeConnection';
import { nonRetriableError } from '../network/fakeErrors';
import type { FakeEvent } from './fakePayloads';

/** The events of kafkajs' consumer. The last three tell of requests on the network, which there is not: nobody hears of them. */
export const consumerEvents: FakeConsumerEvents = Object.freeze({
  HEARTBEAT: 'consumer.heartbeat',
  COMMIT_OFFSETS: 'consumer.commit_offsets',
  GROUP_JOIN: 'consumer.group_join',
  FETCH: 'consumer.fetch',
  FETCH_START: 'consumer.fetch_start',
  START_BATCH_PROCESS: 'consumer.start_batch_process',
  END_BATCH_PROCESS: 'consumer.end_batch_process',
  CONNECT: 'consumer.connect',
  DISCONNECT: 'consumer.disconnect',
  STOP: 'consumer.stop',
  CRASH: 'consumer.crash',
  REBALANCING: 'consumer.rebalancing',
  RECEIVED_UNSUBSCRIBED_TOPICS: 'consumer.received_unsubscribed_topics',
  REQUEST: 'consumer.network.request',
  REQUEST_TIMEOUT: 'consumer.network.request_timeout',
  REQUEST_QUEUE_SIZE: 'consumer.network.request_queue_size',
});

/** The events of kafkajs' other clients. */
export function clientEvents<Client extends 'producer' | 'admin'>(client: Client): FakeClientEvents<Client> {
  return Object.freeze({
    CONNECT: `${client}.connect`,
    DISCONNECT: `${client}.disconnect`,
    REQUEST: `${client}.network.request`,
    REQUEST_TIMEOUT: `${client}.network.request_timeout`,
    REQUEST_QUEUE_SIZE: `${client}.network.request_queue_size`,
  });
}

/** The name of an event, without `consumer.`. */
export type ConsumerEvent = FakeConsumerEvents[keyof FakeConsumerEvents] extends `consumer.${infer Name}` ? Name : never;

/** Tells the listeners of a client, at once and in the caller's turn, as kafkajs does: what they do takes effect before the client goes on. */
export class FakeEvents {
  /** By the event's name, without that of the client. */
  readonly #listeners = new Map<string, Set<(event: FakeEvent) => unknown>>();
  #count = 0;

  constructor(
    private readonly connection: FakeConnection,
    private readonly client: 'consumer' | 'producer' | 'admin' = 'consumer',
    private readonly names: Readonly<Record<string, string>> = { ...consumerEvents },
  ) {}

  on(event: string, listener: (event: FakeEvent) => unknown): () => void {
    if (!Object.values(this.names).includes(event)) {
      const keys = Object.keys(this.names).map((name) => `${this.client}.events.${name}`);
      throw nonRetriableError(`Event name should be one of ${keys.join(', ')}`);
    }
    const name = event.slice(this.client.length + 1);
    let listeners = this.#listeners.get(name);
    if (!listeners) this.#listeners.set(name, (listeners = new Set()));
    const own = (told: FakeEvent) => listener(told);
    listeners.add(own);
    return () => listeners.delete(own);
  }

  /** A payload that is a function is asked for only if somebody listens. */
  emit(name: ConsumerEvent, payload?: object | (() => object)): void {
    const listeners = this.#listeners.get(name);
    if (!listeners?.size || this.connection.killed) return;
    const event = {
      id: this.#count++ as unknown as string,
      type: `${this.client}.${name}`,
      timestamp: this.connection.now(),
      payload: typeof payload === 'function' ? (payload as () => object)() : payload,
    };
    for (const listener of [...listeners]) {
      // A listener that throws stops the consumer, one that rejects does not.
      const told = listener(event);
      if (typeof told === 'object') Promise.resolve(told).catch(() => undefined);
    }
  }
}
