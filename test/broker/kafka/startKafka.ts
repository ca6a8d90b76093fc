import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { BrokerNode } from './brokerNode';
import { freePorts } from './freePorts';
import { findJava } from './java';
import { kafkaJars } from './kafkaJars';
import { startWatchdog } from './watchdog';

/** How to start Kafka. */
export interface StartKafkaOptions {
  /** Default 1. */
  readonly brokers?: 1 | 3 | undefined;
  /** Of each broker. Default 512. */
  readonly heapMegabytes?: number | undefined;
}

/** Apache Kafka, as long as it is not stopped and this process lives. */
export interface RunningKafka {
  /** `host:port`, separated by commas. */
  readonly bootstrap: string;
  /** Ends the brokers and deletes their data. */
  stop(): Promise<void>;
  /** `kill -9` for one broker; ids are 1, 2, 3. Its data stays. */
  killBroker(id: number): Promise<void>;
  /** Starts a killed broker again with its data, and waits until the cluster is whole. */
  restartBroker(id: number): Promise<void>;
}

/**
 * Starts Apache Kafka in KRaft mode on free ports, with Java and without Docker, and waits until it serves groups.
 *
 * Throws `KafkaUnavailable` if this machine has no Java, or no Maven to fetch Kafka with.
 */
export async function startKafka(options: StartKafkaOptions = {}): Promise<RunningKafka> {
  const java = await findJava();
  const jars = await kafkaJars();
  for (let tries = 1; ; tries++) {
    try {
      return await startOnFreePorts({ java, jars, count: options.brokers ?? 1, heapMegabytes: options.heapMegabytes ?? 512 });
    } catch (error) {
      if (tries === 3 || !String(error).includes('Address already in use')) throw error;
    }
  }
}

interface Start {
  readonly java: string;
  readonly jars: string;
  readonly count: number;
  readonly heapMegabytes: number;
}

async function startOnFreePorts({ java, jars, count, heapMegabytes }: Start): Promise<RunningKafka> {
  const ports = await freePorts(2 * count);
  const addresses = Array.from({ length: count }, (_, i) => ({ id: i + 1, port: ports[i] ?? 0, controllerPort: ports[count + i] ?? 0 }));
  const folder = await mkdtemp(join(tmpdir(), 'millrace-kafka-'));
  const watchdog = startWatchdog(folder);
  const nodes = addresses.map(
    (address) => new BrokerNode(address, { java, jars, folder, heapMegabytes, nodes: addresses, onStart: watchdog.watch }),
  );
  const bootstrap = addresses.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const nodeOf = (id: number): BrokerNode => {
    const node = nodes[id - 1];
    if (!node) throw new RangeError(`there is no broker ${id}: the cluster has ${nodes.length}`);
    return node;
  };
  try {
    await Promise.all(nodes.map((node) => node.format()));
    for (const node of nodes) node.start();
    await untilWhole(bootstrap, nodes);
  } catch (error) {
    await watchdog.finish();
    throw error;
  }
  return {
    bootstrap,
    stop: () => watchdog.finish(),
    killBroker: (id) => nodeOf(id).kill(),
    restartBroker: async (id) => {
      nodeOf(id).start();
      await untilWhole(bootstrap, nodes);
    },
  };
}

/** Waits until each running node is in the cluster and the first group has found its coordinator, for which Kafka makes a topic. */
async function untilWhole(bootstrap: string, nodes: readonly BrokerNode[]): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    await wait(100);
    try {
      await checkWhole(bootstrap, nodes.length);
      return;
    } catch (error) {
      const dead = nodes.find((node) => !node.running);
      if (!dead && performance.now() < deadline) continue;
      const words = await Promise.all(nodes.map((node) => node.lastWords()));
      throw new Error(
        `Apache Kafka did not start: ${dead ? `broker ${dead.address.id} ended` : 'no answer for 60 s'}\n${words.join('\n')}`,
        { cause: error },
      );
    }
  }
}

async function checkWhole(bootstrap: string, count: number): Promise<void> {
  const kafka = new Kafka({ clientId: 'start', brokers: bootstrap.split(','), logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    if (brokers.length < count) throw new Error(`${brokers.length} of ${count} brokers are in the cluster`);
    await admin.fetchOffsets({ groupId: 'start' });
  } finally {
    await admin.disconnect();
  }
}
