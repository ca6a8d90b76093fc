import { VirtualTimeScheduler } from 'rxjs';
import type { KafkaMessage } from '../../src/kafka/client';
import type { OffsetCommit } from '../../src/kafka/groupReader';
import { Committer, type CommitHost } from '../../src/run/committer';
import type { TimeWindow } from '../../src/records';
import { IdleClock, type IdleHost } from '../../src/run/idleClock';
import { Lane } from '../../src/run/lane';
import { decodeMetadata, stepsThatFit } from '../../src/run/metadata';
import type { Delivered, PartitionEpoch } from '../../src/run/partitionEpoch';
import { Pump, type PumpHost } from '../../src/run/pump';
import { fingerprintOf, restoreTasks } from '../../src/run/restore';
import type { Share } from '../../src/run/share';
import type { Task } from '../../src/run/task';
import type { WindowedStage } from '../../src/run/windowedStage';
import { judgedWord, nameOf, outEndIn, verdictOf } from './batch';
import { isMerged, keyIn, rekeyed } from './keys';
import type { Plan } from './plan';
import type { Result, StoredTopic } from './storedTopic';
import type { Tamper } from './tamper';
import { type Folded, isMerging, lastEndIn, tableOf, type WindowPlan } from './windowKinds';
import type { Missed } from '../../src/run/tables/windowTable';
import { settled } from '../run/clock';
import { reducing } from '../time/reducing';

/** Something on its way through the pipeline, with its share. */
interface Element {
  readonly id: string;
  readonly key: string;
  readonly timestamp: number;
  readonly share: Share;
  /** The windowed operator it comes to next, if there is one; 'time' where it is still to be given its time. */
  readonly stage: number | 'time';
}

/** What has a time and no words. */
const nothing = 'nothing';

function epochOf(share: Share): PartitionEpoch {
  return (share.root as Delivered).epoch;
}

/** A word of a record, or a result, on its way into a window. */
interface Folding {
  readonly id: string;
  readonly share: Share;
  missed: Missed | undefined;
}

/** What a windowed operator gives. */
interface Given {
  readonly key: string;
  readonly ids: string;
  readonly window: TimeWindow;
  readonly final: boolean;
}

/** Whether something happens, by its place among others of its kind. */
export type Fate = (index: number) => boolean;

interface Request {
  readonly offsets: readonly OffsetCommit[];
  /** The group has joined anew since it was sent: whether all of it had been stored by then. */
  readonly fenced?: boolean;
  resolve(stored: boolean): void;
  reject(error: unknown): void;
}

/**
 * One life of a process: the run's own parts, wired as `Run` wires them, with a broker, a pipeline and a sink that do things when they are told to.
 *
 * Real are the tasks and all below them, `restoreTasks`, the committer, the pump and the idle clock. Written here is what `Run` does between them.
 */
export class Life implements PumpHost, CommitHost, IdleHost {
  lanes: readonly Lane[] = [];
  tasks: readonly Task[] = [];
  readonly owner: string;
  readonly fingerprint: string;
  readonly maxInFlight: number;
  readonly maxInFlightBytes = Infinity;
  /** What the pipeline is still at work on. */
  readonly underway: Element[] = [];
  /** Results that the sink has and has not acked. */
  readonly unacked: { readonly result: Result; readonly share: Share }[] = [];
  state: 'delivering' | 'draining' | 'ending' | 'finishing' = 'delivering';
  request: Request | undefined;
  failure: Error | undefined;
  /** The end of a bounded read could not be recorded, since the metadata was full: the run has failed. */
  full = false;
  readonly #scheduler = new VirtualTimeScheduler();
  readonly #stages: readonly WindowedStage[];
  readonly #committer: Committer;
  readonly #pump: Pump;
  readonly #idleClock: IdleClock;
  readonly #merged: boolean;
  #founders: ReadonlyMap<string, number> = new Map();
  /** What was committed of it, by partition, when this epoch began. */
  #ackedBefore: readonly number[] = [];
  #delivering: PartitionEpoch | undefined;
  /** What is being folded, and what the task has said of it. */
  #folding: Folding | undefined;

