import { interval, Subscription, timer } from 'rxjs';
import { isStreamError, type StreamError } from '../errors';
import type { KafkaAssignerFactory, KafkaMessage } from '../kafka/client';
import { GroupReader, type TopicPartition } from '../kafka/groupReader';
import { oneOwner, type Claim } from '../kafka/oneOwner';
import type { Clock } from '../time/clock';
import { assignsTime } from './assignsTime';
import { Committer } from './committer';
import type { FreeWindows } from './freeWindows';
import { IdleClock } from './idleClock';
import { keyInTwoPartitions } from './keyInTwoPartitions';
import { Lane } from './lane';
import type { AssignedTime, PartitionEpoch } from './partitionEpoch';
import { endsOf, foundOf, nameOf, standingOf } from './placement';
import { Pump } from './pump';
import { ReplayLimit } from './replayLimit';
import { fingerprintOf, restoreTasks } from './restore';
import * as runErrors from './runErrors';
import type { RunOptions, RunTarget } from './runOptions';
import { newestAllowed } from './skew';
import { type Participant, type RunHandle, windowsMerge } from './scope';
import type { Missed } from './tables/windowTable';
import type { Task } from './task';
import { assignedBy, TimestampRules } from './timestampRules';
import type { WindowedStage } from './windowedStage';
import { windowsInOrder } from './windowsInOrder';

/** How a run stands: it delivers, lets windows close at the end of a bounded read, drains, waits for what is still out, or is over. */
type State = 'delivering' | 'ending' | 'draining' | 'finishing' | 'closed';

const defaultCadence = { every: 5_000, count: Infinity };
const bestEffort = 5_000;
const othersAskedEvery = 500;

/**
 * One subscription of a source: the consumer, the tracker of what is released, and the committer, and how they begin and end.
 *
 * It outlives its Observable: when a bounded read completes, the last commit is still to be made. docs/design/run.md has the states and the order of things.
 */
export class Run implements RunHandle {
  readonly #finished: Promise<void>;
  /** Settles when the group is left: only then may another run of the same source begin. */
  readonly left: Promise<void>;
  lanes: readonly Lane[] = [];
  tasks: readonly Task[] = [];
  /** Records that do not count in windows that they might have counted in, by the reason. */
  readonly missed: Record<Missed | 'bad timestamp', number> = { late: 0, 'late in some windows': 0, 'in no window': 0, 'bad timestamp': 0 };
  /** Which timestamps of records event time may follow. */
  readonly timestamps: TimestampRules;
  readonly owner = randomId();
  readonly fingerprint: string;
  readonly maxInFlight: number;
  readonly maxInFlightBytes: number;
  readonly #stages: readonly WindowedStage[];
  readonly #merged: boolean;
  readonly #time: AssignedTime | undefined;
  readonly #reader: GroupReader;
  readonly #pump: Pump;
  readonly #committer: Committer;
  readonly #replayLimit: ReplayLimit;
  readonly #idleClock: IdleClock;
  readonly #claim: Claim = { owns: false };
  /** Ends with the run, whatever it is waiting for. */
  readonly #timers = new Subscription();
  /** Windows of this assignment that no watermark closes. */
  #free: FreeWindows | undefined;
  #founders: ReadonlyMap<string, number> = new Map();
  #topics: readonly string[] = [];
  #until = new Map<string, number>();
  #epoch = 0;
  /** The last epoch whose partitions have been rebuilt. */
  #rebuilt = -1;
  /** In this epoch the partitions of other members were found to be at their end. */
  #othersAreDone = false;
  #asking = false;
  #state: State = 'delivering';
  #delivering: PartitionEpoch | undefined;
  #progress = 0;
  #releasedSinceCommit = 0;
  #settle: { resolve: () => void; reject: (error: unknown) => void } = { resolve: () => undefined, reject: () => undefined };
  #leftNow: () => void = () => undefined;

