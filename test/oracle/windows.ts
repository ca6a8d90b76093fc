import { calendarDays } from './calendarDays';

/** `[start, end)`, in ms. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What the windows of a record may depend on. */
export interface OracleRecord {
  readonly key: string;
  /** Whole ms. */
  readonly timestamp: number;
}

/** Windows, as the public functions make them; all durations in ms. Only the gap of sessions is said in another way. */
export type OracleWindow<R extends OracleRecord = OracleRecord> =
  | { readonly kind: 'tumbling'; readonly size: number; readonly offset: number }
  | { readonly kind: 'hopping'; readonly size: number; readonly every: number; readonly offset: number }
  | { readonly kind: 'sliding'; readonly span: number }
  | { readonly kind: 'session'; readonly gap: number | ((record: R) => number) }
  | { readonly kind: 'calendar'; readonly unit: 'day' | 'week' | 'month'; readonly timeZone: string }
  | { readonly kind: 'custom'; readonly assign: (timestamp: number, record: R) => readonly Span[]; readonly merge?: boolean | undefined }
  | { readonly kind: 'global' };

/** Whether windows that overlap become one. */
export function merges(window: OracleWindow<never>): boolean {
  return window.kind === 'session' || (window.kind === 'custom' && window.merge === true);
}

/** All windows that a record belongs to, ordered by end, then start. */
export function windowsOf<R extends OracleRecord>(window: OracleWindow<R>, record: R): Span[] {
  return spansOf(window, record).sort((a, b) => a.end - b.end || a.start - b.start);
}

function spansOf<R extends OracleRecord>(window: OracleWindow<R>, record: R): Span[] {
  const { timestamp } = record;
  switch (window.kind) {
    case 'tumbling':
      return everySpan(timestamp, window.size, window.size, window.offset);
    case 'hopping':
      return everySpan(timestamp, window.size, window.every, window.offset);
    case 'sliding': // one for each millisecond that it can end with
      return everySpan(timestamp, window.span + 1, 1, 0);
    case 'session':
      return [{ start: timestamp, end: timestamp + (typeof window.gap === 'number' ? window.gap : window.gap(record)) }];
    case 'calendar':
      return [calendarDays(timestamp, window.unit, window.timeZone)];
    case 'custom':
      return [...window.assign(timestamp, record)];
    case 'global':
      return [{ start: -Infinity, end: Infinity }];
  }
}

function everySpan(timestamp: number, size: number, every: number, offset: number): Span[] {
  const spans: Span[] = [];
  const last = Math.floor((timestamp - offset) / every) * every + offset;
  for (let start = last; start > timestamp - size; start -= every) spans.push({ start, end: start + size });
  return spans;
}
