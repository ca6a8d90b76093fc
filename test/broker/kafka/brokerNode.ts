import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where one node of the cluster is. */
export interface NodeAddress {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
}

/** What all nodes have in common. */
export interface ClusterSetup {
  readonly java: string;
  readonly jars: string;
  readonly folder: string;
  readonly heapMegabytes: number;
  readonly nodes: readonly NodeAddress[];
  /** Told of each process that starts. */
  readonly onStart: (pid: number) => void;
}

const clusterId = 'bWlsbHJhY2UtdGVzdHMtMQ';

/** Broker and controller in one process, that can be killed and started again with its data. */
export class BrokerNode {
  readonly address: NodeAddress;
  private readonly setup: ClusterSetup;
  private readonly folder: string;
  private process: ChildProcess | undefined;

  constructor(address: NodeAddress, setup: ClusterSetup) {
    this.address = address;
    this.setup = setup;
    this.folder = join(setup.folder, `node-${address.id}`);
  }

  /** Whether the process is there. */
  get running(): boolean {
    return this.process?.exitCode === null && this.process.signalCode === null;
  }

  /** Writes the settings and prepares the data folder. */
  async format(): Promise<void> {
    await mkdir(this.folder);
    await writeFile(this.settingsFile, settingsOf(this.address, this.setup.nodes, join(this.folder, 'data')));
    const options = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', this.classPath];
    await run(this.setup.java, [...options, 'kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, '--config', this.settingsFile]);
  }

  /** Starts the process; it takes some seconds until it answers. */
  start(): void {
    const log = openSync(this.logFile, 'a');
    const options = [
      `-Xmx${this.setup.heapMegabytes}m`,
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      '-Dorg.slf4j.simpleLogger.showDateTime=true',
    ];
    this.process = spawn(this.setup.java, [...options, '-cp', this.classPath, 'kafka.Kafka', this.settingsFile], {
      cwd: this.folder,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.process.unref();
    if (this.process.pid !== undefined) this.setup.onStart(this.process.pid);
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const { process } = this;
    if (!process || !this.running) return;
    const gone = once(process, 'exit');
    process.kill('SIGKILL');
    await gone;
  }

  /** What the process said last. */
  async lastWords(): Promise<string> {
    const log = await readFile(this.logFile, 'utf8').catch(() => '');
    return log.split('\n').slice(-30).join('\n');
  }

  private get classPath(): string {
    return join(this.setup.jars, '*');
  }

  private get settingsFile(): string {
    return join(this.folder, 'server.properties');
  }

  private get logFile(): string {
    return join(this.folder, 'broker.log');
  }
}

function settingsOf({ id, port, controllerPort }: NodeAddress, nodes: readonly NodeAddress[], dataFolder: string): string {
  const replicas = nodes.length;
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': nodes.map((node) => `${node.id}@127.0.0.1:${node.controllerPort}`).join(','),
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': dataFolder,

    'auto.create.topics.enable': false,
    'default.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': 1,

    // Tests give records timestamps of years ago; with the default retention they would be deleted within minutes.
    'log.retention.ms': -1,
    'log.retention.bytes': -1,
    // Tests of retention and compaction set these up for one topic, and want to see the effect within seconds.
    'log.initial.task.delay.ms': 500,
    'log.retention.check.interval.ms': 500,
    'log.cleaner.backoff.ms': 500,
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,

    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 500,
    'broker.session.timeout.ms': 6000,
    'broker.heartbeat.interval.ms': 500,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
