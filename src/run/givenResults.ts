import type { FreeWindows } from './freeWindows';
import type { ShareRoot } from './share';
import type { Stage } from './stage';

/** Results that a stage has given, or is giving, as the root of their shares: the stage counts those that the sink has not taken. */
export abstract class GivenResults implements ShareRoot {
  abstract readonly kind: 'window' | 'update';
  abstract readonly where: string;
  readonly slot = 0;
  #shares = 0;
  /** Of those shares, the ones that need no credit: of results that went into windows of the next stage, or for those that are still in the table. */
  #absorbed = 0;

  constructor(protected readonly owner: Stage) {}

  abstract spent(): void;

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

  /** Counts as a share that needs no credit. */
  absorb(): void {
    this.#shares++;
    this.#absorbed++;
  }

  unabsorb(count: number): void {
    this.#shares -= count;
    this.#absorbed -= count;
    this.spent();
  }
}
