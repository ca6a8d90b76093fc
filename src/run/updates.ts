import type { TimeWindow } from '../records';
import { GivenResults } from './givenResults';
import type { Origin } from './holds';
import type { Stage } from './stage';
import type { Result, Spilled, WindowTable } from './tables/windowTable';

/**
 * What has changed in open windows since results were last given early, and those results on their way.
 *
 * They hold no offset: should one be lost in a crash, the window is rebuilt and told again. But the records behind them count as having had their say only when
 * the results are released, so that a next life knows which changes are still to be told.
 */
export class Updates extends GivenResults {
  readonly kind = 'update';
  state: 'collecting' | 'waiting' | 'closing' | 'closed' | 'released' = 'collecting';
  readonly #changed = new Map<TimeWindow, Set<unknown>>();
  readonly #offsets: number[];

  constructor(
    owner: Stage,
    partitions: number,
    /** What a window came to that has to make room: it is told here, and not kept. */
    readonly spilled?: Spilled,
  ) {
    super(owner);
    this.#offsets = new Array<number>(partitions).fill(Infinity);
  }

  /** This record is behind what follows. */
  hold({ kind, slot, offset }: Origin): void {
    if (kind === 'record' && offset < (this.#offsets[slot] ?? Infinity)) this.#offsets[slot] = offset;
  }

  add(identity: unknown, window: TimeWindow): void {
    const keys = this.#changed.get(window);
    if (keys) keys.add(identity);
    else this.#changed.set(window, new Set([identity]));
  }

  offsetOf(slot: number): number {
    return this.#offsets[slot] ?? Infinity;
  }

  /** The results as they stand when they are asked for; a window that has closed meanwhile has given its own, and one that grew into another is told once. */
  results(table: WindowTable): Iterator<Result, void, void> {
    return this.spilled?.results ?? this.#changes(table);
  }

  *#changes(table: WindowTable): Generator<Result, void, void> {
    const told = new Map<unknown, Set<string>>();
    for (const [window, identities] of this.#changed) {
      for (const identity of identities) {
        const result = table.current?.(identity, window);
        if (!result) continue;
        const edges = `${result.window.start}/${result.window.end}`;
        const ofKey = told.get(identity) ?? new Set();
        if (ofKey.has(edges)) continue;
        told.set(identity, ofKey.add(edges));
        yield result;
      }
    }
    this.#changed.clear();
  }

  get where(): string {
    return `an early result of ${this.owner.where}`;
  }

  spent(): void {
    this.owner.spent(this);
  }
}
