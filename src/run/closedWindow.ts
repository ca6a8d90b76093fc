import type { TimeWindow } from '../records';
import { GivenResults } from './givenResults';
import type { Holds, ResultOrigin } from './holds';
import type { Stage } from './stage';

/**
 * A window whose results are on their way, with what it holds: per source partition the smallest offset folded into it, and the stamp of that record.
 *
 * It goes through closing (some results are still in the table), closed (all are on their way) and released, and stays, holds and all, until `out` has reached
 * its end. Were a released window let go at once, a later one would be rebuilt after a crash without its first records.
 */
export class ClosedWindow extends GivenResults implements ResultOrigin, TimeWindow {
  readonly kind = 'window';
  readonly offset = Infinity;
  readonly stamp = -Infinity;
  state: 'closing' | 'closed' | 'released' = 'closing';

  constructor(
    readonly start: number,
    readonly end: number,
    /** The end, in time of the last stage, of the window that its results end up in. */
    readonly outEnd: number,
    readonly holds: Holds,
    owner: Stage,
  ) {
    super(owner);
  }

  get where(): string {
    return `the result of ${this.owner.where} for [${this.start}, ${this.end})`;
  }

  spent(): void {
    this.owner.spent(this);
  }
}
