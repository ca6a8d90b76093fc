import type { Folding } from '../time/folding';
import type { Entry } from '../time/windowContents';
import type { TimeWindow } from '../records';
import type { HeldWindow } from './heldWindow';
import type { Share } from './share';

/** What a windowed operator is to the run: how it puts records into windows, and where its results go. */
export interface WindowedStage {
  /** The operator's name, for errors. */
  readonly name: string;
  /** The windows that a value with this timestamp (ms) belongs to, ordered by end. */
  windowsOf(timestamp: number, value: unknown): readonly TimeWindow[];
  /** Whether that depends on more than the timestamp. */
  readonly looksAtValues?: boolean | undefined;
  /** ms */
  readonly grace: number;
  readonly folding: Folding;
  /** What recovery compares: windows rebuilt by other rules would be silently partial. */
  readonly fingerprint: string;
  /** Gives one result to the next operator. */
  emit(entry: Entry, window: HeldWindow, share: Share): void;
  /** A callback threw while windows were merged. */
  fail(error: unknown): void;
}
