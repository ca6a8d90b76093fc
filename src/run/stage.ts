import type { Entry } from '../time/windowContents';
import { WindowContents } from '../time/windowContents';
import type { Delivered } from './partitionEpoch';
import type { TimeWindow } from '../records';
import { HeldWindow } from './heldWindow';
import { OpenWindows } from './openWindows';
import { Share } from './share';
import type { WindowedStage } from './windowedStage';

/** Why a record does not count: all its windows had closed, some of them had, or it belongs to none. */
export type Missed = 'late' | 'late in some windows' | 'in no window';

/** What a stage needs of the task it belongs to. */
export interface StageOwner {
  readonly ended: boolean;
  /** Every window that ends at or before this is out: its results are released. In time of the last stage, ms. */
  readonly out: number;
  /** Results of a stage that the sink has not taken, at most. */
  readonly maxResults: number;
  readonly partitionCount: number;
  readonly stages: readonly Stage[];
  /** Results of the last stage are released when they have been given: a run without a group. */
  readonly autoRelease: boolean;
  /** A window was opened that ends at `end`. */
  opened(stage: Stage, end: number): void;
  /** The watermark has passed a window: its results are about to be given. */
  closing(stage: Stage, window: HeldWindow): void;
  /** A result was taken or absorbed, or a window became wholly released. */
  moved(released: boolean): void;
  /** A record does not count in windows that it might have counted in. */
  missed(record: Delivered, how: Missed): void;
}

interface Closing {
  readonly window: HeldWindow;
  readonly results: Iterator<Entry, void, void>;
}

/** The windows of one windowed operator over the partitions of one task. */
export class Stage {
  readonly where: string;
  readonly #open = new OpenWindows();
  /** Closed and not out yet, in the order they closed. */
  #closed: HeldWindow[] = [];
  /** Those of them that still have results in the table. */
  #closing: Closing[] = [];
  #watermark = -Infinity;
  #emitting = false;
  #last: HeldWindow | undefined;

  constructor(
    readonly definition: WindowedStage,
    private readonly owner: StageOwner,
    /** The end, in time of the last stage, of what a window that ends at `end` goes into. */
    private readonly outEndOf: (end: number) => number,
  ) {
    this.where = definition.name;
  }

  get ended(): boolean {
    return this.owner.ended;
  }

  get autoRelease(): boolean {
    return this.owner.autoRelease && this === this.owner.stages.at(-1);
  }

  get siblings(): readonly Stage[] {
    return this.owner.stages;
  }

  /** Absorbs a value: its offset moves into the hold of its window, its credit goes back. */
  fold(share: Share, timestamp: number, key: unknown, value: unknown): void {
    const root = share.root as Delivered | HeldWindow;
    if (root.ended) return;
    const windows = this.definition.windowsOf(timestamp, value);
    if (root.kind === 'record') this.#foldRecord(root, windows, key, value);
    else if (this.#foldResult(root, windows, key, value)) {
      share.moveIntoWindow();
      this.owner.moved(false);
      root.taken();
      return;
    }
    share.release();
  }

