import { map, type Observable, type SchedulerLike } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { StreamError } from '../../errors';
import type { Lateness, LateRecord, StreamRecord, TimeWindow, WindowedRecord } from '../../records';
import { comparedSubscriptions, comparedToDiagram, comparedToEachOther, type ExpectedNotifications } from './compared';
import { differenceOf } from './difference';
import { logOf, type RecordMarbles, type RecordsObservable, recordsOf, type RecordsOptions } from './recordsOf';
import { momentsOf } from './moments';
import { materialized, receive, type Received } from './received';
import { sameValue } from './sameValue';

/** What a test in marbles gets: RxJS' own helpers, and some that know records. A frame is 1 ms. */
export interface Marbles extends Pick<
  RunHelpers,
  'cold' | 'hot' | 'time' | 'flush' | 'animate' | 'expectObservable' | 'expectSubscriptions'
> {
  /**
   * A cold stream of records, one for each marble: `[key, value]`, or `[key, value, { offset: 7 }]`. Several diagrams are the partitions 0, 1 and so on, and end
   * when all have. The frame since subscription is the timestamp, offsets count up in each partition.
   */
  readonly records: <K, V>(
    marbles: string | readonly string[],
    values: RecordMarbles<K, V>,
    options?: RecordsOptions,
  ) => RecordsObservable<K, V>;
  /** Compares keys and values; windows, whether a result is final, and what a record was late for, where that is given; and nothing else of a record. */
  readonly expectRecords: <R extends StreamRecord>(
    records$: Observable<R>,
    subscription?: string,
  ) => {
    readonly toBe: (marbles: string, values?: { readonly [marble: string]: ExpectedRecord<R> }, error?: unknown) => void;
  };
  /** When each record of the source was released, under its letter: acked, dropped, or folded into a result that is itself released. */
  readonly expectReleased: (source$: RecordsObservable<unknown, unknown>) => { readonly toBe: (marbles: string) => void };
  /** When offsets were committed, and which: the next one to read, of several partitions a list of them. */
  readonly expectCommits: (source$: RecordsObservable<unknown, unknown>) => {
    readonly toBe: (marbles: string, values?: { readonly [marble: string]: number | readonly number[] }) => void;
  };
  /** The virtual clock, for what takes a scheduler and is not RxJS' own. */
  readonly scheduler: SchedulerLike;
}

/** A record as a test in marbles writes what it expects: `['ann', 3]`, `['ann', 3, { start: 0, end: 10 }]`, or with `{ final: false }` or `{ late: … }` behind. */
export type ExpectedRecord<R extends StreamRecord = StreamRecord> = readonly [
  key: R['key'],
  value: R['value'],
  window?: TimeWindow | undefined,
  said?: { readonly final?: boolean | undefined; readonly late?: Lateness | undefined },
];

/** Something to compare when time has come to its end; made where the test said what it expects, so that its stack leads there. */
interface Expectation {
  readonly site: Error;
  readonly difference: () => string | undefined;
}

/** RxJS' scheduler, with comparisons of ours. */
class MarbleScheduler extends TestScheduler {
  #expectations: Expectation[] = [];

  constructor() {
    super(() => undefined);
  }

  /** Compares when time has come to its end. */
  expectNone(difference: () => string | undefined): void {
    this.#expectations.push({ site: new Error(), difference });
  }

  override flush(): void {
    super.flush();
    for (const { site, difference } of this.#expectations.splice(0)) {
      const message = difference();
      if (message === undefined) continue;
      site.stack = [`Error: ${message}`, ...callers(site)].join('\n');
      site.message = message;
      throw site;
    }
  }
}

/** The frames below the call of `toBe`, or `toEqual`: the first is the test's. */
function callers({ stack = '' }: Error): string[] {
  const frames = stack.split('\n').slice(1);
  return frames.slice(frames.findIndex((frame) => /\bto(Be|Equal)\b/.test(frame)) + 1);
}

/**
 * Runs a test in virtual time with marble diagrams, as RxJS' `TestScheduler.run` does, for pipelines of records: at once, and without a Kafka.
 *
 * The records of `m.records` belong to a run as those of `fromTopic` with a group do: they are judged by event time, windows close by later records, by silence,
 * and at the end, and what is released is committed as `commitOffsets` says, or every 5 s. There is no broker that could be slow, so nothing is held back, and a
 * commit takes no time. Where something of a test waits for promises, as sinks do, it needs `FakeKafka` and a `VirtualClock`.
 *
 * What differs is an error whose message shows both diagrams under one another, with the values of what differs. It needs no test runner.
 *
 * @param test - gets the helpers; must not be async
 * @throws StreamError `INVALID_OPTION` for a diagram or a value that makes no sense, `UNSUPPORTED` for an async test; Error where a diagram differs
 * @since 0.1.0
 * @example
 * ```ts
 * import { commitOffsets, mapValues } from 'millrace';
 * import { marbles } from 'millrace/testing';
 *
 * marbles((m) => {
 *   const lines$ = m.records('-a-b|', { a: ['ann', 'to be'], b: ['bob', 'or not'] });
 *   const lengths$ = lines$.pipe(mapValues((line) => line.length), commitOffsets({ every: 10 }));
 *   m.expectRecords(lengths$).toBe('-a-b|', { a: ['ann', 5], b: ['bob', 6] });
 *   m.expectReleased(lines$).toBe('-a-b');
 *   m.expectCommits(lines$).toBe('----x', { x: 2 });
 * });
 * ```
 */