  constructor(
    private readonly options: RunOptions,
    private readonly target: RunTarget,
    /** The operators between the source and its subscriber, downstream ones first. */
    private readonly participants: readonly Participant[],
  ) {
    const { kafka, groupId, scheduler, consumer } = options;
    this.maxInFlight = options.maxInFlight;
    this.maxInFlightBytes = options.maxInFlightBytes;
    this.timestamps = new TimestampRules(scheduler, options, ({ ackedBefore }, offset) => {
      if (offset >= ackedBefore) this.missed['bad timestamp']++; // others were counted in an earlier life
    });
    const upstreamFirst = [...participants].reverse();
    this.#stages = upstreamFirst.flatMap(({ stage }) => stage ?? []);
    windowsInOrder(upstreamFirst);
    this.#merged = windowsMerge(upstreamFirst);
    if (assignsTime(upstreamFirst))
      this.#time = assignedBy(this.timestamps, (epoch) => {
        if (this.#delivering !== epoch && options.maxSkew < Infinity) this.#pump.wake(); // others may have waited for it
      });
    this.fingerprint = fingerprintOf(this.#stages, this.#merged, options.outOfOrderness, this.#time !== undefined);
    this.#finished = new Promise<void>((resolve, reject) => (this.#settle = { resolve, reject }));
    this.left = new Promise<void>((resolve) => (this.#leftNow = resolve));
    this.#finished.catch(() => undefined); // nobody may be waiting: the error channel has it too
    const assigner: KafkaAssignerFactory['create'] | undefined = this.#merged && groupId !== undefined ? oneOwner(this.#claim) : undefined;
    this.#reader = new GroupReader(
      kafka,
      // kafkajs reads only as a member of a group; one of its own, never committed to, is as good as none.
      { groupId: groupId ?? `millrace-${this.owner}${randomId()}`, assigner, consumer },
      {
        assigned: (partitions) => this.#assigned(partitions),
        fetched: (partition, messages, from, next) => this.#fetched(partition, messages, from, next),
        crashed: (error) => this.#crashed(error),
      },
    );
    this.#replayLimit = new ReplayLimit({ groupId, maxReplay: options.maxReplay, retentionOf: (topic) => this.#reader.retention(topic) });
    this.#pump = new Pump(this, scheduler);
    this.#committer = new Committer(this, scheduler);
    this.#idleClock = new IdleClock(this, options.idleAfter, options.until !== undefined, scheduler);
    for (const participant of participants) participant.attach?.(this);
  }

  get clock(): Clock {
    return this.options.scheduler;
  }

  // Beginning

  /** Begins when the runs before it have left the group. */
  async start(former: readonly Promise<void>[]): Promise<void> {
    try {
      this.#check();
      await Promise.allSettled(former);
      if (this.#state === 'closed') return;
      this.#topics = await this.#reader.topics(this.options.topics);
      this.#until = await endsOf(this.options.until, this.#topics, this.#reader);
      if (this.#over) return;
      this.#keepTime();
      await this.#reader.start(this.#topics);
    } catch (error) {
      this.fail(error);
    }
  }

  #check(): void {
    const acking = this.participants.filter(({ cadence }) => cadence);
    if (acking.length > 1) throw runErrors.commitsTwice();
    if (acking.length > 0 && this.options.groupId === undefined) throw runErrors.commitsForNobody();
  }

  #keepTime(): void {
    const { scheduler, stallAfter } = this.options;
    const { every } = this.#cadence;
    if (this.options.groupId !== undefined) this.#timers.add(interval(every, scheduler).subscribe(() => this.#committer.commit()));
    let seen = -1;
    let since = scheduler.now();
    this.#timers.add(
      interval(Math.max(1, stallAfter / 8), scheduler).subscribe(() => {
        const now = scheduler.now();
        if (this.#progress !== seen || !this.#stuck) [seen, since] = [this.#progress, now];
        else if (now - since >= stallAfter) this.fail(this.#stalled);
      }),
    );
    if (this.#stages.length > 0 || this.options.maxSkew < Infinity) this.#idleClock.start();
  }

  /** Unless the run is over by then. */
  #after(delay: number, clock: Clock, work: () => void): void {
    const timer = new Subscription();
    const due = clock.schedule(() => {
      timer.unsubscribe();
      work();
    }, delay);
    timer.add(() => due.unsubscribe());
    this.#timers.add(timer);
  }

  get #cadence(): { readonly every: number; readonly count: number } {
    return this.participants.find(({ cadence }) => cadence)?.cadence ?? defaultCadence;
  }

  // Assignment

  /** GROUP_JOIN: every former epoch has ended, and every partition is rebuilt from its commit. */
  #assigned(partitions: readonly TopicPartition[]): void {
    this.#endEpoch();
    if (this.#over) return; // the last commit is under way, or made: it notices that the epoch is over
    if (this.#state === 'finishing') {
      this.fail(runErrors.rebalancedUnacked(this.options.groupId));
      return;
    }
    this.tasks = [];
    this.lanes = [];
    this.#claim.owns = false;
    if (this.#state === 'ending') this.#state = 'delivering';
    if (this.#state === 'draining') {
      this.#proceed();
      return;
    }
    this.#committer.reset();
    this.#othersAreDone = false;
    const epoch = ++this.#epoch;
    this.#reader.pause(partitions);
    void this.#restore(partitions, epoch);
  }

  #endEpoch(): void {
    for (const task of this.tasks) task.end();
    this.#free?.end();
  }

  async #restore(assigned: readonly TopicPartition[], epoch: number, attempt = 0): Promise<void> {
    const over = () => epoch !== this.#epoch || this.#over;
    try {
      if (this.#merged && (await this.#standsBy(assigned, over))) return;
      const found = await foundOf(assigned, this.options, this.#topics, this.#reader);
      if (over()) return;
      const { tasks, founders, free } = restoreTasks(found, {
        clock: this.options.scheduler,
        groupId: this.options.groupId,
        stages: this.#stages,
        merged: this.#merged,
        fingerprint: this.fingerprint,
        onChange: this.options.onChange,
        outOfOrderness: this.options.outOfOrderness,
        assigned: this.#time,
        maxResults: this.maxInFlight,
        onReleased: (released) => this.#released(released),
        events: {
          commitWanted: () => this.#committer.commit(),
          moved: () => this.#moved(),
          missed: ({ epoch: { topic, partition }, offset }, how, isNews) => {
            if (!isNews) return;
            this.missed[how]++;
            if (how === 'late') for (const participant of this.participants) participant.late?.({ topic, partition, offset });
          },
          closing: (task, stage, window) => {
            const error = keyInTwoPartitions(window, stage, task, this.tasks);
            if (error) this.fail(error);
          },
          changed: (stage, every) => this.#after(every, stage.definition.clock ?? this.clock, () => stage.update()),
        },
      });
      this.#founders = founders;
      this.#free = free;
      this.tasks = tasks;
      this.lanes = tasks.flatMap((task) =>
        task.partitions.map(
          (partition) =>
            new Lane(task, partition, this.#until.get(nameOf(partition)) ?? Infinity, this.maxInFlight, this.options.scheduler.now()),
        ),
      );
      for (const { epoch: place } of this.lanes) this.#reader.seek(place, place.position);
      this.#reader.resume(assigned);
      this.#claim.owns = this.#merged;
      this.#rebuilt = epoch;
      if (tasks.some((task) => task.partitions.some(({ gate }) => gate))) this.#committer.commit();
      this.#pump.wake();
    } catch (error) {
      if (over()) return;
      if (isStreamError(error) || attempt >= 5) this.fail(error);
      else
        this.#timers.add(
          timer(200 * 2 ** attempt, this.options.scheduler).subscribe(() => void (over() || this.#restore(assigned, epoch, attempt + 1))),
        );
    }
  }

  /** Whether other members own partitions, or own all. Windows that merge over partitions must see every one of them. */
  async #standsBy(assigned: readonly TopicPartition[], over: () => boolean): Promise<boolean> {
    const all = await this.#reader.partitions(this.#topics);
    if (over() || assigned.length === all.length) return over();
    if (assigned.length === 0) return true;
    const { sessionTimeout = 30_000, rebalanceTimeout = 60_000 } = this.options.consumer;
    const patience = sessionTimeout + rebalanceTimeout;
    const waiting = timer(patience, this.options.scheduler).subscribe(() => {
      if (!over()) this.fail(runErrors.partitionsMissing(assigned.length, all.length, patience, this.options.groupId));
    });
    this.#timers.add(waiting);
    return true;
  }

  #fetched({ topic, partition }: TopicPartition, messages: readonly KafkaMessage[], from: number, next: number): void {
    const lane = this.lanes.find(({ epoch }) => epoch.topic === topic && epoch.partition === partition);
    if (!lane || lane.epoch.ended || this.#state !== 'delivering') return;
    if (from > lane.through) {
      void this.#goBack(lane);
      return;
    }
    const fresh = Number(messages[0]?.offset) >= lane.through ? messages : messages.filter(({ offset }) => Number(offset) >= lane.through);
    lane.push(fresh, next);
    if (fresh.length > 0) {
      lane.epoch.idle = false;
      lane.quietSince = this.options.scheduler.now();
    }
    if (!lane.paused && (lane.waiting > lane.mark || lane.through >= lane.until)) {
      lane.paused = true;
      this.#reader.pause([{ topic, partition }]);
    }
    this.#pump.wake();
  }

  /**
   * A batch came from beyond where we are: it was fetched for a place that is no longer ours, or kafkajs found our offset deleted and jumped ahead, which
   * it does without a word. The first is read again; the second has lost records.
   */
  async #goBack({ epoch: { topic, partition }, epoch, through }: Lane): Promise<void> {
    try {
      const low = (await this.#reader.bounds(topic)).find((bound) => bound.partition === partition)?.low ?? 0;
      if (epoch.ended || this.#over) return;
      if (low <= through) this.#reader.seek({ topic, partition }, through);
      else this.fail(runErrors.recordsDeleted({ topic, partition, offset: through }, low, this.options.groupId));
    } catch (error) {
      if (!epoch.ended) this.fail(error);
    }
  }

  #crashed(error: unknown): void {
    const { type } = error as { type?: unknown };
    this.fail(this.#merged && type === 'INCONSISTENT_GROUP_PROTOCOL' ? runErrors.groupSharesOut(this.options.groupId, error) : error);
  }

  // Delivery (what the pump needs)

  get pumping(): boolean {
    return this.#state === 'delivering';
  }

  deliver(lane: Lane, message: KafkaMessage, offset: number): void {
    this.#delivering = lane.epoch;
    this.#progress++;
    lane.deliveredAt = this.options.scheduler.now();
    this.target.next(message, lane.epoch, offset);
    this.#delivering = undefined;
    lane.task.advanced(lane.epoch);
    // The pipeline may have ended the reading from within the record, and released the record before it returned.
    if (this.#state !== 'delivering') this.#proceed();
  }

  newestAllowed(lane: Lane): number {
    return newestAllowed(lane, this.lanes, this.options.maxSkew);
  }

  drained(lane: Lane): void {
    if (lane.through >= lane.until) return;
    lane.paused = false;
    this.#reader.resume([lane.epoch]);
  }

  sliced(progress: boolean): void {
    for (const task of this.tasks) task.letJoin();
    if (!progress && this.#until.size > 0 && this.#rebuilt === this.#epoch && this.lanes.every(({ atEnd }) => atEnd)) this.#end();
  }

  /** A record was released. */
  #released(epoch: PartitionEpoch): void {
    this.#progress++;
    if (++this.#releasedSinceCommit >= this.#cadence.count) {
      this.#releasedSinceCommit = 0;
      this.#committer.commit();
    }
    if (this.#delivering === epoch) return; // within the record's own delivery: the pump looks when it returns
    this.lanes.find((lane) => lane.epoch === epoch)?.task.advanced(epoch);
    this.#moved();
  }

  #moved(): void {
    this.#progress++;
    if (this.#state === 'delivering') this.#pump.wake();
    else this.#proceed();
  }

  // Endings

  /** A bounded read has delivered everything: one step closes what is open, then the pipeline completes. */
  #end(): void {
    if (this.#state !== 'delivering') return;
    if (this.#stages.length > 0 && this.lanes.some(({ epoch }) => epoch.inFlight > 0)) return;
    const own = new Set(this.lanes.map(({ epoch }) => nameOf(epoch)));
    const others = [...this.#until].filter(([name]) => !own.has(name));
    if (others.length > 0 && !this.#othersAreDone) {
      void this.#askAfter(others);
      return;
    }
    this.#state = 'ending';
    this.#proceed();
  }

  /**
   * Finds out whether the partitions that other members own are at their end too, as their commits tell.
   *
   * A member that is leaving may still be given partitions once more, and take them with it for a moment. Were this run to complete with its own part then,
   * nobody would read the rest. So it waits, and gets them when the member is gone.
   */
  async #askAfter(others: readonly (readonly [name: string, end: number])[]): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const epoch = this.#epoch;
    try {
      const standing = await standingOf(this.options.from, this.#topics, this.#reader);
      this.#othersAreDone = epoch === this.#epoch && others.every(([name, end]) => (standing.get(name) ?? 0) >= end);
    } catch {
      // A broker that cannot be asked is asked again.
    }
    const lookAgain = (): void => {
      this.#asking = false;
      this.#pump.wake();
    };
    this.#timers.add(timer(this.#othersAreDone ? 0 : othersAskedEvery, this.options.scheduler).subscribe(lookAgain));
  }

  /** Reading ends: what is in flight is acked and committed, then the pipeline completes. Open windows stay held for the next run. */
  stop(): void {
    if (this.#state !== 'delivering') return;
    this.#state = 'draining';
    for (const lane of this.lanes) lane.clear();
    this.#reader.pause(this.lanes.map(({ epoch }) => epoch));
    const { drainTimeout, groupId } = this.options;
    this.#timers.add(
      timer(drainTimeout, this.options.scheduler).subscribe(() => {
        const epochs = this.lanes.map(({ epoch }) => epoch);
        this.fail(runErrors.drainTooLong(epochs, drainTimeout, groupId));
      }),
    );
    this.#proceed();
  }

  /** Takes the next step of an ending, if what it waits for has come. */
  #proceed(): void {
    if (this.#state === 'ending' && this.options.atEnd === 'close') {
      const open = this.tasks.filter((task) => task.endStep !== undefined);
      for (const task of open) task.stepAll(task.endStep ?? -Infinity);
      const stuck = open.map((task) => task.stuckBefore).find((epoch) => epoch);
      if (stuck) return this.fail(runErrors.endHasNoRoom(stuck, this.options.groupId));
      if (this.tasks.some((task) => task.endStep !== undefined || task.blocked)) return;
    }
    if (this.#state === 'ending') {
      this.#state = 'finishing';
      if (this.options.atEnd === 'hold') this.#free?.hold();
      this.target.complete();
    }
    if (this.#state !== 'draining' && this.#state !== 'finishing') return;
    if (!this.#settled) return;
    void this.#finish(this.#state);
  }

  /** Whether nothing is under way any more; at the end of a bounded read, also nothing that an operator holds until its source completes. */
  get #settled(): boolean {
    if (this.lanes.some(({ epoch }) => epoch.inFlight > 0) || this.tasks.some((task) => !task.settled)) return false;
    const free = this.#free;
    return !free || (free.settled && (this.#state !== 'finishing' || !free.awaited));
  }

  async #finish(from: State): Promise<void> {
    this.#state = 'closed';
    const { groupId } = this.options;
    const stored = groupId === undefined || ((await this.#committer.flush(6)) && !this.tasks.some(({ ended }) => ended));
    const error = stored ? undefined : runErrors.lastCommitFailed(groupId);
    await this.#leave();
    if (error) this.#settle.reject(error);
    else this.#settle.resolve();
    if (from !== 'draining') return;
    if (error) this.target.error(error);
    else this.target.complete();
  }

  /** Unsubscribed, or failed further down: commits what was acked, as far as that goes in a few seconds, and nothing else. */
  abandon(): void {
    if (this.#state !== 'closed' && this.#state !== 'finishing') void this.#giveUp();
  }

  async #giveUp(): Promise<void> {
    this.#state = 'closed';
    if (this.options.groupId !== undefined) {
      await new Promise<void>((resolve) => {
        const enough = timer(bestEffort, this.options.scheduler).subscribe(() => resolve());
        void this.#committer.flush(1).finally(() => {
          enough.unsubscribe();
          resolve();
        });
      });
    }
    await this.#leave();
    this.#settle.resolve();
  }

  async #leave(): Promise<void> {
    this.#endEpoch();
    this.#timers.unsubscribe();
    this.#idleClock.stop();
    this.#committer.reset();
    await this.#reader.close();
    this.#leftNow();
  }

  fail(error: unknown): void {
    if (this.#over) return;
    const named = isStreamError(error)
      ? error
      : this.#reader.error(error, `read ${this.#topics.join(', ') || String(this.options.topics)}`);
    this.#settle.reject(named);
    // Once the Observable has completed, only an operator that waits in `whenFinished` can still tell the subscriber.
    if (this.#state !== 'finishing') this.target.error(named);
    // Told of the error, the subscriber has unsubscribed, and the run is abandoned already; except at the end, when nobody is subscribed any more.
    if (this.#state !== 'closed') void this.#giveUp();
  }

  get #over(): boolean {
    return this.#state === 'closed';
  }

  // Stalls

  /** Whether nothing can move until something is released that is not ours to wait for. */
  get #stuck(): boolean {
    if (this.#committer.busy || this.participants.some(({ busy }) => busy?.())) return false;
    if (this.#state !== 'delivering') return !this.#settled;
    return this.lanes.some(
      ({ epoch, task }) => epoch.inFlight >= this.maxInFlight || epoch.bytesInFlight >= this.maxInFlightBytes || task.blocked,
    );
  }

  get #stalled(): StreamError {
    const epochs = this.lanes.map(({ epoch }) => epoch);
    const result = this.tasks.map(({ untakenResult }) => untakenResult).find((where) => where !== undefined);
    return runErrors.stalled(epochs, this.options.stallAfter, this.options.groupId, result);
  }

  // What operators, the committer and the clock need

  whenFinished(done: () => void, failed: (error: unknown) => void): void {
    this.#finished.then(done, failed);
  }

  foundersOf(topic: string): number {
    return this.#founders.get(topic) ?? 0;
  }

  send(offsets: Parameters<GroupReader['commit']>[0]): Promise<boolean> {
    return this.#reader.commit(offsets);
  }

  judge({ task, epoch }: Lane, offset: number): StreamError | undefined {
    return this.#state === 'delivering' ? this.#replayLimit.judge(task, epoch, offset, this.options.scheduler.now()) : undefined;
  }

  ends(topic: string): Promise<readonly { readonly partition: number; readonly end: number }[]> {
    return this.#reader.bounds(topic);
  }

  wentIdle(): void {
    this.#pump.wake();
  }
}

function randomId(): string {
  return Math.random().toString(36).slice(2, 10);
}
