import { judge, type Judged, type Log, type Question } from './judge';
import { merges, type OracleRecord, type Span } from './windows';

/** The final result of a key and window. */
export interface Result {
  /** Null if records are not told apart by key. */
  readonly key: string | null;
  readonly window: Span;
  /** The records in it, `partition@offset`, in order of partition and offset. */
  readonly ids: readonly string[];
}

/** What is right. */
export interface Answer<R extends OracleRecord = OracleRecord> {
  /** Ordered by window end, then start, then the first record. */
  readonly results: readonly Result[];
  /** What becomes of each record, in order of partition and offset. */
  readonly records: readonly Judged<R>[];
}

/** The windows of records of one key, with what is in each. */
type Contents<R extends OracleRecord> = readonly { readonly window: Span; readonly records: readonly Judged<R>[] }[];

/**
 * What a pipeline must give for these records, in whatever order it reads partitions, once it has read them all: a batch computation that looks at all
 * records at once, and has no state. It is slow, and meant to be checked by reading.
 */
export function batch<R extends OracleRecord>(log: Log<R>, question: Question<R>): Answer<R> {
  const { window, keyed = true, merged = true } = question;
  const records = judge(log, question);
  const groups = grouped(records, ({ record, partition }) => JSON.stringify([keyed ? record.key : null, merged ? null : partition]));
  const results = [...groups.values()].flatMap((group) => {
    const contents = window.kind === 'sliding' ? distinctSets(group) : merges(window) ? mergedSpans(group) : sameSpans(group);
    const key = keyed ? (group[0]?.record.key ?? null) : null;
    return contents.map(({ window, records }) => ({ key, window, records }));
  });
  const places = new Map(records.map(({ id }, place) => [id, place]));
  const first = (found: readonly Judged<R>[]): number => places.get(found[0]?.id ?? '') ?? -1;
  results.sort((a, b) => a.window.end - b.window.end || a.window.start - b.window.start || first(a.records) - first(b.records));
  return { results: results.map(({ key, window, records }) => ({ key, window, ids: records.map(({ id }) => id) })), records };
}

/** Windows that are the same for all records that are in them. */
function sameSpans<R extends OracleRecord>(records: readonly Judged<R>[]): Contents<R> {
  const all = records.flatMap((record) => record.windows.map((window) => ({ window, record })));
  return [...grouped(all, ({ window }) => textOf(window)).values()].flatMap((same) => {
    const window = same[0]?.window;
    return window ? [{ window, records: same.map(({ record }) => record) }] : [];
  });
}

/** Windows that become one where they overlap, directly or through others. Those that only touch do not. */
function mergedSpans<R extends OracleRecord>(records: readonly Judged<R>[]): Contents<R> {
  const all = records.flatMap((record) => record.windows.map((window) => ({ window, record })));
  all.sort((a, b) => a.window.start - b.window.start);
  const found: { window: Span; records: Set<Judged<R>> }[] = [];
  for (const { window, record } of all) {
    const last = found.at(-1);
    if (last && window.start < last.window.end) {
      last.window = { start: last.window.start, end: Math.max(last.window.end, window.end) };
      last.records.add(record);
    } else found.push({ window, records: new Set([record]) });
  }
  return found.map(({ window, records: within }) => ({ window, records: records.filter((record) => within.has(record)) }));
}

/**
 * Of the windows of one length, of which one ends with each millisecond, those whose set of records is not that of the window a millisecond before: something
 * has come in, or has left. Both happen only where the windows of a record begin, or just after their end.
 */
function distinctSets<R extends OracleRecord>(records: readonly Judged<R>[]): Contents<R> {
  const changes = records.flatMap(({ windows }) => {
    const [first, last] = [windows.at(0), windows.at(-1)];
    return first && last ? [first, { start: last.start + 1, end: last.end + 1 }] : [];
  });
  const distinct = new Map(changes.map((window) => [textOf(window), window]));
  return [...distinct.values()]
    .map((window) => ({ window, records: records.filter(({ windows }) => isBetween(window.end, windows.at(0)?.end, windows.at(-1)?.end)) }))
    .filter(({ records }) => records.length > 0);
}

function isBetween(end: number, first = Infinity, last = -Infinity): boolean {
  return first <= end && end <= last;
}

function grouped<T>(items: readonly T[], by: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(by(item), [...(groups.get(by(item)) ?? []), item]);
  return groups;
}

function textOf({ start, end }: Span): string {
  return `${start} ${end}`;
}
