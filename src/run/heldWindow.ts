import type { TimeWindow } from '../records';
import type { WindowContents } from '../time/windowContents';
import type { ShareRoot } from './share';
import type { Stage } from './stage';

/**
 * A window with what it holds: per source partition the smallest offset folded into it, and the stamp of that record.
 *
 * It goes through open, closing (some results are still in the table), closed (all are on their way) and released, and stays, holds and all, until
 * `out` has reached its end. Were a released window let go at once, a later one would be rebuilt after a crash without its first records.
 */
export class HeldWindow implements ShareRoot, TimeWindow {
  readonly kind = 'window';
  readonly slot = 0;
  state: 'open' | 'closing' | 'closed' | 'released' = 'open';
  shares = 0;
  /** Of those shares, the ones that went into windows of the next stage: they wait for that window, but need no credit. */
  absorbed = 0;
  /** Windows of the former stage whose results went into this one, with how many. */
  readonly from = new Map<HeldWindow, number>();
  readonly #holdOffsets: number[];
  readonly #holdStamps: number[];

  constructor(
    readonly start: number,
    readonly end: number,
    /** The end, in time of the last stage, of the window that its results end up in. */
    readonly outEnd: number,
    readonly contents: WindowContents,
    private readonly owner: Stage,
    partitions: number,
  ) {
    this.#holdOffsets = new Array<number>(partitions).fill(Infinity);
    this.#holdStamps = new Array<number>(partitions).fill(-Infinity);
  }

  get ended(): boolean {
    return this.owner.ended;
  }

  get autoRelease(): boolean {
    return this.owner.autoRelease;
  }

  get stages(): readonly Stage[] {
    return this.owner.siblings;
  }

  get where(): string {
    return `the result of ${this.owner.where} for [${this.start}, ${this.end})`;
  }

  /** Results that the sink has not taken. */
  get untaken(): number {
    return this.shares - this.absorbed;
  }

  hold(slot: number, offset: number, stamp: number): void {
    if (offset >= (this.#holdOffsets[slot] ?? Infinity)) return;
    this.#holdOffsets[slot] = offset;
    this.#holdStamps[slot] = stamp;
  }

  holdOf(slot: number): number {
    return this.#holdOffsets[slot] ?? Infinity;
  }

  stampOf(slot: number): number {
    return this.#holdStamps[slot] ?? -Infinity;
  }

  /** A result of an earlier window went into this one. */
  takeIn(source: HeldWindow): void {
    source.absorbed++;
    this.from.set(source, (this.from.get(source) ?? 0) + 1);
  }

  spent(): void {
    this.owner.spent(this);
  }

  /** A result went into a later window: there is room for another. */
  taken(): void {
    this.owner.emit();
  }
}
