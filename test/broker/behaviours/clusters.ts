import { Kafka, logLevel } from 'kafkajs';
import { setTimeout } from 'node:timers/promises';
import { FakeKafka, type FakeKafkaClient, VirtualClock } from 'millrace/testing';
import { vi } from 'vitest';
import { KafkaUnavailable } from '../kafka/kafkaJars';
import { type RunningKafka, startKafka } from '../kafka/startKafka';
import { uniqueName } from '../realKafka';

/** Three brokers that the behaviours are shown of. */
export interface TestCluster {
  readonly name: string;
  /** Undefined if this machine has none. */
  start(): Promise<RunningCluster | undefined>;
}

/** Three brokers that are up, or were. */
export interface RunningCluster {
  /** A new client. */
  kafka(): FakeKafkaClient;
  /** Makes a topic of one partition and gives its name. One that moves has one replica, one that stays has three. */
  topic(replicas: 1 | 3): Promise<string>;
  leader(topic: string): Promise<number>;
  coordinator(): Promise<number>;
  moveLeader(topic: string): Promise<void>;
  stopBroker(nodeId: number): Promise<void>;
  startBroker(nodeId: number): Promise<void>;
  end(): Promise<void>;
}

const realCluster: TestCluster = {
  name: 'Apache Kafka with kafkajs',
  start: async () => {
    try {
      return new RealCluster(await startKafka({ brokers: 3, heapMegabytes: 256 }));
    } catch (error) {
      if (!(error instanceof KafkaUnavailable) || process.env['REQUIRE_KAFKA'] === '1') throw error;
      return undefined;
    }
  },
};

class RealCluster implements RunningCluster {
  constructor(private readonly running: RunningKafka) {}

  kafka(): Kafka {
    const brokers = this.running.bootstrap.split(',');
    return new Kafka({ clientId: 'cluster', brokers, logLevel: logLevel.NOTHING });
  }

  async topic(replicas: number): Promise<string> {
    const topic = uniqueName('cluster');
    await this.#asAdmin(async (admin) => {
      await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: replicas }], waitForLeaders: false });
      await vi.waitFor(() => admin.fetchTopicOffsets(topic), { timeout: 10_000, interval: 50 });
    });
    return topic;
  }

  leader(topic: string): Promise<number> {
    return this.#asAdmin(async (admin) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions[0]?.leader ?? -1;
    });
  }

  /** There is one partition of the groups' offsets, and who leads it coordinates them all. */
  coordinator(): Promise<number> {
    return this.leader('__consumer_offsets');
  }

  async moveLeader(topic: string): Promise<void> {
    const next = ((await this.leader(topic)) % 3) + 1;
    await this.#asAdmin((admin) =>
      admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: [{ partition: 0, replicas: [next] }] }] }),
    );
    await vi.waitFor(
      async () => {
        if ((await this.leader(topic)) !== next) throw new Error('the leader has not moved yet');
      },
      { timeout: 20_000, interval: 100 },
    );
  }

  stopBroker(nodeId: number): Promise<void> {
    return this.running.killBroker(nodeId);
  }

  startBroker(nodeId: number): Promise<void> {
    return this.running.restartBroker(nodeId);
  }

  end(): Promise<void> {
    return this.running.stop();
  }

  async #asAdmin<T>(work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
    const admin = this.kafka().admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

const fakeCluster: TestCluster = { name: 'FakeKafka', start: async () => new FakeCluster() };

/** Its clock runs about a hundred times as fast as the machine's: it takes seconds until sessions end and clients try again, and nobody learns from waiting. */
class FakeCluster implements RunningCluster {
  readonly #clock = new VirtualClock({ start: Date.now() });
  readonly #kafka = new FakeKafka({ brokers: 3, scheduler: this.#clock });
  #ended = false;
  readonly #time = this.#goOn();

  kafka(): FakeKafkaClient {
    return this.#kafka.client(uniqueName('client'));
  }

  async topic(replicationFactor: number): Promise<string> {
    const topic = uniqueName('cluster');
    this.#kafka.createTopic(topic, { partitions: 1, replicationFactor });
    return topic;
  }

  async leader(topic: string): Promise<number> {
    return this.#kafka.leader(topic, 0) ?? -1;
  }

  async coordinator(): Promise<number> {
    return this.#kafka.coordinator() ?? -1;
  }

  async moveLeader(topic: string): Promise<void> {
    this.#kafka.moveLeader(topic, 0);
  }

  async stopBroker(nodeId: number): Promise<void> {
    this.#kafka.stopBroker(nodeId);
  }

  async startBroker(nodeId: number): Promise<void> {
    this.#kafka.startBroker(nodeId);
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#time;
  }

  async #goOn(): Promise<void> {
    while (!this.#ended) {
      await setTimeout(5);
      await this.#clock.advance('500ms');
    }
  }
}

/** What the behaviours of several brokers are shown of. */
export const clusters: readonly TestCluster[] = [realCluster, fakeCluster];
