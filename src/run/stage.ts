import { roughSize } from '../time/roughSize';
import { ClosedWindow } from './closedWindow';
import type { FreeWindows } from './freeWindows';
import type { Origin } from './holds';
import type { Delivered } from './partitionEpoch';
import { type Pin, pinOfClosed, pinOfOpen } from './pin';
import * as runErrors from './runErrors';
import { Share } from './share';
import type { DueWindow, Miss, Missed, Result, Spilled, TableOptions, WindowTable } from './tables/windowTable';
import { Updates } from './updates';
import type { StateLimit, WindowedStage } from './windowedStage';

/** What a stage needs of the task it belongs to. */
export interface StageOwner {
  readonly ended: boolean;
  /** Every window that ends at or before this is out: its results are released. In time of the last stage, ms. */
  readonly out: number;
  /** Results of a stage that the sink has not taken, at most. */
  readonly maxResults: number;
  readonly partitionCount: number;
  tableOf(definition: WindowedStage, options: TableOptions): WindowTable;
  readonly stages: readonly Stage[];
  readonly free: FreeWindows | undefined;
  /** Whether results are released when they have been given: those of the last stage, in a run without a group. */
  autoReleases(stage: Stage): boolean;
  /** Where a record or result comes from, as the tables of this owner number partitions. */
  originOf(root: Delivered | ClosedWindow): Origin;
  /** A window was opened that ends before all others. */
  opened(stage: Stage): void;
  /** The watermark has passed a window: its results are about to be given. */
  closing(stage: Stage, window: DueWindow): void;
  /** A result of this stage was taken or absorbed, or a window of it became wholly released. */
  moved(released: boolean, stage: Stage): void;
  /** The stage is about to give results, if it has some: until all are out it may be blocked. */
  gives(stage: Stage): void;
  /** A record does not count in windows that it might have counted in. Says whether that is news: an earlier life may have told it. */
  missed(record: Delivered, how: Missed): boolean;
  /** The first change since results were last given early: they are to be given again in so many ms. */
  changed(stage: Stage, every: number): void;
}

const sampledEvery = 1_024;
const sampled = 32;
/** What an entry of a Map with its key takes besides the state, roughly. */
const entrySize = 100;

/** Results that are being given: of a closed window, or of open ones that have changed. */
interface Giving {
  readonly root: ClosedWindow | Updates;
  readonly results: Iterator<Result, void, void>;
}

/** The windows of one windowed operator over the partitions of one task: what is open is in its table, what has closed is here. */
export class Stage {
  readonly where: string;
  readonly table: WindowTable;
  /** Results that the sink has not taken. */
  untaken = 0;
  /** Closed and not out yet, in the order they closed. */
  #closed: ClosedWindow[] = [];
  #giving: Giving | undefined;
  #emitting = false;
  /** Its source has ended, or nobody wants its results any more, or all of them have been given. */
  ending: 'ending' | 'abandoned' | 'ended' | undefined;
  #whenEnded: () => void = () => undefined;
  #watermark = -Infinity;
  #firstEnd = Infinity;
  /** Open windows that have changed since results were last given early. */
  #changes: Updates | undefined;
  /** Such results that are to be given next, or are on their way. */
  #updates: Updates[] = [];
  #foldedSinceSample = 0;
  /** Bytes of a state, as far as is known. */
  #stateSize = 0;
  /** It was time for the next of them while the former were still being given. */
  #overdue = false;

  constructor(
    readonly definition: WindowedStage,
    private readonly owner: StageOwner,
    /** The end, in time of the last stage, of what a window that ends at `end` goes into. */
    readonly outEndOf: (end: number) => number = (end) => end,
    /** How far a stamp may be past the end of a window that its record still counts in. */
    grace = definition.grace,
  ) {
    this.where = definition.name;
    this.table = owner.tableOf(definition, {
      name: definition.name,
      slots: owner.partitionCount,
      grace,
      folding: definition.folding,
      out: owner.out,
      isOut: (end) => this.outEndOf(end) <= this.owner.out,
    });
  }

  get ended(): boolean {
    return this.owner.ended;
  }

  get autoRelease(): boolean {
    return this.owner.autoReleases(this);
  }

  get free(): FreeWindows | undefined {
    return this.owner.free;
  }

  get siblings(): readonly Stage[] {
    return this.owner.stages;
  }