export function marbles(test: (helpers: Marbles) => void): void {
  const scheduler = new MarbleScheduler();
  scheduler.run(({ cold, hot, time, flush, animate }) => {
    const run: (helpers: Marbles) => unknown = test;
    const returned = run({ cold, hot, time, flush, animate, scheduler, ...helpersOn(scheduler) });
    if (typeof (returned as { then?: unknown } | undefined)?.then !== 'function') return;
    throw new StreamError(
      'UNSUPPORTED',
      'the test in marbles is async, but time in marbles never waits for a promise: test it with FakeKafka and a VirtualClock',
    );
  });
}

type OwnHelpers = Pick<
  Marbles,
  'records' | 'expectObservable' | 'expectSubscriptions' | 'expectRecords' | 'expectReleased' | 'expectCommits'
>;

function helpersOn(scheduler: MarbleScheduler): OwnHelpers {
  const expectDiagram = (received: readonly Received[], expected: ExpectedNotifications) =>
    scheduler.expectNone(comparedToDiagram(received, expected));
  return {
    records: (lines, values, options = {}) => recordsOf(typeof lines === 'string' ? [lines] : lines, values, options, scheduler),
    expectObservable: (observable, subscription) => {
      const came = receive(scheduler, observable, subscription);
      return {
        toBe: (diagram, values?: unknown, error: unknown = 'error') => {
          const named = Object.entries((values ?? {}) as Readonly<Record<string, unknown>>).map(
            ([letter, value]) => [letter, materialized(value)] as const,
          );
          expectDiagram(came, {
            what: 'the notifications',
            marbles: diagram,
            values: Object.fromEntries(named),
            unnamed: 'itself',
            error,
          });
        },
        toEqual: (other) => {
          const expected = receive(scheduler, other, subscription);
          scheduler.expectNone(() => comparedToEachOther(came, expected));
        },
      };
    },
    expectSubscriptions: (logs) => ({
      toBe: (diagrams) => scheduler.expectNone(() => comparedSubscriptions(typeof diagrams === 'string' ? [diagrams] : diagrams, logs)),
    }),
    expectRecords: (records$, subscription) => {
      const came = receive(scheduler, records$.pipe(map(rowOf)), subscription);
      return {
        toBe: (diagram, values = {}, error = 'error') =>
          expectDiagram(came, { what: 'the records', marbles: diagram, values, unnamed: 'mistake', error, same: sameRow }),
      };
    },
    expectReleased: (source$) => {
      const { released } = logOf(source$, 'expectReleased');
      return {
        toBe: (diagram) =>
          scheduler.expectNone(() => differenceOf('the releases', momentsOf(diagram), released, (one, other) => one.sign === other.sign)),
      };
    },
    expectCommits: (source$) => {
      const { commits } = logOf(source$, 'expectCommits');
      return {
        toBe: (diagram, values = {}) =>
          expectDiagram(commits, { what: 'the commits', marbles: diagram, values, unnamed: 'mistake', error: undefined }),
      };
    },
  };
}

function rowOf(record: StreamRecord & Partial<WindowedRecord<unknown, unknown> & LateRecord<unknown>>): ExpectedRecord {
  const { key, value, window, final, late } = record;
  if (late) return [key, value, window, { late }];
  if (final === false) return [key, value, window, { final }];
  return window ? [key, value, window] : [key, value];
}

/** What was not given is not compared. */
function sameRow(expected: unknown, received: unknown): boolean {
  const [key, value, window, said] = expected as ExpectedRecord;
  const [otherKey, otherValue, otherWindow, otherSaid] = received as ExpectedRecord;
  return (
    sameValue(key, otherKey) &&
    sameValue(value, otherValue) &&
    (window === undefined || sameValue(window, otherWindow)) &&
    (said?.final === undefined || said.final === (otherSaid?.final ?? otherWindow !== undefined)) &&
    (said?.late === undefined || sameValue(said.late, otherSaid?.late))
  );
}
