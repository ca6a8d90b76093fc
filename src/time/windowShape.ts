import { StreamError } from '../errors';
import type { StreamRecord, TimeWindow } from '../records';
import type { CalendarWindow } from './calendar';
import type { CountingWindow } from './counting';
import type { GlobalWindow } from './global';
import type { HoppingWindow } from './hopping';
import type { SessionWindow } from './session';
import type { SlidingWindow } from './sliding';
import type { TumblingWindow } from './tumbling';

/** A window of your own. Must be a pure function of the record: it is called again on replay. */
export interface CustomWindow<in R = StreamRecord> {
  readonly kind: 'custom';
  /** Part of the fingerprint: change it when `assign` changes, and recovery will notice. */
  readonly name: string;
  /** The windows that `timestamp` (ms) belongs to, each of which covers it; none means the record is counted as in no window. */
  readonly assign: (timestamp: number, record: R) => readonly TimeWindow[];
  /** Whether windows of one key that overlap become one, as sessions do. Default false. */
  readonly merge?: boolean | undefined;
}

/** How records are put into windows: a plain value, made by `tumbling`, `hopping`, `sliding`, `session`, `global`, `counting` or `calendar`, or a `CustomWindow`. */
export type WindowShape<R = StreamRecord> =
  TumblingWindow | HoppingWindow | SlidingWindow | SessionWindow<R> | GlobalWindow | CountingWindow | CalendarWindow | CustomWindow<R>;

/**
 * What `assign` of a custom window gave for `timestamp`, ordered by end, then start.
 *
 * @throws StreamError `INVALID_OPTION` if it is no array of windows, or one has an edge that is not finite, is empty, does not cover the timestamp (it might
 *   be closed before the record comes), or is there twice (the record would count twice)
 */
export function checkedWindows(name: string, timestamp: number, windows: readonly TimeWindow[]): readonly TimeWindow[] {
  const refuse = (what: string): never => {
    throw new StreamError('INVALID_OPTION', `assign of the window ${JSON.stringify(name)} gave ${what} for the timestamp ${timestamp}`);
  };
  if (!isArray(windows)) return refuse(`${typeof windows}: it must give an array of windows, empty if there is none,`);
  const sorted = windows.map(({ start, end }) => ({ start, end })).sort((a, b) => a.end - b.end || a.start - b.start);
  sorted.forEach(({ start, end }, index) => {
    const text = `[${String(start)}, ${String(end)})`;
    const last = sorted[index - 1];
    if (!Number.isFinite(start) || !Number.isFinite(end)) refuse(`the window ${text}, whose edges are not both finite numbers,`);
    if (start >= end) refuse(`the window ${text}, whose start is not before its end,`);
    if (timestamp < start || timestamp >= end) refuse(`the window ${text}, which does not cover it,`);
    if (last && last.start === start && last.end === end) refuse(`the window ${text} twice`);
  });
  return sorted;
}

function isArray(value: unknown): boolean {
  return Array.isArray(value);
}
