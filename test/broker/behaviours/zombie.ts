import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type FakeKafka, type FakeKafkaClient } from 'millrace/testing';

/** A member in a process of its own, that reads one record and commits it when it is told to. */
export interface Zombie {
  /** Resolves when it has read the record. */
  readonly hasRead: Promise<void>;
  /** The returned function thaws it. */
  freeze(): () => void;
  /** What became of the commit: `is stored`, or the type of the error. A frozen process does it when it is thawed. */
  commit(): Promise<string>;
  /** Ends it at once. */
  end(): void;
}

/** What a zombie is to be a member of. */
export interface ZombieOptions {
  readonly groupId: string;
  readonly topic: string;
  /** ms */
  readonly sessionTimeout: number;
}

/** A process of the operating system, which can be stopped. */
export class RealZombie implements Zombie {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly hasRead: Promise<void>;

  constructor(brokers: readonly string[], { groupId, topic, sessionTimeout }: ZombieOptions) {
    const main = fileURLToPath(new URL('./zombieMain.ts', import.meta.url));
    const args = ['--import', 'tsx', main, brokers.join(), groupId, topic, String(sessionTimeout)];
    this.#child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    if (!this.#child.stdout) throw new Error('the process says nothing');
    this.#lines = createInterface(this.#child.stdout);
    this.hasRead = this.#line().then(() => undefined);
  }

  freeze(): () => void {
    this.#child.kill('SIGSTOP');
    return () => void this.#child.kill('SIGCONT');
  }

  commit(): Promise<string> {
    this.#child.stdin?.write('commit\n');
    return this.#line();
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }

  #line(): Promise<string> {
    return new Promise((resolve) => this.#lines.once('line', resolve));
  }
}

/** The same as a client of `FakeKafka`. */
export class FakeZombie implements Zombie {
  readonly hasRead: Promise<void>;
  #commit = (): Promise<string> => Promise.resolve('has read nothing');

  constructor(
    private readonly kafka: FakeKafka,
    private readonly clientId: string,
    { groupId, topic, sessionTimeout }: ZombieOptions,
  ) {
    const client: FakeKafkaClient = kafka.client(clientId);
    const consumer = client.consumer({ groupId, sessionTimeout, heartbeatInterval: 200, maxWaitTimeInMs: 100 });
    this.hasRead = new Promise((hasRead) => {
      const join = async (): Promise<void> => {
        await consumer.connect();
        await consumer.subscribe({ topics: [topic], fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatch: ({ commitOffsetsIfNecessary }) =>
            new Promise((done) => {
              const commit = { topics: [{ topic, partitions: [{ partition: 0, offset: '1' }] }] };
              this.#commit = () => {
                const outcome = commitOffsetsIfNecessary(commit).then(
                  () => 'is stored',
                  (error: unknown) => (error as { type?: string }).type ?? String(error),
                );
                return outcome.finally(done);
              };
              hasRead();
            }),
        });
      };
      void join();
    });
  }

  freeze(): () => void {
    return this.kafka.freeze(this.clientId);
  }

  commit(): Promise<string> {
    return this.#commit();
  }

  end(): void {
    this.kafka.kill(this.clientId);
  }
}
