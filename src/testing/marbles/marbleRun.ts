import type { SchedulerLike, Subscription } from 'rxjs';
import type { StreamRecord } from '../../records';
import { FreeWindows } from '../../run/freeWindows';
import type { Origin } from '../../run/holds';
import { assignsTime } from '../../run/assignsTime';
import { keyInTwoPartitions } from '../../run/keyInTwoPartitions';
import { PartitionEpoch } from '../../run/partitionEpoch';
import { type Cadence, type Participant, type RunHandle, windowsMerge } from '../../run/scope';
import { shareOf, type ShareRoot } from '../../run/share';
import type { Stage } from '../../run/stage';
import { assignedBy, TimestampRules } from '../../run/timestampRules';
import { Task, type TaskEvents, type TaskOptions } from '../../run/task';
import { windowsInOrder } from '../../run/windowsInOrder';
import { TracedTable } from './tracedTable';

/** Where the run of a diagram tells what becomes of its records. */
export interface MarbleRunTarget {
  /** Every window that can close has closed; nothing more comes. */
  complete(): void;
  error(error: unknown): void;
  released(marble: string): void;
  /** The committed offset of each partition, in order; each time that one has moved. */
  committed(offsets: readonly number[]): void;
}

/** What the run of a diagram is told once. */
export interface MarbleRunOptions {
  readonly partitions: readonly { readonly topic: string; readonly partition: number }[];
  /** Whether every diagram ends: a bounded read, in which the clock closes no window. */
  readonly bounded: boolean;
  /** ms */
  readonly outOfOrderness: number;
  /** ms */
  readonly idleAfter: number;
  readonly scheduler: SchedulerLike;
}

/** The defaults of `fromTopic`, and of a run that nobody told how often to commit. */
const maxResults = 1_024;
const defaultCadence: Cadence = { every: 5_000, count: Infinity };
/** Some that fit into the metadata of a commit. */
const maxSteps = 80;

/**
 * A run without a Kafka: windows, shares and offsets as in `Run`, by the same parts, but everything happens at once, in the frame that it is asked for.
 *
 * So it needs no promises, and works in RxJS' TestScheduler. It sets a timer only for what is to come: an interval would never let a diagram end.
 */
export class MarbleRun implements RunHandle {
  readonly epochs: readonly PartitionEpoch[];
  readonly #tasks: readonly Task[];
  readonly #free: FreeWindows;
  readonly #windows: boolean;
  readonly #cadence: Cadence;
  readonly #begin: number;
  /** Delivered records that are not released, by their share's root. */
  readonly #watched = new Map<ShareRoot & Origin, string>();
  readonly #timers = new Set<Subscription>();
  readonly #quietSince: number[];
  #waiting: (() => void)[] = [];
  #committed: number[];
  #state: 'delivering' | 'atEnd' | 'finishing' | 'closed' = 'delivering';
  #delivering: PartitionEpoch | undefined;
  #folding = 0;
  /** The record, or the window of a result, that is being folded. */
  #folded: (ShareRoot & Origin) | undefined;
  #looking = false;
  #releases = 0;
  #commitSet = false;
  #lastDelivery: number;