  constructor(
    private readonly topic: StoredTopic,
    private readonly plan: Plan,
    private readonly tamper: Tamper | undefined,
  ) {
    this.owner = `life${++topic.lives}`;
    this.maxInFlight = plan.maxInFlight;
    this.#merged = isMerged(plan);
    this.#stages = plan.windows.map((window, index) => ({
      name: `window ${index}`,
      lastEndOf: lastEndIn(window),
      reachesBack: window.kind === 'custom with merge',
      table: (options) => {
        const table = tableOf(window, options);
        return tamper?.table?.(table, options, window) ?? table;
      },
      grace: window.grace,
      folding: reducing((a, b) => `${String(a)} ${String(b)}`),
      updates: typeof window.updates === 'number' ? { every: window.updates } : window.updates,
      keepsLate: window.keepsLate,
      fingerprint: `${JSON.stringify(window)}${plan.crowded ? ' and so on'.repeat(140) : ''}`,
      emit: ({ key, value, window }, final, share) => this.#emitted(index, { key: String(key), ids: String(value), window, final }, share),
      fail: (error) => this.fail(error),
    }));
    this.fingerprint = fingerprintOf(this.#stages, this.#merged, plan.outOfOrderness, plan.assigned !== 'no');
    this.#scheduler.maxFrames = 0;
    this.#pump = new Pump(this, this.#scheduler);
    this.#committer = new Committer(this, this.#scheduler);
    this.#idleClock = new IdleClock(this, plan.calm ? 1e9 : plan.idleAfter, false, this.#scheduler);
    if (this.#stages.length > 0) this.#idleClock.start();
    this.#assign();
  }

  // Assignment

  #assign(): void {
    const { topic, plan } = this;
    this.#ackedBefore = [...topic.ackedThrough];
    const assigned = topic.logs.map((_, partition) => {
      const commit = topic.committed[partition] ?? null;
      const committed = commit && (this.tamper?.restored?.(commit) ?? commit);
      return { topic: topic.name, partition, committed, start: 0, low: 0, end: topic.end(partition) };
    });
    const { tasks, founders } = restoreTasks(assigned, {
      clock: this.#scheduler,
      groupId: 'group',
      stages: this.#stages,
      merged: this.#merged,
      fingerprint: this.fingerprint,
      onChange: 'error',
      outOfOrderness: plan.outOfOrderness,
      assigned: plan.assigned === 'no' ? undefined : { timeOf: (timestamp) => timestamp, moved: () => undefined },
      maxResults: plan.maxResults,
      onReleased: (epoch) => this.#released(epoch),
      events: {
        commitWanted: () => this.#committer.commit(),
        moved: () => this.#moved(),
        missed: ({ epoch, offset }, how, isNews) => this.#missed(epoch.partition, offset, how, isNews),
        closing: () => undefined,
        changed: (stage, every) => void this.#scheduler.schedule(() => stage.update(), every),
      },
    });
    this.#founders = founders;
    this.tasks = tasks;
    this.lanes = tasks.flatMap((task) =>
      task.partitions.map((epoch) => new Lane(task, epoch, Infinity, plan.maxInFlight, this.#scheduler.now())),
    );
    if (tasks.some((task) => task.partitions.some(({ gate }) => gate))) this.#committer.commit();
    this.#pump.wake();
  }

  /** The group joins anew: every epoch ends. What the broker has of the commit under way is all there will be of it, but the answer is still to come. */
  async rebalance(stored: Fate): Promise<void> {
    for (const task of this.tasks) task.end();
    this.tasks = [];
    this.lanes = [];
    if (this.state === 'ending' || this.state === 'draining') this.state = 'delivering';
    if (this.request) this.request = { ...this.request, offsets: [], fenced: this.#store(stored) };
    this.#committer.reset();
    this.#assign();
    await this.#pumped();
  }

  /** The process is gone: the sink may have had what was on its way to it, and the broker the commit. */
  crash(reached: Fate): void {
    this.#store(reached);
    this.unacked.forEach(({ result }, index) => {
      if (reached(index)) this.topic.take(result);
    });
    for (const task of this.tasks) task.end();
    this.#idleClock.stop();
    this.#committer.reset();
  }

  /** The last commit before the group is left. */
  async leave(stored: Fate): Promise<void> {
    const flush = { done: false };
    void this.#committer.flush(1).then(() => (flush.done = true));
    while (!flush.done) await this.answer(stored, true);
    this.crash(() => false);
  }

  // Delivery

  get pumping(): boolean {
    return this.state === 'delivering';
  }

  /** Messages of one partition come in. */
  async fetch(partition: number, limit: number): Promise<void> {
    const lane = this.lanes.find(({ epoch }) => epoch.partition === partition);
    if (!lane || this.state !== 'delivering') return;
    const { messages, next } = this.topic.fetch(partition, lane.through, limit);
    lane.push(messages, next);
    if (messages.length > 0) {
      lane.epoch.idle = false;
      lane.quietSince = this.#scheduler.now();
    }
    this.#pump.wake();
    await this.#pumped();
  }

  async #pumped(): Promise<void> {
    this.#scheduler.flush();
    await settled();
  }

  deliver(lane: Lane, message: KafkaMessage, offset: number): void {
    const { epoch, task } = lane;
    const { timestamp, words, timed } = this.topic.at(epoch.partition, offset);
    this.#delivering = epoch;
    lane.deliveredAt = this.#scheduler.now();
    const share = epoch.deliver(offset, Number(message.timestamp), 1);
    if (task.stages.some((stage) => stage.closedWindows.some((window) => window.state === 'closing')))
      throw new Error('a record is delivered while a closed window is not wholly out');
    if (epoch.inFlight > this.maxInFlight) throw new Error(`${epoch.inFlight} records of a partition are un-released`);
    // As flatMapValues does it: the record's own share goes when all that is made of it has one.
    const { assigned } = this.plan;
    const elements = assigned !== 'no' && timed && words.length === 0 ? [{ id: nothing, key: nothing }] : words;
    for (const { id, key } of elements) {
      const element: Element = { id, key: keyIn(this.plan, epoch.partition, key), timestamp, share: share.fork(), stage: 'time' };
      if (assigned === 'later') this.underway.push(element);
      else if (assigned === 'at once') this.#assignTime(element);
      else this.#send({ ...element, stage: 0 });
    }
    share.release();
    this.#delivering = undefined;
    task.advanced(epoch);
  }

  newestAllowed(): number {
    return Infinity;
  }

  drained(): void {
    // Nothing is fetched but when `fetch` is called.
  }

  sliced(): void {
    for (const task of this.tasks) task.letJoin();
  }

  #released(epoch: PartitionEpoch): void {
    if (this.#delivering === epoch) return;
    this.lanes.find((lane) => lane.epoch === epoch)?.task.advanced(epoch);
    this.#moved();
  }

  #moved(): void {
    if (this.state === 'delivering') this.#pump.wake();
    else this.#proceed();
  }

  // The pipeline

  #send(element: Element): void {
    if (this.plan.delays) this.underway.push(element);
    else this.#arrive(element);
  }

  /** Something that was on its way comes to the next operator. */
  async arrive(index: number): Promise<void> {
    const chosen = this.underway[index % this.underway.length];
    // Nothing is overtaken before it has been given its time.
    const first =
      chosen?.stage === 'time'
        ? this.underway.findIndex(({ stage, share }) => stage === 'time' && epochOf(share) === epochOf(chosen.share))
        : -1;
    const [element] = this.underway.splice(first < 0 ? index % this.underway.length : first, 1);
    if (element?.stage === 'time') this.#assignTime(element);
    else if (element) this.#arrive(element);
    await this.#pumped();
  }

  #assignTime(element: Element): void {
    const { share, timestamp } = element;
    epochOf(share).assignTime(share.root as Delivered, timestamp);
    if (element.id === nothing) share.release();
    else this.#send({ ...element, stage: 0 });
  }

  #arrive({ id, key, timestamp, share, stage: index }: Element): void {
    const stage = index === 'time' ? undefined : share.root.stages.find(({ definition }) => definition === this.#stages[index]);
    if (!stage) {
      this.#give({ kind: 'final', name: id, ids: id }, share);
      return;
    }
    const { root } = share;
    if (root.ended) return;
    const outer = this.#folding; // a record that is folded may close windows, and their results come here from within it
    const folding: Folding = { id, share, missed: undefined };
    this.#folding = folding;
    const miss = stage.fold(share, timestamp, key, id);
    this.#folding = outer;
    if (root.kind !== 'record') {
      if (folding.missed) throw new Error(`the result ${id} is ${folding.missed}`);
      return;
    }
    const { stamp, offset, epoch } = root as Delivered;
    const judged = judgedWord(this.plan, { id, key, timestamp }, stamp);
    const verdict = verdictOf(judged);
    if ((folding.missed ?? 'counts') !== judged?.verdict) throw new Error(`${id} is ${folding.missed ?? 'in time'}, and ${verdict}`);
    const verdicts = this.topic.verdicts.get(id) ?? new Map<string, number>();
    this.topic.verdicts.set(id, verdicts.set(verdict, stamp));
    const out = this.tasks.find(({ partitions }) => partitions.includes(epoch))?.out ?? -Infinity;
    for (const window of judged.windows) if (this.#outEnd(window.end) <= out) this.topic.told.add(this.#named(id, window)); // given already
    if (!miss && !(folding.missed === 'late' && this.tamper?.givesLateAgain)) return;
    if (offset < (this.#ackedBefore[epoch.partition] ?? 0)) throw new Error(`${id} is given as late again`);
    this.#give({ kind: 'late', name: id, ids: id }, share);
  }

  /** In the windows of the first operator. */
  #named(id: string, window: TimeWindow): string {
    const [first] = this.plan.windows;
    return first && isMerging(first) ? id : nameOf(id, window);
  }

  /** In time of the last operator. */
  #outEnd(end: number): number {
    const second = this.plan.windows[1];
    return second ? outEndIn(second, end) : end;
  }

  #missed(partition: number, offset: number, how: Missed, isNews: boolean): void {
    if (!this.#folding) throw new Error('something missed its windows that was not folded');
    const { id } = this.#folding;
    this.#folding.missed = how;
    if (!isNews) return;
    if (offset < (this.#ackedBefore[partition] ?? 0)) throw new Error(`${id} is counted as late again`);
    this.topic.countedMissed.add(id);
  }

  #emitted(index: number, given: Given, share: Share): void {
    const untaken = share.root.stages[index]?.untaken ?? 0;
    // Updates of a second window are shares of the results that changed it.
    if (untaken > this.plan.maxResults && this.#stages[index + 1]?.updates !== 'each') throw new Error(`${untaken} results are not taken`);
    const { key, ids, window, final } = given;
    const tells = index === 0 ? ids.split(' ').map((id) => this.#named(id, window)) : [];
    const isLast = index + 1 === this.#stages.length;
    if (index === 0 && !final) this.#checkUpdate(given, share);
    if (index === 0 && final && this.plan.windows[0]?.updates !== 'each') for (const what of tells) this.topic.told.add(what); // closed before it was time to tell
    if (isLast) {
      for (const id of ids.split(' '))
        this.topic.lastWord.set(index === 0 ? this.#named(id, window) : nameOf(`${key} ${id}`, window), final);
      this.#give({ kind: final ? 'final' : 'update', name: nameOf(key, window), ids, window, tells }, share);
    } else if (final) this.#send({ id: ids, key: this.#merged ? rekeyed(key) : key, timestamp: window.end - 1, share, stage: index + 1 });
    else {
      // As filterRecords does it: what is not final must not be folded.
      for (const what of tells) this.topic.told.add(what);
      share.release();
    }
  }

  /** Records that had their say in an earlier life cause no update; with each record comes what its window came to with it. */
  #checkUpdate({ ids: joined, window, key }: Given, share: Share): void {
    const ids = joined.split(' ');
    const name = nameOf(key, window);
    const isNew = (id: string): boolean => {
      const [partition, offset] = id.split(/[@/]/).map(Number);
      return (offset ?? 0) >= (this.#ackedBefore[partition ?? 0] ?? 0);
    };
    if (!ids.some(isNew)) throw new Error(`${name} is told again, with nothing new in ${joined}`);
    if (this.plan.windows[0]?.updates !== 'each') return;
    const id = this.#folding?.id ?? '';
    if (share.root !== this.#folding?.share.root || !ids.includes(id) || !isNew(id))
      throw new Error(`${name} is told with ${id}: ${joined}`);
  }

  // The sink

  #give(result: Result, share: Share): void {
    this.unacked.push({ result, share });
    if (this.plan.acksAtOnce) this.#ack(this.unacked.length - 1);
  }

  async ack(index: number): Promise<void> {
    this.#ack(index % this.unacked.length);
    await this.#pumped();
  }

  #ack(index: number): void {
    const [taken] = this.unacked.splice(index, 1);
    if (!taken) return;
    this.topic.take(taken.result);
    taken.share.release();
  }

  // Commits

  foundersOf(topic: string): number {
    return this.#founders.get(topic) ?? 0;
  }

  async commit(): Promise<void> {
    this.#committer.commit();
    await settled();
  }

  send(offsets: readonly OffsetCommit[]): Promise<boolean> {
    for (const commit of offsets) {
      const problem = this.#problemIn(commit);
      if (problem !== undefined) this.fail(new Error(problem));
    }
    return new Promise((resolve, reject) => (this.request = { offsets, resolve, reject }));
  }

  /** What a commit says that the log, or the room there is, does not allow. */
  #problemIn({ partition, offset, metadata }: OffsetCommit): string | undefined {
    const told = decodeMetadata(offset, metadata);
    if (typeof told !== 'object') return `metadata that cannot be read: ${metadata}`;
    if (told.steps.length > stepsThatFit(this.fingerprint)) return `${told.steps.length} steps in one commit`;
    const { outOfOrderness, assigned } = this.plan;
    const log = this.topic.logs[partition] ?? [];
    const position = this.lanes.find(({ epoch }) => epoch.partition === partition)?.epoch.position ?? 0;
    for (const step of told.steps) {
      const next = log.find((record) => record.offset >= step.offset);
      const overtaken =
        assigned === 'no' &&
        this.plan.windows[0]?.kind !== 'custom with merge' &&
        next &&
        next.offset < position &&
        next.timestamp - outOfOrderness >= step.watermark;
      if (overtaken) return `the step to ${step.watermark} before ${partition}@${step.offset} is kept, but the record there has reached it`;
    }
    const before = log.filter((record) => record.offset < offset && (assigned === 'no' || record.timed)).map(({ timestamp }) => timestamp);
    const byLog = Math.max(-Infinity, ...before) - outOfOrderness;
    const exact = this.plan.calm && !this.topic.stepped;
    if (told.watermark >= byLog && (!exact || told.watermark === byLog)) return undefined;
    return `the watermark at ${partition}@${offset} is ${byLog}, and a commit says ${told.watermark}`;
  }

  /** The request under way reaches the broker, which may store some of its partitions, and the answer may be lost. */
  async answer(stored: Fate, heard: boolean): Promise<void> {
    const { request } = this;
    if (request) {
      const all = this.#store(stored) && request.fenced !== false;
      if ((all && heard) || this.tamper?.alwaysAnswersStored) request.resolve(true);
      else if (!heard) request.resolve(false);
      else request.reject({ type: request.fenced === undefined ? 'REQUEST_TIMED_OUT' : 'ILLEGAL_GENERATION' });
    }
    await this.#pumped();
  }

  #store(stored: Fate): boolean {
    const { request, tamper } = this;
    this.request = undefined;
    if (!request) return true;
    const outcomes = request.offsets.map((commit, index) => {
      const { offset } = commit;
      const epoch = this.lanes.find((lane) => lane.epoch.partition === commit.partition)?.epoch ?? {
        position: offset,
        ackedThrough: offset,
      };
      if (stored(index)) this.#storeOne(tamper?.commit?.(commit, epoch) ?? commit);
      return stored(index);
    });
    return outcomes.every(Boolean);
  }

  #storeOne(commit: OffsetCommit): void {
    const untold = this.#untoldIn(commit);
    if (untold !== undefined) throw new Error(untold);
    this.topic.store(commit);
  }

  /** What a commit says had its say, and had not. */
  #untoldIn({ partition, offset, metadata }: OffsetCommit): string | undefined {
    const told = decodeMetadata(offset, metadata);
    const [window] = this.plan.windows;
    if (typeof told !== 'object' || !window) return undefined;
    const before = this.topic.ackedThrough[partition] ?? 0;
    for (const record of this.topic.logs[partition] ?? []) {
      if (record.offset < before || record.offset >= told.ackedThrough) continue;
      for (const { id, key } of record.words) {
        const problem = this.#untold(window, { id, key, timestamp: record.timestamp });
        if (problem !== undefined) return `${problem}, and a commit is acked through ${told.ackedThrough}`;
      }
    }
    return undefined;
  }

  #untold({ updates, keepsLate }: WindowPlan, word: Folded): string | undefined {
    const { topic } = this;
    const { id } = word;
    const [stamp] = [...(topic.verdicts.get(id)?.values() ?? [])];
    const judged = stamp === undefined ? undefined : judgedWord(this.plan, word, stamp);
    if (!judged) return `${id} has not been judged`;
    if (judged.verdict === 'late' && keepsLate && !topic.late.has(id)) return `${id} is late and was not given`;
    if (updates === undefined) return undefined;
    const untold = judged.windows.find((span) => !topic.told.has(this.#named(id, span)));
    return untold && `${id} was not told in ${nameOf('', untold)}`;
  }

  // Time

  /** Time passes; partitions may turn out to be idle, and a commit that failed is tried again. */
  async wait(ms: number): Promise<void> {
    const until = this.#scheduler.frame + ms;
    while (this.#scheduler.frame < until) {
      const now = Math.min(until, this.#scheduler.frame + 10);
      this.#scheduler.maxFrames = now;
      this.#scheduler.flush();
      this.#scheduler.frame = now;
      await settled();
    }
  }

  wentIdle(): void {
    // Nobody waits for it but windows.
  }

  async ends(): Promise<readonly { readonly partition: number; readonly end: number }[]> {
    return this.topic.logs.map((_, partition) => ({ partition, end: this.topic.end(partition) }));
  }

  // Endings

  get caughtUp(): boolean {
    return this.lanes.every(
      ({ epoch, waiting }) => waiting === 0 && !epoch.joinsAfter && epoch.position === this.topic.end(epoch.partition),
    );
  }

  /** A bounded read has delivered everything: one step closes what is open. */
  async end(): Promise<void> {
    if (this.state !== 'delivering' || !this.caughtUp || this.lanes.some(({ epoch }) => epoch.inFlight > 0 && this.#stages.length > 0))
      return;
    this.state = 'ending';
    this.topic.stepped = true;
    this.#proceed();
    await settled();
  }

  async stop(): Promise<void> {
    if (this.state !== 'delivering') return;
    this.state = 'draining';
    for (const lane of this.lanes) lane.clear();
    await settled();
  }

  #proceed(): void {
    if (this.state !== 'ending') return;
    for (const task of this.tasks) if (task.endStep !== undefined) task.stepAll(task.endStep);
    if (this.tasks.some((task) => task.stuckBefore)) this.full = true;
    if (this.tasks.some((task) => task.endStep !== undefined || task.blocked)) return;
    this.state = 'finishing';
  }

  /** Whether nothing is left but the last commit. */
  get mayLeave(): boolean {
    if (this.state !== 'draining' && this.state !== 'finishing') return false;
    return this.lanes.every(({ epoch }) => epoch.inFlight === 0) && this.tasks.every((task) => task.settled);
  }

  fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }
}
