import type { SchedulerLike } from 'rxjs';

/** What a dead process waits for. */
export function forever(): Promise<never> {
  return new Promise(() => undefined);
}

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
  readonly #underWay = new Set<Promise<unknown>>();
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
    const answer = new Promise<T>((resolve, reject) => {
      if (this.#killed) return;
      const { latency, scheduler } = this.clock;
      const arrive = () => {
        if (this.#killed) return;
        this.#answer(work).then(
          (value) => this.#killed || resolve(value),
          (error: unknown) => this.#killed || reject(error as Error),
        );
      };
      if (latency > 0) scheduler.schedule(arrive, latency);
      else void Promise.resolve().then(arrive);
    });
    this.#underWay.add(answer);
    const over = () => this.#underWay.delete(answer);
    answer.then(over, over);
    return answer;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.scheduler.schedule(() => {
        if (!this.#killed) resolve();
      }, ms);
    });
  }

  /** Resolves when all that was asked is answered. What is asked afterwards connects again, as with kafkajs. */
  async close(): Promise<void> {
    if (!this.#killed) await Promise.allSettled(this.#underWay);
  }

  kill(): void {
    this.#killed = true;
  }

  /** An error that is thrown at once is an answer too. */
  async #answer<T>(work: () => T | Promise<T>): Promise<T> {
    return work();
  }
}