  constructor(
    private readonly options: MarbleRunOptions,
    private readonly target: MarbleRunTarget,
    /** The operators between the source and its subscriber, downstream ones first. */
    participants: readonly Participant[],
  ) {
    const { partitions, outOfOrderness, scheduler } = options;
    const upstreamFirst = [...participants].reverse();
    const stages = upstreamFirst.flatMap(({ stage }) => stage ?? []);
    windowsInOrder(upstreamFirst);
    const merged = windowsMerge(upstreamFirst);
    const rules = new TimestampRules(scheduler, { maxAhead: undefined, onBadTimestamp: 'fail' }, () => undefined);
    const assigned = assignsTime(upstreamFirst) ? assignedBy(rules, () => undefined) : undefined;
    this.#windows = stages.length > 0;
    this.#cadence = participants.find(({ cadence }) => cadence)?.cadence ?? defaultCadence;
    this.#begin = this.#lastDelivery = scheduler.now();
    this.#committed = partitions.map(() => 0);
    this.#quietSince = partitions.map(() => this.#begin);
    const nothing = { offset: 0, watermark: -Infinity, steps: [], ackedThrough: 0 };
    this.epochs = partitions.map(
      ({ topic, partition }, index) =>
        new PartitionEpoch(
          topic,
          partition,
          merged ? index : 0,
          nothing,
          outOfOrderness,
          false,
          (epoch) => this.#released(epoch),
          assigned,
        ),
    );
    const groups = merged ? [this.epochs] : this.epochs.map((epoch) => [epoch]);
    const tableOf: TaskOptions['tableOf'] = (definition, tableOptions) =>
      new TracedTable(
        (traced) => definition.table(traced),
        tableOptions,
        () => this.#folded,
      );
    const settings = { maxResults, maxSteps, writeAhead: false, autoRelease: false, out: -Infinity, tableOf };
    const events: TaskEvents = {
      commitWanted: () => undefined,
      moved: () => this.#look(),
      missed: () => undefined,
      closing: (task, stage, window) => {
        const error = keyInTwoPartitions(window, stage, task, this.#tasks);
        if (error) this.target.error(error);
      },
      changed: (stage, every) => this.#timer(every, () => stage.update()),
    };
    this.#tasks = groups.map((group) => new Task(group, stages, settings, events));
    this.#free = new FreeWindows(this.epochs, {
      clock: scheduler,
      maxResults,
      autoRelease: false,
      tableOf,
      moved: () => this.#look(),
      changed: (stage, every) => this.#timer(every, () => stage.update()),
    });
    for (const task of this.#tasks) for (const stage of task.stages) this.#watch(stage);
    const stageOf = this.#free.stageOf.bind(this.#free);
    this.#free.stageOf = (definition) => {
      const known = this.#free.all.length;
      const stage = stageOf(definition);
      if (this.#free.all.length > known) this.#watch(stage);
      return stage;
    };
    for (const participant of participants) participant.attach?.(this);
    for (const epoch of this.epochs) this.#awaitSilence(epoch);
  }

  /** Gives the next record of this epoch to the pipeline. */
  deliver<R extends StreamRecord>(marble: string, epoch: PartitionEpoch, make: () => R, give: (record: R) => void): void {
    if (this.#state !== 'delivering') return;
    const record = make();
    this.#watched.set(shareOf(record, 'records').root as ShareRoot & Origin, marble);
    this.#lastDelivery = this.options.scheduler.now();
    this.#delivering = epoch;
    give(record);
    this.#delivering = undefined;
    this.#taskOf(epoch)?.advanced(epoch);
    this.#awaitSilence(epoch);
    this.#look();
  }

  /** The diagrams have ended: what is open closes, as soon as everything has arrived there. */
  end(): void {
    if (this.#state === 'delivering') this.#state = 'atEnd';
    this.#look();
  }

  /** Nobody listens any more: what was acked is committed, and nothing else. */
  abandon(): void {
    if (this.#state === 'closed' || this.#state === 'finishing') return;
    this.#close();
  }

  get clock(): SchedulerLike {
    return this.options.scheduler;
  }

  whenFinished(done: () => void): void {
    if (this.#state === 'closed') done();
    else this.#waiting.push(done);
  }

  /** Looks only when a record has been folded as a whole. */
  #watch(stage: Stage): void {
    const fold = stage.fold.bind(stage);
    stage.fold = (share, timestamp, key, value) => {
      let miss: ReturnType<Stage['fold']>;
      const around = this.#folded;
      this.#folded = share.root as ShareRoot & Origin;
      this.#folding++;
      try {
        miss = fold(share, timestamp, key, value);
      } finally {
        this.#folding--;
        this.#folded = around;
      }
      this.#look();
      return miss;
    };
  }

  /** Whether the record is still under way, or in a window that is not released. */
  #pending(root: ShareRoot & Origin): boolean {
    if (root.shares > 0) return true;
    return [...this.#tasks.map(({ stages }) => stages), this.#free.all].some((stages) =>
      stages.some(
        ({ table, closedWindows, spilled }) =>
          table instanceof TracedTable &&
          (table.keeps(root) ||
            spilled.some((part) => table.wasIn(part, root)) ||
            closedWindows.some(({ state, holds }) => state !== 'released' && table.wasIn(holds, root))),
      ),
    );
  }

  #taskOf(epoch: PartitionEpoch): Task | undefined {
    return this.#tasks.find(({ partitions }) => partitions.includes(epoch));
  }

  #released(epoch: PartitionEpoch): void {
    this.#releases++;
    if (this.#delivering !== epoch) {
      this.#taskOf(epoch)?.advanced(epoch);
      this.#awaitSilence(epoch);
    }
    this.#look();
  }

