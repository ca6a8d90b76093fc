import type { TimeWindow } from '../records';
import type { ResultOrigin } from './holds';
import type { Holds } from './holds';
import type { ShareRoot } from './share';
import type { FreeWindows } from './freeWindows';
import type { Stage } from './stage';

/**
 * A window whose results are on their way, with what it holds: per source partition the smallest offset folded into it, and the stamp of that record.
 *
 * It goes through closing (some results are still in the table), closed (all are on their way) and released, and stays, holds and all, until `out` has reached
 * its end. Were a released window let go at once, a later one would be rebuilt after a crash without its first records.
 */
export class ClosedWindow implements ShareRoot, ResultOrigin, TimeWindow {
  readonly kind = 'window';
  readonly slot = 0;
  readonly offset = Infinity;
  readonly stamp = -Infinity;
  state: 'closing' | 'closed' | 'released' = 'closing';
  #shares = 0;
  /** Of those shares, the ones that went into windows of the next stage: they wait for that window, but need no credit. */
  #absorbed = 0;

  constructor(
    readonly start: number,
    readonly end: number,
    /** The end, in time of the last stage, of the window that its results end up in. */
    readonly outEnd: number,
    readonly holds: Holds,
    private readonly owner: Stage,
  ) {}

  get shares(): number {
    return this.#shares;
  }

  set shares(shares: number) {
    this.owner.untaken += shares - this.#shares;
    this.#shares = shares;
  }

  /** Results that the sink has not taken. */
  get untaken(): number {
    return this.#shares - this.#absorbed;
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

  get free(): FreeWindows | undefined {
    return this.owner.free;
  }

  get where(): string {
    return `the result of ${this.owner.where} for [${this.start}, ${this.end})`;
  }

  /** Counts as a share that needs no credit: of a result that went into a later window, or for the results that are still in the table. */
  absorb(): void {
    this.#shares++;
    this.#absorbed++;
  }

  unabsorb(count: number): void {
    this.#shares -= count;
    this.#absorbed -= count;
    this.spent();
  }

  spent(): void {
    this.owner.spent(this);
  }
}
