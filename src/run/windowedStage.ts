import type { Clock } from '../time/clock';
import type { Folding } from '../time/folding';
import type { Share } from './share';
import type { Result, TableOptions, WindowTable } from './tables/windowTable';

/** How much of state an operator may keep. */
export interface StateLimit {
  /** States: one for each key of each open window and partition. */
  readonly states: number;
  /** Bytes of them, as estimated from a sample. */
  readonly bytes: number;
  /** Fail, or give what the window that ends first came to so far, and let it go. */
  readonly onFull: 'error' | 'emitEarly';
}

/** What a windowed operator is to the run: how it puts records into windows, and where its results go. */
export interface WindowedStage {
  /** The operator's name, for errors. */
  readonly name: string;
  /** ms */
  readonly grace: number;
  readonly folding: Folding;
  /** What recovery compares: windows rebuilt by other rules would be silently partial. */
  readonly fingerprint: string;
  /** The last end of the windows that a value with this timestamp comes into, where that follows from the timestamp alone. */
  readonly lastEndOf?: ((timestamp: number) => number) | undefined;
  /** Whether windows of a record may begin before it and be closed to it by that, though it is not behind the watermark. Default: no. */
  readonly reachesBack?: boolean | undefined;
  /** Whether it also gives windows that no record fell into: it learns of them when a later one closes, so they come too late for windows of the next stage. */
  readonly fills?: boolean | undefined;
  /** When results are given before their window closes: for each record, or, of what has changed, so often (ms). Default: never. */
  readonly updates?: 'each' | { readonly every: number } | undefined;
  /** The clock for that. Default: the source's. */
  readonly clock?: Clock | undefined;
  /** Whether records that are late for all their windows go back to the operator, which then releases them. */
  readonly keepsLate?: boolean | undefined;
  /** Default: none. */
  readonly limit?: StateLimit | undefined;
  /** Makes the table of its open windows. */
  table(options: TableOptions): WindowTable;
  /** Gives one result to the next operator. */
  emit(result: Result, final: boolean, share: Share): void;
  /** A callback threw while windows were merged. */
  fail(error: unknown): void;
}