  /**
   * Absorbs a value: its offset moves into the hold of its window, its credit goes back. A record that is late for all its windows is given back, and not
   * released, if the operator wants to have it.
   */
  fold(share: Share, timestamp: number, key: unknown, value: unknown): Miss | undefined {
    const root = share.root as Delivered | ClosedWindow;
    if (root.ended) return undefined;
    const miss = this.table.add(this.owner.originOf(root), timestamp, key, value, this.#changed(root, share));
    this.#noticeOpened();
    if (this.definition.limit) this.#keepWithin(this.definition.limit);
    if (miss && root.kind === 'record' && this.owner.missed(root, miss.how) && miss.how === 'late' && this.definition.keepsLate)
      return miss;
    share.release();
    return undefined;
  }

  #noticeOpened(): void {
    const { firstEnd } = this.table;
    if (firstEnd < this.#firstEnd) {
      this.#firstEnd = firstEnd;
      this.owner.opened(this);
    }
  }

  // Memory

  /** Sees to it that state does not grow beyond its limit. Its bytes are looked at now and then, at some of the states. */
  #keepWithin({ states, bytes, onFull }: StateLimit): void {
    const { table } = this;
    if (++this.#foldedSinceSample >= sampledEvery) {
      this.#foldedSinceSample = 0;
      this.#stateSize = meanSize(table.states());
    }
    const tooMany = table.size > states;
    if (!tooMany && table.size * this.#stateSize <= bytes) return;
    if (onFull === 'error' || !table.spill) throw runErrors.stateFull(this.where, table, tooMany ? { states } : { bytes });
    if (this.#updates.some(({ state }) => state === 'waiting' || state === 'closing')) return; // room is being made
    const spilled = new Updates(this, 0, table.spill());
    spilled.state = 'waiting';
    this.#updates.push(spilled);
    this.give();
  }

  // Closing

  /** Closes what `watermark` has passed, and gives the results as far as the sink takes them. */
  close(watermark: number): void {
    if (watermark > this.#watermark) this.#watermark = watermark;
    this.give();
    this.#firstEnd = this.table.firstEnd;
  }

  /** The source has ended: closes everything, and calls `done` when the last result has been given. */
  endWith(done: () => void): void {
    this.ending = 'ending';
    this.#whenEnded = done;
    this.close(Infinity);
  }

  /** Nothing more is given, since the epoch has ended: what waits for the last result need not wait any longer. */
  cease(): void {
    if (this.ending !== 'ending') return;
    this.ending = 'ended';
    this.#whenEnded();
  }

  /** Nobody wants results any more. What is open stays held: its records have had no effect. */
  abandon(): void {
    if (this.ending !== 'ended') this.ending = 'abandoned';
  }

  /** Windows that end by now have closed. */
  get #through(): number {
    return this.#watermark - this.definition.grace;
  }

  /** Whether an open window has ended, as far as the table can tell without looking. */
  get #isDue(): boolean {
    const { table } = this;
    return table.firstEnd <= this.#through && (table.size > 0 || table.lastEnd > -Infinity); // tables search for their last end
  }

  /** Gives results until the sink has enough. */
  give(): void {
    if (this.#emitting) return; // a sink that takes a result at once comes back here from within the loop
    this.#emitting = true;
    this.owner.gives(this);
    try {
      while (!this.ended && this.ending !== 'abandoned' && this.untaken < this.owner.maxResults) {
        const giving = (this.#giving ??= this.#nextWindow() ?? this.#nextUpdates());
        if (!giving) {
          if (this.ending === 'ending') {
            this.ending = 'ended';
            this.owner.moved(true, this);
            this.#whenEnded();
          }
          break;
        }
        const next = giving.results.next();
        if (next.done === true) this.#given(giving.root);
        else this.#emit(next.value, giving.root.kind === 'window', new Share(giving.root));
      }
    } catch (error) {
      this.definition.fail(error);
    } finally {
      this.#emitting = false;
    }
  }

  #nextWindow(): Giving | undefined {
    const due = this.#isDue ? this.table.takeFirst(this.#through) : undefined;
    if (!due) return undefined;
    this.owner.closing(this, due);
    const root = new ClosedWindow(due.start, due.end, this.outEndOf(due.end), due.holds, this);
    root.absorb(); // one share for the results that are still in the table, so that a fast sink does not release the window half way
    this.#closed.push(root);
    return { root, results: due.results };
  }

  #emit(result: Result, final: boolean, share: Share): void {
    this.definition.emit(result, final, share);
    if (this.autoRelease && !share.released) share.release();
  }

  #given(root: ClosedWindow | Updates): void {
    this.#giving = undefined;
    root.state = 'closed';
    root.unabsorb(1);
    if (this.#overdue) this.update();
  }

  /** A share of a window's results was released. */
  spent(root: ClosedWindow | Updates): void {
    if (!this.#settle(root)) this.owner.moved(false, this); // the next stage may have waited for the last result to arrive
    this.give();
  }

  #settle(root: ClosedWindow | Updates): boolean {
    if (root.state !== 'closed' || root.shares > 0) return false;
    root.state = 'released';
    if (root.kind === 'update') {
      this.#updates = this.#updates.filter((other) => other !== root);
      if (!root.spilled) return false;
      this.owner.moved(true, this); // its window may have closed long since
      return true;
    }
    for (const [source, count] of root.holds.sources) source.unabsorb(count);
    root.holds.sources.clear();
    this.owner.moved(true, this);
    return true;
  }

