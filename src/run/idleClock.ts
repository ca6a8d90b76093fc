import { interval, type SchedulerLike, type Subscription } from 'rxjs';
import type { Lane } from './lane';
import type { Task } from './task';

/** What the clock needs of the run. */
export interface IdleHost {
  readonly lanes: readonly Lane[];
  readonly tasks: readonly Task[];
  /** The offset after the last record of each partition of the topic, as the broker has it now. */
  ends(topic: string): Promise<readonly { readonly partition: number; readonly end: number }[]>;
  /** A partition has gone quiet: others need no longer wait for it. */
  wentIdle(): void;
}

/**
 * Finds partitions that have gone quiet, so that windows close without them (L6).
 *
 * Silence alone proves nothing: the partition may be behind, paused by us, or out of reach. Idle is one that has been silent for `idleAfter` while it
 * waited for nothing of ours, and whose position was still its end when the broker was asked after that. When every partition of a task is idle, event
 * time follows the wall clock from the newest timestamp, as far as there are windows to close.
 */
export class IdleClock {
  #timer: Subscription | undefined;
  #asking = false;

  constructor(
    private readonly host: IdleHost,
    private readonly idleAfter: number,
    /** In a bounded read the clock forces nothing: its end closes what is open. */
    private readonly bounded: boolean,
    private readonly scheduler: SchedulerLike,
  ) {}

  start(): void {
    this.#timer ??= interval(Math.min(500, Math.max(10, this.idleAfter / 20)), this.scheduler).subscribe(() => this.#tick());
  }

  stop(): void {
    this.#timer?.unsubscribe();
    this.#timer = undefined;
  }

  #tick(): void {
    const now = this.scheduler.now();
    for (const lane of this.host.lanes) if (waitsForUs(lane)) lane.quietSince = now;
    const quiet = this.host.lanes.filter((lane) => !lane.epoch.idle && now - lane.quietSince >= this.idleAfter);
    if (quiet.length > 0 && !this.#asking) void this.#ask(quiet);
    for (const task of this.host.tasks) {
      if (this.bounded || !task.partitions.every((epoch) => epoch.idle)) continue;
      const lanes = this.host.lanes.filter((lane) => lane.task === task);
      const newest = Math.max(...task.partitions.map((epoch) => epoch.newest));
      const lastDelivery = Math.max(...lanes.map((lane) => lane.deliveredAt));
      const due = task.dueBy(newest + (now - lastDelivery));
      if (due !== undefined) task.stepAll(due);
    }
  }

  async #ask(quiet: readonly Lane[]): Promise<void> {
    this.#asking = true;
    try {
      for (const topic of new Set(quiet.map((lane) => lane.epoch.topic))) {
        const asked = quiet.filter((lane) => lane.epoch.topic === topic);
        const since = asked.map((lane) => lane.quietSince);
        const ends = await this.host.ends(topic);
        asked.forEach((lane, index) => {
          const end = ends.find(({ partition }) => partition === lane.epoch.partition)?.end ?? Infinity;
          if (lane.epoch.ended || waitsForUs(lane) || lane.quietSince !== since[index] || lane.epoch.position < end) return;
          lane.epoch.idle = true;
          lane.task.closeDue();
          this.host.wentIdle();
        });
      }
    } catch {
      // A broker that cannot be asked says nothing about its partitions: they are not idle, and the next tick asks again.
    } finally {
      this.#asking = false;
    }
  }
}

/** Whether the partition's silence is ours: something of it is waiting to be delivered, arrive, be committed or be taken. */
function waitsForUs({ epoch, task, waiting }: Lane): boolean {
  return waiting > 0 || epoch.inFlight > 0 || epoch.gate !== null || epoch.joinsAfter !== null || task.blocked;
}
