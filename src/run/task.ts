import type { ClosedWindow } from './closedWindow';
import type { FreeWindows } from './freeWindows';
import type { Origin } from './holds';
import type { Delivered, PartitionEpoch, Step } from './partitionEpoch';
import { type Pin, pinOfRecord } from './pin';
import { windowsFilledTooLate, windowsUnforeseen } from './runErrors';
import { Stage, type StageOwner } from './stage';
import type { DueWindow, Missed, TableOptions, WindowTable } from './tables/windowTable';
import type { WindowedStage } from './windowedStage';

/** What a commit of one partition says. */
export interface Progress {
  /** The next offset that a new owner reads. */
  readonly offset: number;
  /** The watermark in force just before it, ms. */
  readonly watermark: number;
  /** Forced steps at later offsets. */
  readonly steps: readonly Step[];
  /** Records below this have given their own outputs. */
  readonly ackedThrough: number;
  /** Every window that ends at or before this is released, ms. */
  readonly out: number;
}

/** What holds for a task while it lives. */
export interface TaskOptions {
  /** Results of a stage that the sink has not taken, at most. */
  readonly maxResults: number;
  /** Steps beyond the committed offset that fit into the metadata. */
  readonly maxSteps: number;
  /** Whether a step waits until the commit that carries it is acknowledged. False without a group: nothing is recovered, so nothing need be written. */
  readonly writeAhead: boolean;
  /** Results are released when they have been given, since nobody acks them: without a group. */
  readonly autoRelease: boolean;
  /** The largest `out` that any of the partitions committed, ms. */
  readonly out: number;
  /** Makes the table of a stage. Default: as the operator does. */
  readonly tableOf?: ((definition: WindowedStage, options: TableOptions) => WindowTable) | undefined;
}

/** What a task tells the run. */
export interface TaskEvents {
  /** A step waits for a commit. */
  commitWanted(): void;
  /** Credits came back or a gate opened: more may be delivered. */
  moved(): void;
  /** A record does not count in windows that it might have counted in; an earlier life may have told it. */
  missed(record: Delivered, how: Missed, isNews: boolean): void;
  /** A window of the stage with this index is about to give its results. */
  closing(task: Task, stage: number, window: DueWindow): void;
  /** Open windows of a stage have changed: what has is to be given in so many ms. */
  changed?(stage: Stage, every: number): void;
}

/**
 * The smallest set of partitions whose windows merge: one partition, or after `keyBy` all of them. Holds the recovery rules that span partitions: when
 * windows close, which steps are forced, how far `out` has come, and what each partition commits.
 *
 * Pure: no client, no clock, no RxJS. docs/design/recovery.md words the rules.
 */
export class Task implements StageOwner {
  ended = false;
  out: number;
  readonly stages: readonly Stage[];
  /** The highest combined watermark at which windows closed in this epoch. */
  #closedAt = -Infinity;
  /** No window can close below this combined watermark. */
  #nextDue = Infinity;
  /** What stands between the combined watermark and a stage: the grace of the former ones and its own. */
  readonly #delays: readonly number[];
  #closing = false;

  constructor(
    readonly partitions: readonly PartitionEpoch[],
    definitions: readonly WindowedStage[],
    private readonly options: TaskOptions,
    private readonly events: TaskEvents,
  ) {
    const unforeseen = definitions.slice(1).find(({ lastEndOf }) => !lastEndOf);
    if (unforeseen) throw windowsUnforeseen(unforeseen.name);
    const filling = definitions.slice(0, -1).find(({ fills }) => fills);
    if (filling) throw windowsFilledTooLate(filling.name);
    this.out = options.out;
    this.stages = definitions.map((definition, index) => new Stage(definition, this, (end) => outEnd(definitions.slice(index + 1), end)));
    for (const epoch of partitions) epoch.stages = this.stages;
    let delay = 0;
    this.#delays = definitions.map(({ grace }) => (delay += grace));
  }

  get maxResults(): number {
    return this.options.maxResults;
  }

  autoReleases(stage: Stage): boolean {
    return this.options.autoRelease && stage === this.stages.at(-1);
  }

  get free(): FreeWindows | undefined {
    return this.partitions[0]?.free;
  }

  originOf(root: Delivered | ClosedWindow): Origin {
    return root;
  }

  changed(stage: Stage, every: number): void {
    this.events.changed?.(stage, every);
  }

  tableOf(definition: WindowedStage, options: TableOptions): WindowTable {
    return this.options.tableOf?.(definition, options) ?? definition.table(options);
  }

  get partitionCount(): number {
    return this.partitions.length;
  }

  /** Ends the epoch: what is still under way does nothing any more (L4). */
  end(): void {
    this.ended = true;
    for (const epoch of this.partitions) epoch.ended = true;
  }

  // Delivery

  /** Whether the partition may deliver, credit aside. While a closed window is not wholly out, its partitions wait. */
  mayDeliver(epoch: PartitionEpoch): boolean {
    return !epoch.gate && !epoch.joinsAfter && !this.blocked;
  }