  /** Whether a closed window is not wholly out of the table, or results that were to be given early are not. */
  get blocked(): boolean {
    if (this.ending === 'abandoned') return false;
    if (this.#giving !== undefined || this.#isDue) return true;
    return this.#updates.length > 0 && this.#updates.some(({ state }) => state === 'waiting');
  }

  /** The watermark of the next stage: what has closed here, but for results that have not arrived there. */
  get closedThrough(): number {
    let through = this.#through;
    if (this.#isDue) through = this.table.firstEnd - 1;
    for (const window of this.#closed) if (window.state === 'closing' || window.untaken > 0) through = Math.min(through, window.end - 1);
    return through;
  }

  /** Parts of windows, given early to make room, that are not released: until they are, the window is not out, even if the rest of it is. */
  get spilled(): readonly Spilled[] {
    return this.#updates.flatMap(({ spilled }) => spilled ?? []);
  }

  /** Closed windows that are not out. */
  get closedWindows(): readonly ClosedWindow[] {
    return this.#closed;
  }

  /** The smallest offset of a partition that a window holds, open or not yet out, with the stamp of that record. */
  holdOf(slot: number): { readonly offset: number; readonly stamp: number } {
    let offset = this.table.holdOf(slot);
    let stamp = offset < Infinity ? this.table.stampOf(slot) : -Infinity;
    for (const { holds } of this.#closed) {
      if (holds.offsetOf(slot) >= offset) continue;
      offset = holds.offsetOf(slot);
      stamp = holds.stampOf(slot);
    }
    return { offset, stamp };
  }

  /** What holds that offset; undefined if nothing does. Searched for: it is for errors. */
  pinOf(slot: number): Pin | undefined {
    const { offset } = this.holdOf(slot);
    if (offset === Infinity) return undefined;
    if (this.table.holdOf(slot) === offset) return pinOfOpen(offset, this.where, this.table.holderOf(slot));
    const closed = this.#closed.find(({ holds }) => holds.offsetOf(slot) === offset);
    return closed && pinOfClosed(offset, closed);
  }

  /** A result that was given, or is to be, and is not taken; in words. */
  get untakenResult(): string | undefined {
    return this.#closed.find(({ state, untaken }) => state === 'closing' || untaken > 0)?.where;
  }

  /** Lets go of the windows, and their holds, that are out. */
  forget(out: number): void {
    const { spilled } = this;
    const isLeft = ({ state, end, outEnd }: ClosedWindow) =>
      state !== 'released' || outEnd > out || spilled.some((part) => part.end === end);
    this.#closed = this.#closed.filter(isLeft);
  }

  // Results before the end

  /** What is told when a record changes a window: nothing, if it has had its say in an earlier life. */
  #changed(root: Delivered | ClosedWindow, share: Share): Parameters<WindowTable['add']>[4] {
    const { updates } = this.definition;
    if (!updates || (root.kind === 'record' && root.offset < root.epoch.ackedBefore)) return undefined;
    if (updates !== 'each') {
      if (!this.#changes) this.owner.changed(this, updates.every);
      const changes = (this.#changes ??= new Updates(this, this.owner.partitionCount));
      changes.hold(this.owner.originOf(root));
      return (identity, window) => changes.add(identity, window);
    }
    return (identity, window) => {
      const result = this.table.current?.(identity, window);
      if (result) this.#emit(result, false, share.fork());
    };
  }

  /** Gives the results of what has changed since the last time. */
  update(): void {
    const changes = this.#changes;
    if (!changes) return;
    this.#overdue = this.#updates.some(({ state }) => state === 'waiting' || state === 'closing');
    if (this.#overdue) return;
    this.#changes = undefined;
    changes.state = 'waiting';
    this.#updates.push(changes);
    this.give();
  }

  #nextUpdates(): Giving | undefined {
    const root = this.#updates.find(({ state }) => state === 'waiting');
    if (!root) return undefined;
    root.state = 'closing';
    root.absorb();
    return { root, results: root.results(this.table) };
  }

  /** Records from here on, of this partition, have changes that are not told yet, or not taken. */
  toldBefore(slot: number): number {
    let offset = this.#changes?.offsetOf(slot) ?? Infinity;
    for (const updates of this.#updates) offset = Math.min(offset, updates.offsetOf(slot));
    return offset;
  }
}

function meanSize(states: Iterable<unknown>): number {
  let bytes = 0;
  let count = 0;
  for (const state of states) {
    bytes += entrySize + roughSize(state);
    if (++count === sampled) break;
  }
  return count === 0 ? 0 : bytes / count;
}
