import { concatMap, delay, type Observable, of } from 'rxjs';
import { fromTopic, type FromTopicOptions, type KafkaClient, type KafkaRecord, text } from '../../src/index';
import type { KafkaAdmin, KafkaConsumer, KafkaEvent, KafkaProducer } from '../../src/kafka/client';
import { FakeKafka } from '../../src/testing/index';
import { Clock } from './clock';

export type Line = KafkaRecord<string, string>;

/** A topic `t` that a group `g` reads, on a cluster and a clock of its own. */
export class Reading {
  readonly time = new Clock();
  readonly kafka = new FakeKafka({ scheduler: this.time, latency: 1 });

  /** With so many records in each partition. */
  constructor(...counts: readonly number[]) {
    this.kafka.createTopic('t', { partitions: counts.length });
    counts.forEach((count, partition) => this.append(count, { partition }));
  }

  /** Appends records of the key `k`, a ms of event time apart. */
  append(count: number, { topic = 't', partition = 0 } = {}): void {
    this.kafka.append(
      topic,
      Array.from({ length: count }, (_, n) => ({ key: 'k', value: 'line', timestamp: n, partition })),
    );
  }

  lines$(options: Partial<FromTopicOptions<KafkaClient, string, string>> = {}, client: KafkaClient = this.kafka): Observable<Line> {
    return fromTopic<KafkaClient, string, string>(client, 't', {
      groupId: 'g',
      key: text,
      value: text,
      scheduler: this.time,
      consumer: { maxWaitTimeInMs: 20, heartbeatInterval: 50, sessionTimeout: 6_000 },
      ...options,
    });
  }

  /** A sink that takes one record after the other, and so many ms for each. */
  slowly<T>(ms: number): (records$: Observable<T>) => Observable<T> {
    return concatMap((record: T) => of(record).pipe(delay(ms, this.time)));
  }

  /** What the group has committed, by partition. */
  committed(topic = 't'): number[] {
    return this.kafka.committed('g').flatMap((place) => (place.topic === topic ? [place.offset] : []));
  }

  /** The cluster through a client of which some calls are replaced. */
  tampered(changes: {
    readonly consumer?: (consumer: KafkaConsumer) => Partial<KafkaConsumer>;
    readonly producer?: (producer: KafkaProducer) => Partial<KafkaProducer>;
    readonly admin?: (admin: KafkaAdmin) => Partial<KafkaAdmin>;
  }): KafkaClient {
    return {
      consumer: (config) => {
        const consumer = this.kafka.consumer(config);
        return Object.assign(consumer, changes.consumer?.(consumer));
      },
      producer: (config) => {
        const producer = this.kafka.producer(config);
        return Object.assign(producer, changes.producer?.(producer));
      },
      admin: () => {
        const admin = this.kafka.admin();
        return Object.assign(admin, changes.admin?.(admin));
      },
    };
  }

  /** A client whose group gives it these partitions, by join; the last goes for all further ones. */
  given(...byJoin: readonly (readonly number[])[]): KafkaClient {
    let join = 0;
    return this.tampered({
      consumer: (consumer) => {
        const on = consumer.on.bind(consumer);
        const changed = (event: KafkaEvent): KafkaEvent => ({
          ...event,
          payload: { memberAssignment: { t: byJoin[Math.min(join++, byJoin.length - 1)] } },
        });
        return { on: (name, listener) => on(name, (event) => listener(name === 'consumer.group_join' ? changed(event) : event)) };
      },
    });
  }

  /** A client whose commits go through `commit`, which is given the call that makes them. */
  committingBy(commit: (send: () => Promise<void>) => Promise<void>): KafkaClient {
    return this.tampered({
      consumer: (consumer) => {
        const run = consumer.run.bind(consumer);
        const commitOffsets = consumer.commitOffsets.bind(consumer);
        return {
          commitOffsets: (offsets) => commit(() => commitOffsets(offsets)),
          run: (config) =>
            run({
              ...config,
              eachBatch: (payload) => {
                const once = payload.commitOffsetsIfNecessary.bind(payload);
                return config.eachBatch(
                  Object.assign(payload, {
                    commitOffsetsIfNecessary: (offsets: Parameters<typeof once>[0]) => commit(() => once(offsets)),
                  }),
                );
              },
            }),
        };
      },
    });
  }
}

/** What came of a pipeline that was subscribed. */
export interface Outcome<T> {
  readonly values: T[];
  readonly errors: unknown[];
  completed: boolean;
  stop(): void;
}

export function outcomeOf<T>(pipeline$: Observable<T>): Outcome<T> {
  const outcome: Outcome<T> = { values: [], errors: [], completed: false, stop: () => subscription.unsubscribe() };
  const subscription = pipeline$.subscribe({
    next: (value) => void outcome.values.push(value),
    error: (error: unknown) => void outcome.errors.push(error),
    complete: () => (outcome.completed = true),
  });
  return outcome;
}