  /** Something has moved: tells what is released by now, sees to the next commit, and takes the next step of the ending. */
  #look(): void {
    if (this.#folding > 0 || this.#looking || this.#state === 'closed') return;
    this.#looking = true;
    for (const [root, marble] of this.#watched) {
      if (this.#pending(root)) continue;
      this.#watched.delete(root);
      this.target.released(marble);
    }
    if (this.#releases >= this.#cadence.count) {
      this.#releases = 0;
      this.#commit();
    } else this.#setCommit();
    this.#looking = false;
    this.#proceed();
  }

  // Commits

  #offsets(): number[] {
    return this.epochs.map((epoch) => this.#taskOf(epoch)?.progress(epoch)?.offset ?? 0);
  }

  /** At the next multiple of the cadence, if there is something to commit. */
  #setCommit(): void {
    if (this.#commitSet || this.#offsets().every((offset, index) => offset === this.#committed[index])) return;
    this.#commitSet = true;
    const { every } = this.#cadence;
    this.#timer(every - ((this.options.scheduler.now() - this.#begin) % every), () => {
      this.#commitSet = false;
      this.#commit();
    });
  }

  #commit(): void {
    const offsets = this.#offsets();
    if (offsets.every((offset, index) => offset === this.#committed[index])) return;
    this.#committed = offsets;
    this.target.committed(offsets);
  }

  // Silence

  /** Where the clock closes windows: finds out, when the time has come, whether the partition has been silent for `idleAfter`. */
  #awaitSilence(epoch: PartitionEpoch): void {
    const { bounded, idleAfter, scheduler } = this.options;
    const index = this.epochs.indexOf(epoch);
    const since = scheduler.now();
    if (bounded || !this.#windows) return;
    this.#quietSince[index] = since;
    this.#timer(idleAfter, () => {
      if (this.#quietSince[index] !== since || epoch.inFlight > 0) return;
      epoch.idle = true;
      const task = this.#taskOf(epoch);
      task?.closeDue();
      if (task) this.#followClock(task);
    });
  }

  /** While all are idle, event time follows the clock from the newest timestamp, as far as there are windows to close. */
  #followClock(task: Task): void {
    if (!task.partitions.every(({ idle }) => idle)) return;
    const newest = Math.max(...task.partitions.map((epoch) => epoch.newest));
    const reached = newest + this.options.scheduler.now() - this.#lastDelivery;
    const due = task.dueBy(reached);
    if (due !== undefined) task.stepAll(due);
    const next = nextDue(task);
    if (next !== Infinity && next > reached) this.#timer(next - reached, () => this.#followClock(task));
  }

  // Ending

  #proceed(): void {
    if (this.#state === 'atEnd') {
      if (this.#windows && this.epochs.some(({ inFlight }) => inFlight > 0)) return;
      for (const task of this.#tasks) if (task.endStep !== undefined) task.stepAll(task.endStep);
      if (this.#tasks.some((task) => task.endStep !== undefined || task.blocked)) return;
      this.#state = 'finishing';
      this.target.complete();
    }
    if (
      this.#state !== 'finishing' ||
      this.epochs.some(({ inFlight }) => inFlight > 0) ||
      this.#tasks.some((task) => !task.settled) ||
      !this.#free.settled ||
      this.#free.awaited
    )
      return;
    this.#close();
  }

  #close(): void {
    this.#commit();
    this.#state = 'closed';
    for (const timer of this.#timers) timer.unsubscribe();
    for (const task of this.#tasks) task.end();
    this.#free.end();
    for (const done of this.#waiting.splice(0)) done();
  }

  #timer(delay: number, work: () => void): void {
    if (this.#state === 'closed') return;
    const timer: Subscription = this.options.scheduler.schedule(() => {
      this.#timers.delete(timer);
      work();
    }, delay);
    this.#timers.add(timer);
  }
}

/** The watermark at which the next window of the task closes. */
function nextDue({ stages }: Task): number {
  let delay = 0;
  let next = Infinity;
  for (const { definition, table } of stages) {
    delay += definition.grace;
    next = Math.min(next, table.firstEnd + delay);
  }
  return next;
}
