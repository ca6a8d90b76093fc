import type { SchedulerLike } from 'rxjs';
import { FakeKafkaError } from './fakeErrors';

/** How long things take, and on which clock. */
export interface FakeClock {
  readonly scheduler: SchedulerLike;
  /** How long a request takes, ms. */
  readonly latency: number;
}

/**
 * What stands between one client and the broker: every request and every pause of the client goes through it.
 *
 * So it is here that a client dies: once killed, nothing that it waits for ever comes, as in a process that is gone. (Its promises stay pending; nobody is
 * left to hear of them.)
 */
export class FakeConnection {
  readonly #underWay = new Set<(reason: Error) => void>();
  #killed = false;

  constructor(private readonly clock: FakeClock) {}

  get killed(): boolean {
    return this.#killed;
  }

  now(): number {
    return this.clock.scheduler.now();
  }

  /** Asks the broker. Without latency the answer comes with the microtasks. */
  request<T>(work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { latency, scheduler } = this.clock;
      const fail = (reason: Error) => {
        if (this.#underWay.delete(fail)) reject(reason);
      };
      const arrive = async () => {
        if (!this.#underWay.has(fail)) return;
        try {
          const answer = await work();
          // A client that was killed meanwhile waits for nothing any more.
          if (this.#underWay.delete(fail)) resolve(answer);
        } catch (error) {
          fail(error as Error);
        }
      };
      if (this.#killed) return;
      this.#underWay.add(fail);
      if (latency > 0) scheduler.schedule(() => void arrive(), latency);
      else void Promise.resolve().then(arrive);
    });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.scheduler.schedule(() => {
        if (!this.#killed) resolve();
      }, ms);
    });
  }

  /** Resolves at once, unless the client is dead: then never. */
  alive(): Promise<void> {
    return this.#killed ? new Promise<never>(() => undefined) : Promise.resolve();
  }

  /** Gives up what is under way. What is asked afterwards connects again, as with kafkajs. */
  close(): void {
    for (const fail of this.#underWay) fail(new FakeKafkaError('KafkaJSConnectionClosedError', 'Closed connection', true));
  }

  kill(): void {
    this.#killed = true;
    this.#underWay.clear();
  }
}
