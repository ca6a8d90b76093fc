import type { TimeWindow } from '../../records';
import type { Folding } from '../../time/folding';
import type { Holds, Origin } from '../holds';

/** Why a record does not count: all its windows had closed, some of them had, or it belongs to none. */
export type Missed = 'late' | 'late in some windows' | 'in no window';

/** How a record missed windows it might have counted in. */
export interface Miss {
  readonly how: Missed;
  /** The last closed window that it belongs to, if there is one. */
  readonly window: TimeWindow | undefined;
  /** How far the watermark it is judged by had passed the moment it would have had to come by, ms. */
  readonly by: number;
}

/** What the records of one key and one window came to. */
export interface Result {
  readonly key: unknown;
  readonly value: unknown;
  readonly window: TimeWindow;
}

/** A window, or the sessions of one end, that was taken out of the table because it has ended. */
export interface DueWindow {
  readonly start: number;
  readonly end: number;
  /** What it was made of, and so keeps from being committed until it is out. */
  readonly holds: Holds;
  /**
   * Read one at a time as the sink takes them, and to the end before the next window is taken out. Ordered by the start of the window, then by each key's
   * first record in order of partition and offset.
   */
  readonly results: Iterator<Result, void, void>;
  /** Its keys, by what they are compared by; undefined where that is not known before the results are. */
  readonly keys?: Iterable<readonly [identity: unknown, key: unknown]> | undefined;
}

/** What a window came to so far, let go of to make room. */
export interface Spilled {
  /** The end of that window, which stays open, ms. */
  readonly end: number;
  readonly results: Iterator<Result, void, void>;
}

/** An open window that holds an offset. */
export interface Holder {
  readonly window: TimeWindow;
  /** Whose window it is; left out where windows are of all keys. */
  readonly key?: unknown;
}

/** What a table is told when it is made. */
export interface TableOptions {
  /** The operator's name, for errors. */
  readonly name: string;
  /** How many partitions there are. */
  readonly slots: number;
  /** How far the watermark that a record is judged by may be past the end of a window that it still counts in, ms. */
  readonly grace: number;
  readonly folding: Folding;
  /** Whether everything that ends at `end`, or before, was given in an earlier life and is released: it is not given again. */
  readonly isOut: (end: number) => boolean;
  /** The last end that was out when the table was made, ms; default: nothing was. */
  readonly out?: number | undefined;
}

/** Told of each key and window that a record changed. */
export type Changed = (identity: unknown, window: TimeWindow) => void;

/**
 * The open windows of one operator over the partitions of one task: what was folded into them, and what they hold.
 *
 * A record is judged by the watermark of its own partition just before it (`origin.stamp`), never by what has been taken out; so what it counts in does not
 * depend on how partitions interleave. Pure: no clock, no RxJS.
 */
export interface WindowTable {
  /** Folds a record into those of its windows that are open by its stamp. Says what it missed; undefined if it missed nothing. */
  add(origin: Origin, timestamp: number, key: unknown, record: unknown, changed?: Changed): Miss | undefined;
  /**
   * No open window ends before this, ms; Infinity if none is open. Asked after each record, so it is kept and not searched for. It may be too early (a session
   * goes on): then nothing is taken out, and it is later afterwards.
   */
  readonly firstEnd: number;
  /** The last end of an open window, ms; -Infinity if none is open. */
  readonly lastEnd: number;
  /** The last end of an open window that is at or before `limit`; undefined if there is none. */
  lastEndBy(limit: number): number | undefined;
  /** Takes out the window that ends first, if it ends at or before `through`; to be called again when its results have been read. Windows that are out are passed over. */
  takeFirst(through: number): DueWindow | undefined;
  /** The smallest offset of a partition that open windows hold; Infinity if none. */
  holdOf(slot: number): number;
  /** The stamp of that record. */
  stampOf(slot: number): number;
  /** An open window that holds that offset. Searched for: it is for errors. Undefined if nothing is held. */
  holderOf(slot: number): Holder | undefined;
  /** How many states are kept: one for each key of each window and partition, or of each part that windows share. */
  readonly size: number;
  /** The states themselves. */
  states(): Iterable<unknown>;
  /** Whether the key, by what keys are compared by, is in the open window with these edges, or in a session that overlaps them. */
  hasKey(identity: unknown, window: TimeWindow): boolean;
  /** What a key of an open window came to so far; for tables that say what has changed. Undefined if the window is no longer open. */
  current?(identity: unknown, window: TimeWindow): Result | undefined;
  /** Gives what the window that ends first came to so far, and lets go of it; the window stays open. For tables that can. */
  spill?(): Spilled;
}
