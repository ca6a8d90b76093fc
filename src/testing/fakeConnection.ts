import type { SchedulerLike } from 'rxjs';
import type { FakeRequest } from './fakeFaults';
import { FakeProcess } from './fakeProcess';

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
 * What stands between one client and the brokers: every request and every pause of the client goes through it.
 *
 * So it is here that a client dies with its process: once killed, nothing that it waits for ever comes, as in a process that is gone. (Its promises stay
 * pending; nobody is left to hear of them.)
 */
export class FakeConnection {
  /** What the client is called beside its process' name: a member id, a transactional id. */
  readonly names = new Set<string>();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly clock: FakeClock,
    readonly process: FakeProcess = new FakeProcess(),
  ) {}

  get killed(): boolean {
    return this.process.killed;
  }

  now(): number {
    return this.clock.scheduler.now();
  }

  /** Asks the broker `nodeId`. Without latency the answer comes with the microtasks. */
  request<T>(kind: FakeRequest, nodeId: number, work: () => T | Promise<T>): Promise<T> {
    const answer = new Promise<T>((resolve) => {
      const { latency, scheduler } = this.clock;
      const arrive = () => {
        if (this.killed) return;
        const answered = this.#answer(work);
        const tell = () => this.process.notice(() => resolve(answered));
        answered.then(tell, tell);
      };
      this.process.notice(() => {
        if (latency > 0) scheduler.schedule(arrive, latency);
        else void Promise.resolve().then(arrive);
      });
    });
    this.#underWay.add(answer);
    const over = () => this.#underWay.delete(answer);
    answer.then(over, over);
    return answer;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.scheduler.schedule(() => this.process.notice(resolve), ms);
    });
  }

  /** Resolves when all that was asked is answered. What is asked afterwards connects again, as with kafkajs. */
  async close(): Promise<void> {
    if (!this.killed) await Promise.allSettled(this.#underWay);
  }

  /** An error that is thrown at once is an answer too. */
  async #answer<T>(work: () => T | Promise<T>): Promise<T> {
    return work();
  }
}
