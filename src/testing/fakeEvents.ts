import type { KafkaEvent } from '../kafka/client';
import type { FakeConnection } from './fakeConnection';
import { nonRetriableError } from './fakeErrors';

/** The events of kafkajs' consumer that the fake has. */
const names = [
  'heartbeat',
  'commit_offsets',
  'group_join',
  'fetch',
  'fetch_start',
  'start_batch_process',
  'end_batch_process',
  'connect',
  'disconnect',
  'stop',
  'crash',
  'rebalancing',
  'received_unsubscribed_topics',
] as const;

/** The name of an event, without `consumer.`. */
export type ConsumerEvent = (typeof names)[number];

/** Those that kafkajs has, and that tell of requests on the network, which there is not. */
const silent = ['consumer.network.request', 'consumer.network.request_timeout', 'consumer.network.request_queue_size'];

/** Tells the listeners of a consumer, at once and in the caller's turn, as kafkajs does: what they do takes effect before the consumer goes on. */
export class FakeEvents {
  readonly #listeners = new Map<string, Set<(event: KafkaEvent) => unknown>>();
  #count = 0;

  constructor(private readonly connection: FakeConnection) {}

  on(event: string, listener: (event: KafkaEvent) => unknown): () => void {
    if (!names.some((name) => event === `consumer.${name}`) && !silent.includes(event)) {
      throw nonRetriableError(`Event name should be one of ${names.map((name) => `consumer.events.${name.toUpperCase()}`).join(', ')}`);
    }
    let listeners = this.#listeners.get(event);
    if (!listeners) this.#listeners.set(event, (listeners = new Set()));
    const own = (told: KafkaEvent) => listener(told);
    listeners.add(own);
    return () => listeners.delete(own);
  }

  emit(name: ConsumerEvent, payload?: object): void {
    const listeners = this.#listeners.get(`consumer.${name}`);
    if (!listeners?.size || this.connection.killed) return;
    const event = { id: this.#count++, type: `consumer.${name}`, timestamp: this.connection.now(), payload };
    for (const listener of [...listeners]) {
      // A listener that throws stops the consumer, one that rejects does not.
      Promise.resolve(listener(event)).catch(() => undefined);
    }
  }
}
