import { merges, type OracleRecord, type OracleWindow, type Span, windowsOf } from './windows';

/** The records of each partition, in order of their offsets. */
export type Log<R extends OracleRecord = OracleRecord> = readonly (readonly R[])[];

/** What is asked for. */
export interface Question<R extends OracleRecord = OracleRecord> {
  readonly window: OracleWindow<R>;
  /** ms. Default 0. */
  readonly grace?: number | undefined;
  /** ms. Default 0. */
  readonly outOfOrderness?: number | undefined;
  /** False: all records together, the key of results is null. Default true. */
  readonly keyed?: boolean | undefined;
  /** Whether windows are merged over partitions, as after `keyBy`; or each partition has its own. Default true. */
  readonly merged?: boolean | undefined;
}

/** What becomes of a record. */
export interface Judged<R extends OracleRecord = OracleRecord> {
  /** `partition@offset` */
  readonly id: string;
  readonly record: R;
  readonly partition: number;
  readonly verdict: 'counts' | 'late in some windows' | 'late' | 'in no window';
  /** The windows it counts in, ordered by end, then start. */
  readonly windows: readonly Span[];
  /** The last of its windows that is closed to it, if one is. */
  readonly closed: Span | undefined;
  /** How far the watermark was past the moment by which it would have had to come for that window, ms. */
  readonly by: number | undefined;
}

/**
 * Each record, in order of partition and offset, judged by the watermark of its own partition as it was before it: the greatest timestamp seen there, less
 * `outOfOrderness`.
 *
 * A window is closed to it if the watermark has reached `end + grace`. Windows that merge may have become part of one that ended earlier than they do: they
 * are closed once the watermark, less `grace`, has passed their start.
 */
export function judge<R extends OracleRecord>(log: Log<R>, { window, grace = 0, outOfOrderness = 0 }: Question<R>): Judged<R>[] {
  return log.flatMap((records, partition) => {
    let newest = -Infinity;
    return records.map((record, offset): Judged<R> => {
      const watermark = newest - outOfOrderness;
      newest = Math.max(newest, record.timestamp);
      const pastBy = ({ start, end }: Span): number => (merges(window) ? watermark - grace - start : watermark - grace - end);
      const isClosed = (span: Span): boolean => (merges(window) ? pastBy(span) > 0 : pastBy(span) >= 0);

      const all = windowsOf(window, record);
      const windows = all.filter((span) => !isClosed(span));
      const closed = all.filter(isClosed).at(-1);
      const id = `${partition}@${offset}`;
      return { id, record, partition, verdict: verdictOf(all, windows), windows, closed, by: closed && pastBy(closed) };
    });
  });
}

function verdictOf(all: readonly Span[], open: readonly Span[]): Judged['verdict'] {
  if (all.length === 0) return 'in no window';
  if (open.length === 0) return 'late';
  return open.length < all.length ? 'late in some windows' : 'counts';
}