  #foldRecord(root: Delivered, windows: readonly TimeWindow[], key: unknown, value: unknown): void {
    const { folding, grace } = this.definition;
    const { slot } = root;
    let missed = 0;
    for (const { start, end } of windows) {
      if (end + grace <= root.stamp) {
        missed++;
        continue;
      }
      const held = this.#windowAt(start, end);
      held?.hold(slot, root.offset, root.stamp);
      held?.contents.add(slot, key, value, folding);
    }
    if (missed === 0 && windows.length > 0) return;
    this.owner.missed(root, windows.length === 0 ? 'in no window' : missed < windows.length ? 'late in some windows' : 'late');
  }

  /** Whether the result went into a window: others are out already. */
  #foldResult(root: HeldWindow, windows: readonly TimeWindow[], key: unknown, value: unknown): boolean {
    let taken = 0;
    for (const { start, end } of windows) {
      const held = this.#windowAt(start, end);
      if (!held) continue;
      if (taken++ > 0) root.shares++; // each window releases one
      held.takeIn(root);
      held.contents.add(0, key, value, this.definition.folding);
    }
    return taken > 0;
  }

  /** Undefined if it was rebuilt and is out already. */
  #windowAt(start: number, end: number): HeldWindow | undefined {
    const last = this.#last;
    if (last?.start === start && last.end === end && last.state === 'open') return last;
    const outEnd = this.outEndOf(end);
    if (outEnd <= this.owner.out) return undefined;
    let held = this.#open.get(start, end);
    if (!held) {
      if (this.#closed.some((window) => window.start === start && window.end === end))
        throw new Error(`${this.where}: a record was folded into the closed window [${start}, ${end})`);
      held = new HeldWindow(start, end, outEnd, new WindowContents(), this, this.owner.partitionCount);
      this.#open.add(held);
      this.owner.opened(this, end);
    }
    return (this.#last = held);
  }

  /** Closes what `watermark` has passed, and gives the results as far as the sink takes them. */
  close(watermark: number): void {
    this.#watermark = Math.max(this.#watermark, watermark);
    const due = [...this.#open].filter((window) => window.end + this.definition.grace <= watermark);
    due.sort((a, b) => a.end - b.end || a.start - b.start);
    for (const window of due) {
      this.owner.closing(this, window);
      this.#open.delete(window);
      window.state = 'closing';
      window.shares++; // one for the results that are still in the table, so that a fast sink does not release the window half way
      window.absorbed++;
      this.#closed.push(window);
      this.#closing.push({ window, results: window.contents.results(this.definition.folding) });
    }
    this.emit();
  }

  /** Gives results until the sink has enough. */
  emit(): void {
    if (this.#emitting) return; // a sink that takes a result at once comes back here from within the loop
    this.#emitting = true;
    try {
      for (let closing = this.#closing[0]; closing && !this.ended && this.untaken < this.owner.maxResults; closing = this.#closing[0]) {
        const next = closing.results.next();
        if (next.done !== true) {
          const share = new Share(closing.window);
          this.definition.emit(next.value, closing.window, share);
          if (this.autoRelease && !share.released) share.release();
          continue;
        }
        this.#closing.shift();
        closing.window.state = 'closed';
        closing.window.shares--;
        closing.window.absorbed--;
        if (!this.#settle(closing.window)) this.owner.moved(false); // the next stage may have waited for the last result to arrive
      }
    } catch (error) {
      this.definition.fail(error);
    } finally {
      this.#emitting = false;
    }
  }

  /** A share of a window's results was released. */
  spent(window: HeldWindow): void {
    if (!this.#settle(window)) this.owner.moved(false);
    this.emit();
  }

  #settle(window: HeldWindow): boolean {
    if (window.state !== 'closed' || window.shares > 0) return false;
    window.state = 'released';
    for (const [source, count] of window.from) {
      source.shares -= count;
      source.absorbed -= count;
      source.spent();
    }
    window.from.clear();
    this.owner.moved(true);
    return true;
  }

  /** Results that the sink has not taken. */
  get untaken(): number {
    let untaken = 0;
    for (const window of this.#closed) untaken += window.untaken;
    return untaken;
  }

  /** Whether a closed window is not wholly out of the table. */
  get blocked(): boolean {
    return this.#closing.length > 0;
  }

  /** The watermark of the next stage: what has closed here, but for results that have not arrived there. */
  get closedThrough(): number {
    let through = this.#watermark - this.definition.grace;
    for (const window of this.#closed) if (window.state === 'closing' || window.untaken > 0) through = Math.min(through, window.end - 1);
    return through;
  }

  /** The open window with these edges. */
  openAt({ start, end }: TimeWindow): HeldWindow | undefined {
    return this.#open.get(start, end);
  }

  get openWindows(): Iterable<HeldWindow> {
    return this.#open;
  }

  /** Closed windows that are not out. */
  get closedWindows(): readonly HeldWindow[] {
    return this.#closed;
  }

  /** Lets go of the windows, and their holds, that are out. */
  forget(out: number): void {
    this.#closed = this.#closed.filter((window) => window.state !== 'released' || window.outEnd > out);
  }
}
