import type { TimeWindow } from '../../records';
import { WindowContents } from '../../time/windowContents';
import { Holds, type Origin } from '../holds';
import { OpenWindows } from './openWindows';
import type { Changed, DueWindow, Holder, Miss, Result, Spilled, TableOptions, WindowTable } from './windowTable';

interface OpenWindow extends TimeWindow {
  contents: WindowContents;
  readonly holds: Holds;
}

/** Windows whose edges follow from one record: each keeps what its records came to, and a record is folded into each that it belongs to. */
export class GridTable implements WindowTable {
  firstEnd = Infinity;
  size = 0;
  readonly #open = new OpenWindows<OpenWindow>();
  /** Windows that have ended and are to be taken out next. */
  #due: OpenWindow[] = [];
  /** The window that the last record went into: mostly the next one does too. */
  #last: OpenWindow | undefined;

  constructor(
    private readonly windowsOf: (timestamp: number, record: unknown) => readonly TimeWindow[],
    private readonly options: TableOptions,
  ) {}

  add(origin: Origin, timestamp: number, key: unknown, record: unknown, changed?: Changed): Miss | undefined {
    const { grace, folding } = this.options;
    const windows = this.windowsOf(timestamp, record);
    let missed = 0;
    let closed: TimeWindow | undefined;
    for (const window of windows) {
      if (window.end + grace <= origin.stamp) {
        missed++;
        closed = window;
        continue;
      }
      const open = this.#windowAt(window);
      if (!open) continue;
      open.holds.take(origin);
      const { contents } = open;
      const before = contents.size;
      const identity = contents.add(origin.slot, key, record, folding);
      if (contents.size > before) this.size++;
      changed?.(identity, open);
    }
    if (missed === 0 && windows.length > 0) return undefined;
    if (!closed) return { how: 'in no window', window: undefined, by: 0 };
    return { how: missed < windows.length ? 'late in some windows' : 'late', window: closed, by: origin.stamp - closed.end - grace };
  }

  /** Undefined if it was rebuilt and is out already. */
  #windowAt(window: TimeWindow): OpenWindow | undefined {
    const last = this.#last;
    if (last?.start === window.start && last.end === window.end) return last;
    if (this.options.isOut(window.end)) return undefined;
    let open = this.#open.get(window);
    if (!open) {
      const { start, end } = window;
      open = { start, end, contents: new WindowContents(), holds: new Holds(this.options.slots) };
      this.#open.add(open);
      if (end < this.firstEnd) this.firstEnd = end;
    }
    return (this.#last = open);
  }

  get lastEnd(): number {
    return this.lastEndBy(Infinity) ?? -Infinity;
  }

  lastEndBy(limit: number): number | undefined {
    let last: number | undefined;
    for (const { end } of this.#open) if (end <= limit && (last === undefined || end > last)) last = end;
    return last;
  }

  takeFirst(through: number): DueWindow | undefined {
    if (this.#due.length === 0) {
      if (this.firstEnd > through) return undefined;
      this.#due = [...this.#open].filter(({ end }) => end <= through).sort((a, b) => b.end - a.end || b.start - a.start);
    }
    const due = this.#due.pop();
    if (!due) return undefined;
    const { start, end, contents, holds } = due;
    this.#open.delete(due);
    this.#last = undefined;
    this.size -= contents.size;
    this.firstEnd = this.#due.at(-1)?.end ?? this.#searchFirstEnd();
    return { start, end, holds, keys: contents.keys(), results: this.#resultsOf(due, contents) };
  }

  #searchFirstEnd(): number {
    let first = Infinity;
    for (const { end } of this.#open) if (end < first) first = end;
    return first;
  }

  #resultsOf({ start, end }: TimeWindow, contents: WindowContents): Iterator<Result, void, void> {
    const window = { start, end };
    const entries = contents.results(this.options.folding);
    return {
      next: () => {
        const { done, value: entry } = entries.next();
        return done === true ? { done, value: undefined } : { done: false, value: { key: entry.key, value: entry.value, window } };
      },
    };
  }

  holdOf(slot: number): number {
    return this.#oldest(slot)?.holds.offsetOf(slot) ?? Infinity;
  }

  stampOf(slot: number): number {
    return this.#oldest(slot)?.holds.stampOf(slot) ?? -Infinity;
  }

  holderOf(slot: number): Holder | undefined {
    const oldest = this.#oldest(slot);
    return oldest && { window: { start: oldest.start, end: oldest.end } };
  }

  #oldest(slot: number): OpenWindow | undefined {
    let oldest: OpenWindow | undefined;
    let offset = Infinity;
    for (const window of this.#open) {
      const hold = window.holds.offsetOf(slot);
      if (hold >= offset) continue;
      oldest = window;
      offset = hold;
    }
    return oldest;
  }

  *states(): Iterable<unknown> {
    for (const { contents } of this.#open) yield* contents.states();
  }

  hasKey(identity: unknown, window: TimeWindow): boolean {
    return this.#open.get(window)?.contents.has(identity) ?? false;
  }

  current(identity: unknown, window: TimeWindow): Result | undefined {
    const open = this.#open.get(window);
    const entry = open?.contents.current(identity, this.options.folding);
    return open && entry && { ...entry, window: { start: open.start, end: open.end } };
  }

  spill(): Spilled {
    let first: OpenWindow | undefined;
    for (const window of this.#open) if (window.contents.size > 0 && (!first || window.end < first.end)) first = window;
    const contents = first?.contents ?? new WindowContents();
    if (first) first.contents = new WindowContents();
    this.size -= contents.size;
    const { start, end } = first ?? { start: -Infinity, end: -Infinity };
    return { end, results: this.#resultsOf({ start, end }, contents) };
  }
}
