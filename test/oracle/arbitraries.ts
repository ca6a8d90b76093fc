import fc from 'fast-check';
import type { Log, Question } from './judge';
import type { OracleRecord, OracleWindow, Span } from './windows';

/** A record with what windows may be computed from. */
export interface Visit extends OracleRecord {
  /** Its own gap, for sessions that ask for it, ms. */
  readonly gap: number;
}

/** Records of some partitions, and what is asked of them. */
export interface Case {
  readonly log: Log<Visit>;
  readonly question: Question<Visit>;
}

export type Kind = OracleWindow['kind'] | 'session by record' | 'custom with merge';

export const kinds = [
  'tumbling',
  'hopping',
  'sliding',
  'session',
  'session by record',
  'calendar',
  'custom',
  'custom with merge',
  'global',
] as const satisfies readonly Kind[];

/** All gaps are below this, and the fixed one is in the middle: steps of event time are often exactly one of them. */
const gap = 7;
const far = 60;

const small = fc.integer({ min: 1, max: 12 });

/** Windows that depend on the timestamp in an odd way: none, one, or two that may be of different lengths. */
function oddWindows(timestamp: number): Span[] {
  const start = Math.floor(timestamp / 10) * 10;
  const rest = timestamp - start;
  if (rest === 3) return [];
  const narrow = { start: timestamp - 1, end: timestamp + 2 };
  const wide = { start, end: start + 10 };
  return rest < 6 ? [wide] : [narrow, wide];
}

/** None, one, or two that overlap since both cover the timestamp, of which one may be late. */
function mergingWindows(timestamp: number, { gap: after }: Visit): Span[] {
  if (after === 5) return [];
  const window = { start: timestamp - (after % 3), end: timestamp + after };
  return after === 8 ? [window, { start: timestamp - 6, end: timestamp + 1 }] : [window];
}

const timeZones = ['UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'America/St_Johns', 'Pacific/Apia', 'Australia/Lord_Howe', 'Asia/Kolkata'];

/** Each kind of windows, of sizes for records that are milliseconds apart; calendars need records that are hours apart. */
export function windowsOfKind(kind: Kind): fc.Arbitrary<OracleWindow<Visit>> {
  const offset = fc.integer({ min: -15, max: 15 });
  switch (kind) {
    case 'tumbling':
      return fc.record({ kind: fc.constant(kind), size: small, offset });
    case 'hopping':
      return fc
        .tuple(small, small, offset)
        .map(([a, b, offset]) => ({ kind: 'hopping', size: Math.max(a, b), every: Math.min(a, b), offset }));
    case 'sliding':
      return fc.record({ kind: fc.constant(kind), span: small });
    case 'session':
      return fc.constant({ kind, gap });
    case 'session by record':
      return fc.constant({ kind: 'session', gap: (record: Visit) => record.gap });
    case 'calendar':
      return fc.record({ kind: fc.constant(kind), unit: fc.constantFrom('day', 'week', 'month'), timeZone: fc.constantFrom(...timeZones) });
    case 'custom':
      return fc.constant({ kind, assign: oddWindows });
    case 'custom with merge':
      return fc.constant({ kind: 'custom', merge: true, assign: mergingWindows });
    case 'global':
      return fc.constant({ kind });
  }
}

/** How far event time goes on from a record to the next: often not at all, a little, or by exactly the gap; now and then a long way. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: gap - 2 }) },
  { weight: 3, arbitrary: fc.constantFrom(gap - 1, gap, gap + 1) },
  { weight: 1, arbitrary: fc.integer({ min: gap + 2, max: far }) },
);

/** How far a record is behind its partition: mostly not, some by a little, some hopelessly. */
const behind = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 2 * gap }) },
  { weight: 1, arbitrary: fc.integer({ min: 2 * gap + 1, max: 2 * far }) },
);

const record = fc.record({ key: fc.constantFrom('a', 'b', 'c'), gap: fc.integer({ min: 1, max: 2 * gap }), step, behind });

/** What to make: how many partitions and records at most, and from which time on. */
export interface Extent {
  readonly partitions?: number;
  /** Of each partition. */
  readonly records?: number;
  /** ms. Default -200, so that 0 is crossed, which `assignTimestamps` can do and the source cannot. */
  readonly earliest?: number;
}

/**
 * Partitions of records, of which one may begin a long way behind the others: many at one time, in bursts that are exactly the gap apart, out of order, and
 * some hopelessly late.
 */
export function logs({ partitions = 3, records = 14, earliest = -200 }: Extent = {}): fc.Arbitrary<Log<Visit>> {
  const begin = fc.oneof(fc.integer({ min: 170, max: 200 }), fc.constantFrom(0, 350)).map((after) => earliest + after);
  const partition = fc.tuple(begin, fc.array(record, { maxLength: records })).map(([first, rows]) => {
    let time = first;
    return rows.map(({ key, gap, step, behind }) => ({ key, gap, timestamp: Math.max(earliest, (time += step) - behind) }));
  });
  return fc.array(partition, { minLength: 1, maxLength: partitions });
}

/** Near these clocks or dates change, or time is negative. */
const changes = ['1969-12-29', '2006-10-29', '2011-12-30', '2018-11-04', '2024-02-29', '2024-03-31', '2024-10-27'];

function inHours({ log, question }: Case, date: number): Case {
  const hour = 3_600_000;
  const hours = log.map((records) => records.map((record) => ({ ...record, timestamp: date + record.timestamp * hour - record.gap })));
  return {
    log: hours,
    question: { ...question, grace: (question.grace ?? 0) * hour, outOfOrderness: (question.outOfOrderness ?? 0) * hour },
  };
}

/** Cases of one kind of windows. */
export function casesOf(kind: Kind, extent: Extent = {}): fc.Arbitrary<Case> {
  const question = fc.record({
    window: windowsOfKind(kind),
    grace: fc.constantFrom(0, 0, 3, 20),
    outOfOrderness: fc.constantFrom(0, 0, 4),
    keyed: fc.boolean(),
    merged: fc.boolean(),
  });
  const cases = fc.record({ log: logs(extent), question });
  if (kind !== 'calendar') return cases;
  const dates = changes.map((date) => Date.parse(date)).filter((date) => extent.earliest === undefined || extent.earliest < 0 || date > 0);
  return fc.tuple(cases, fc.constantFrom(...dates)).map(([given, date]) => inHours(given, date));
}