  get blocked(): boolean {
    for (const stage of this.stages) if (stage.blocked) return true;
    return this.free?.blocked ?? false;
  }

  /** To be called when `epoch` has moved: its watermark, its position, or its oldest record. */
  advanced(epoch: PartitionEpoch): void {
    if (epoch.watermark >= this.#nextDue) this.closeDue();
  }

  // Watermarks and steps

  /** The watermark by which windows close: the minimum over the partitions, leaving out those that join, and idle ones unless all are idle. */
  combined(): number {
    let busy = Infinity;
    let all = Infinity;
    for (const epoch of this.partitions) {
      if (epoch.joinsAfter) continue;
      const watermark = epoch.arrivedWatermark;
      if (watermark < all) all = watermark;
      if (!epoch.idle && watermark < busy) busy = watermark;
    }
    if (busy !== Infinity) return busy;
    return all === Infinity ? -Infinity : all;
  }

  /** Steps a partition up to `watermark`. At least once it takes effect when the commit that carries it is acknowledged. */
  force(epoch: PartitionEpoch, watermark: number): void {
    if (watermark <= epoch.watermark || epoch.gate || epoch.joinsAfter) return;
    if (this.#crowded(epoch)) return; // windows wait until the holds move, nothing is dropped
    this.#step(epoch, watermark);
  }

  /** Whether the metadata has no room for a step at the position. */
  #crowded(epoch: PartitionEpoch): boolean {
    const { offset } = this.#committable(epoch);
    return epoch.steps.filter((step) => step.offset > offset && step.offset !== epoch.position).length >= this.options.maxSteps;
  }

  /** A partition that the end of the reading cannot be recorded for, since its metadata is full and nothing that it waits for will make room. */
  get stuckBefore(): PartitionEpoch | undefined {
    const end = this.endStep;
    if (end === undefined || !this.settled || this.partitions.some(({ gate }) => gate)) return undefined;
    return this.partitions.find((epoch) => epoch.watermark < end && !epoch.joinsAfter && this.#crowded(epoch));
  }

  /** The first commit of a partition that has none is a step too: until it is acknowledged nothing is delivered. */
  begin(epoch: PartitionEpoch): void {
    this.#step(epoch, -Infinity);
  }

  #step(epoch: PartitionEpoch, watermark: number): void {
    const step = epoch.addStep(watermark);
    if (!this.options.writeAhead) {
      epoch.takeSteps();
      return;
    }
    epoch.gate = step;
    this.events.commitWanted();
  }

  /** The commit that carried `gate` is acknowledged for this partition. */
  acknowledged(epoch: PartitionEpoch, gate: Step | null): void {
    if (gate === null || epoch.gate !== gate || this.ended) return;
    epoch.gate = null;
    epoch.takeSteps();
    this.closeDue();
    this.events.moved();
  }

  /** All partitions are idle or at their end: steps every one of them up to `watermark`. */
  stepAll(watermark: number): void {
    for (const epoch of this.partitions) this.force(epoch, watermark);
    this.closeDue();
  }

  /** Lets partitions in that were added later, once the others have replayed what earlier lives may have closed windows by. */
  letJoin(): void {
    for (const epoch of this.partitions) {
      const ends = epoch.joinsAfter;
      if (!ends) continue;
      const others = this.partitions.filter((other) => !other.joinsAfter);
      if (others.some((other) => other.timedThrough < (ends.get(other) ?? 0))) continue;
      // One that has just joined counts by the step it is being given, acknowledged or not: the next to join must not be stepped below it.
      const reached = others.map((other) => (other.gate ? Math.max(other.watermark, other.gate.watermark) : other.watermark));
      epoch.joinsAfter = null;
      this.#step(epoch, Math.max(this.#closedAt, Math.min(...reached)));
    }
  }

  // Windows

  /** Closes the windows that the combined watermark has passed, once every idle partition has been stepped up to it. */
  closeDue(): void {
    if (this.ended || this.#closing) return;
    const now = this.combined();
    if (now < this.#nextDue) return;
    let behind = false;
    for (const epoch of this.partitions) {
      if (!epoch.idle || epoch.joinsAfter || epoch.watermark >= now) continue;
      this.force(epoch, now);
      if (epoch.watermark < now) behind = true;
    }
    if (behind) return; // their steps are not acknowledged yet, or do not fit
    this.#closedAt = Math.max(this.#closedAt, now);
    this.#closing = true;
    let watermark = now;
    for (const stage of this.stages) {
      stage.close(watermark);
      watermark = stage.closedThrough;
    }
    this.#closing = false;
    this.#nextDue = Infinity;
    for (const stage of this.stages) this.opened(stage);
  }

  /** The combined watermarks at which open windows close, as far as `limit`: the highest of them, or undefined. */
  dueBy(limit: number): number | undefined {
    let due: number | undefined;
    this.stages.forEach(({ table }, index) => {
      const delay = this.#delays[index] ?? 0;
      const end = table.firstEnd + delay <= limit ? table.lastEndBy(limit - delay) : undefined;
      if (end !== undefined && (due === undefined || end + delay > due)) due = end + delay;
    });
    return due;
  }

  /** What closes every open window, and those of later stages that results on their way will open: the step that ends a bounded read. */
  get endStep(): number | undefined {
    let last = -Infinity;
    for (const stage of this.stages) {
      const end = stage.table.lastEnd;
      if (end > -Infinity) last = Math.max(last, stage.outEndOf(end));
      if (stage === this.stages.at(-1)) continue;
      for (const { state, untaken, outEnd } of stage.closedWindows) if (state === 'closing' || untaken > 0) last = Math.max(last, outEnd);
    }
    return last === -Infinity ? undefined : last + (this.#delays.at(-1) ?? 0);
  }

  opened(stage: Stage): void {
    const due = stage.table.firstEnd + (this.#delays[this.stages.indexOf(stage)] ?? 0);
    if (due < this.#nextDue) this.#nextDue = due;
  }

  closing(stage: Stage, window: DueWindow): void {
    this.events.closing(this, this.stages.indexOf(stage), window);
  }

  moved(released: boolean): void {
    if (released) this.#moveOut();
    this.closeDue();
    this.events.moved();
  }

  gives(): void {
    // There are few stages: each is asked whether it is blocked.
  }

  missed(record: Delivered, how: Missed): boolean {
    const isNews = record.offset >= record.epoch.ackedBefore;
    this.events.missed(record, how, isNews);
    return isNews;
  }

  /** Whether every result has been taken, by the sink or by a window of a later stage; such a window may stay open, and then so does what went into it. */
  get settled(): boolean {
    return this.stages.every((stage) => !stage.blocked && stage.untaken === 0);
  }

  /** Moves `out` through the ends before which everything is released, and lets those windows go. */
  #moveOut(): void {
    let firstLeft = Infinity;
    for (const stage of this.stages) {
      const { firstEnd } = stage.table;
      if (firstEnd < Infinity) firstLeft = Math.min(firstLeft, stage.outEndOf(firstEnd));
      for (const { state, outEnd } of stage.closedWindows) if (state !== 'released') firstLeft = Math.min(firstLeft, outEnd);
      for (const { end } of stage.spilled) firstLeft = Math.min(firstLeft, stage.outEndOf(end));
    }
    for (const stage of this.stages) {
      for (const { state, outEnd: end } of stage.closedWindows)
        if (state === 'released' && end < firstLeft && end > this.out) this.out = end;
    }
    for (const stage of this.stages) stage.forget(this.out);
  }

  // Commits

  /** The first offset that a commit must not pass, and the watermark just before it. */
  #committable(epoch: PartitionEpoch): { offset: number; watermark: number } {
    let offset = epoch.position;
    let watermark = epoch.watermark;
    const { oldest } = epoch;
    if (oldest && oldest.offset < offset) ({ offset, stamp: watermark } = oldest);
    const consider = (held: { readonly offset: number; readonly stamp: number } | undefined) => {
      if (held && held.offset < offset) ({ offset, stamp: watermark } = held);
    };
    for (const stage of this.stages) consider(stage.holdOf(epoch.slot));
    consider(epoch.free?.holdOf(epoch));
    return { offset, watermark };
  }

  /** Records before this have no change of an open window to tell any more. */
  #toldBefore(epoch: PartitionEpoch): number {
    return Math.min(epoch.free?.toldBefore(epoch) ?? Infinity, ...this.stages.map((stage) => stage.toldBefore(epoch.slot)));
  }

  /** What a commit of this partition says now; null while it has no first commit to give. */
  progress(epoch: PartitionEpoch): Progress | null {
    if (epoch.joinsAfter) return null;
    const { offset, watermark } = this.#committable(epoch);
    // Steps at or before the committed offset travel as the watermark there.
    const passed = epoch.steps.filter((step) => step.offset <= offset).map((step) => step.watermark);
    return {
      offset,
      watermark: Math.max(watermark, ...passed),
      steps: epoch.steps.filter((step) => step.offset > offset),
      ackedThrough: Math.max(offset, Math.min(epoch.ackedThrough, this.#toldBefore(epoch))),
      out: this.out,
    };
  }

  /** The oldest record, or the window, that keeps the partition's commit where it is; for errors. */
  pinnedBy(epoch: PartitionEpoch): Pin | undefined {
    let pin = epoch.oldest && pinOfRecord(epoch.oldest);
    for (const held of [...this.stages.map((stage) => stage.pinOf(epoch.slot)), epoch.free?.pinOf(epoch)])
      if (held && held.offset < (pin?.offset ?? epoch.position)) pin = held;
    return pin;
  }

  /** A result of a window that the sink has not taken, in words; for errors. */
  get untakenResult(): string | undefined {
    for (const stage of [...this.stages, ...(this.free?.all ?? [])]) if (stage.untakenResult !== undefined) return stage.untakenResult;
    return undefined;
  }
}

/** Where the results of a window that ends at `end` are in the end: the last end of the windows that they come to in the rest of the chain. */
function outEnd(later: readonly WindowedStage[], end: number): number {
  for (const { lastEndOf } of later) end = lastEndOf?.(end - 1) ?? end;
  return end;
}
