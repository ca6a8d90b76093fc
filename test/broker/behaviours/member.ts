import type { FakeBatchPayload, FakeConsumerConfig, FakeKafkaClient, FakeKafkaConsumer, Fault } from 'millrace/testing';
import type { TestBroker } from './brokers';

/** How a member of a group is to be. */
export interface MemberOptions extends Partial<FakeConsumerConfig> {
  readonly topics: (string | RegExp)[];
  /** Whether its client gives up a request early. Default false. */
  readonly hasty?: boolean;
  /** Default true. */
  readonly fromBeginning?: boolean;
  /** Default true. */
  readonly eachBatchAutoResolve?: boolean;
  /** Default 1. */
  readonly partitionsConsumedConcurrently?: number;
  /** Called after what the batch holds has been noted. */
  readonly eachBatch?: (payload: FakeBatchPayload) => Promise<void> | void;
}

/** A record that was delivered. */
export interface Delivered {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly value: string | undefined;
}

/** What GROUP_JOIN says. */
export interface Join {
  readonly groupId: string;
  readonly memberId: string;
  readonly leaderId: string;
  readonly isLeader: boolean;
  readonly memberAssignment: Record<string, number[]>;
  readonly groupProtocol: string;
}

/** What CRASH says. */
export interface Crash {
  readonly error: Error;
  readonly groupId: string;
  readonly restart: boolean;
}

/** A consumer that notes what happens to it. */
export class Member {
  readonly consumer: FakeKafkaConsumer;
  readonly delivered: Delivered[] = [];
  readonly joins: Join[] = [];
  readonly crashes: Crash[] = [];
  readonly #client: FakeKafkaClient;
  readonly #broker: TestBroker;
  readonly #options: MemberOptions;

  constructor(client: FakeKafkaClient, broker: TestBroker, options: MemberOptions & { readonly groupId: string }) {
    const {
      topics: _,
      hasty: _hasty,
      fromBeginning: _from,
      eachBatchAutoResolve: _auto,
      partitionsConsumedConcurrently: _many,
      eachBatch: _each,
      ...config
    } = options;
    this.#client = client;
    this.#broker = broker;
    this.#options = options;
    this.consumer = client.consumer({
      sessionTimeout: 10_000,
      rebalanceTimeout: 20_000,
      heartbeatInterval: 50,
      maxWaitTimeInMs: 50,
      allowAutoTopicCreation: false,
      ...config,
    });
    this.consumer.on('consumer.group_join', ({ payload }) => void this.joins.push(payload as Join));
    this.consumer.on('consumer.crash', ({ payload }) => void this.crashes.push(payload as Crash));
  }

  /** Subscribes and joins the group. */
  async join(): Promise<void> {
    const { topics, fromBeginning = true, eachBatchAutoResolve = true, partitionsConsumedConcurrently = 1, eachBatch } = this.#options;
    await this.consumer.subscribe({ topics, fromBeginning });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve,
      partitionsConsumedConcurrently,
      eachBatch: async (payload) => {
        const { topic, partition, messages } = payload.batch;
        for (const { offset, value } of messages) {
          this.delivered.push({ topic, partition, offset, value: value === null ? undefined : Buffer.from(value).toString() });
        }
        await eachBatch?.(payload);
      },
    });
  }

  /** The id of its last join. */
  get memberId(): string {
    return this.joins.at(-1)?.memberId ?? '';
  }

  /** The partitions that it was given last. */
  assigned(topic: string): number[] {
    return (this.joins.at(-1)?.memberAssignment[topic] ?? []).toSorted((a, b) => a - b);
  }

  /** The values that were delivered, of one partition or of all. */
  values(partition?: number): (string | undefined)[] {
    return this.delivered.filter((record) => partition === undefined || record.partition === partition).map(({ value }) => value);
  }

  /** Arranges a fault of what it asks. */
  inject(fault: Fault): () => void {
    return this.#broker.inject(this.#client, fault);
  }

  /** Ends it at once, without a leave request. */
  kill(): void {
    this.#broker.kill(this.#client, this.memberId);
  }
}
