import type { Clock } from '../time/clock';
import type { ClosedWindow } from './closedWindow';
import type { Origin } from './holds';
import type { Delivered, PartitionEpoch } from './partitionEpoch';
import type { Pin } from './pin';
import { Stage, type StageOwner } from './stage';
import type { TableOptions, WindowTable } from './tables/windowTable';
import type { WindowedStage } from './windowedStage';

/** What holds for free windows, and whom they tell. */
export interface FreeWindowsOptions {
  readonly clock: Clock;
  /** Results of an operator that the sink has not taken, at most. */
  readonly maxResults: number;
  /** Nobody acks results: without a group. */
  readonly autoRelease: boolean;
  /** A result was taken, or a window released. */
  readonly moved: () => void;
  /** Makes the table of a stage. Default: as the operator does. */
  readonly tableOf?: ((definition: WindowedStage, options: TableOptions) => WindowTable) | undefined;
  /** Open windows have changed: what has is to be given in so many ms. */
  readonly changed?: ((stage: Stage, every: number) => void) | undefined;
}

/**
 * Windows that no watermark closes: of a reduce without a window, which ends with its source, and of processing time.
 *
 * They hold the offsets of what was folded into them as other windows do, so nothing is lost. But where they begin and end is not in the log: after a crash they
 * fall differently, so they have no part in `out`, in steps and in the fingerprint, and let their holds go as soon as their results are released. They span all
 * partitions of the assignment, whichever task those belong to. An operator need not be known before its first record, so they work inside `mergeMap`.
 */
export class FreeWindows implements StageOwner {
  ended = false;
  readonly out = -Infinity;
  readonly stages: readonly Stage[] = [];
  readonly clock: Clock;
  readonly maxResults: number;
  readonly partitionCount: number;
  readonly #stages = new Map<WindowedStage, Stage>();
  /** Those that may be blocked: asked before each record, and there is one stage for each window of RxJS, or each group. */
  readonly #giving = new Set<Stage>();
  #held = false;
  readonly #origin = { kind: 'record' as const, slot: 0, offset: 0, stamp: 0 };

  constructor(
    epochs: readonly PartitionEpoch[],
    private readonly options: FreeWindowsOptions,
  ) {
    this.clock = options.clock;
    this.maxResults = options.maxResults;
    this.partitionCount = epochs.length;
    epochs.forEach((epoch, slot) => {
      epoch.free = this;
      epoch.freeSlot = slot;
    });
  }

  /** The windows of an operator; made when it is asked for first. */
  stageOf(definition: WindowedStage): Stage {
    let stage = this.#stages.get(definition);
    if (!stage) {
      this.#stages.set(definition, (stage = new Stage(definition, this, undefined, Infinity)));
      if (this.#held) stage.abandon();
    }
    return stage;
  }

  /** The source completes, but windows are to stay open for the next run: from now on they give nothing. */
  hold(): void {
    this.#held = true;
    for (const stage of this.#stages.values()) stage.abandon();
  }

  /** Ends the epoch: nothing more is given. What waits for the end of the results need not wait any longer. */
  end(): void {
    this.ended = true;
    for (const stage of this.#stages.values()) stage.cease();
  }

  /** Of all operators. */
  get all(): readonly Stage[] {
    return [...this.#stages.values()];
  }

  get free(): this {
    return this;
  }

  autoReleases(): boolean {
    return this.options.autoRelease;
  }

  tableOf(definition: WindowedStage, options: TableOptions): WindowTable {
    return this.options.tableOf?.(definition, options) ?? definition.table(options);
  }

  /** Partitions are numbered through all tasks here. */
  originOf(root: Delivered | ClosedWindow): Origin {
    if (root.kind === 'window') return root;
    const origin = this.#origin;
    origin.slot = root.epoch.freeSlot;
    origin.offset = root.offset;
    origin.stamp = root.stamp;
    return origin;
  }

  opened(): void {
    // Nothing is due by a watermark.
  }

  closing(): void {
    // A key may be in several partitions.
  }

  missed(): boolean {
    return true;
  }

  changed(stage: Stage, every: number): void {
    this.options.changed?.(stage, every);
  }

  gives(stage: Stage): void {
    this.#giving.add(stage);
  }

  moved(released: boolean, stage: Stage): void {
    if (released) {
      stage.forget(Infinity);
      if (stage.ending === 'ended' && stage.closedWindows.length === 0) this.#stages.delete(stage.definition);
    }
    this.options.moved();
  }

  /** The smallest offset of the partition that is held, with the stamp of that record. */
  holdOf({ freeSlot }: PartitionEpoch): { readonly offset: number; readonly stamp: number } {
    let first = { offset: Infinity, stamp: -Infinity };
    for (const stage of this.#stages.values()) {
      const held = stage.holdOf(freeSlot);
      if (held.offset < first.offset) first = held;
    }
    return first;
  }

  /** What holds that offset; undefined if nothing does. */
  pinOf({ freeSlot }: PartitionEpoch): Pin | undefined {
    let first: Pin | undefined;
    for (const stage of this.#stages.values()) {
      const pin = stage.pinOf(freeSlot);
      if (pin && (!first || pin.offset < first.offset)) first = pin;
    }
    return first;
  }

  toldBefore({ freeSlot }: PartitionEpoch): number {
    let offset = Infinity;
    for (const stage of this.#stages.values()) offset = Math.min(offset, stage.toldBefore(freeSlot));
    return offset;
  }

  get blocked(): boolean {
    if (this.#giving.size === 0) return false;
    for (const stage of this.#giving) {
      if (stage.blocked) return true;
      this.#giving.delete(stage);
    }
    return false;
  }

  /** Whether every result that was given has been taken. */
  get settled(): boolean {
    for (const stage of this.#stages.values()) if (stage.ending !== 'abandoned' && (stage.blocked || stage.untaken > 0)) return false;
    return true;
  }

  /** Whether results are still to come though the source has ended: something between it and the operator takes its time. */
  get awaited(): boolean {
    for (const { ending, table } of this.#stages.values()) if (ending === undefined && table.lastEnd > -Infinity) return true;
    return false;
  }
}
