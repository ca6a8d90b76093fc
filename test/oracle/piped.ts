import { type Observable, tap } from 'rxjs';
import {
  assignTimestamps,
  type ByKeyOptions,
  calendar,
  commitOffsets,
  fromTopic,
  global,
  hopping,
  json,
  type KafkaRecord,
  keyBy,
  type LateRecord,
  reduceByKey,
  reduceByWindow,
  session,
  sliding,
  text,
  tumbling,
  type WindowedRecord,
} from '../../src/index';
import { runPipeline } from '../../src/testing/index';
import type { Log, Question } from './judge';
import type { Update } from './updates';
import { merges, type OracleRecord, type OracleWindow, type Span } from './windows';

/** How the records are read. */
export interface Reading {
  /** Whether open windows are held at the end, and not closed. Default false. */
  readonly held?: boolean | undefined;
  /** Default 1,024. */
  readonly maxInFlight?: number | undefined;
  /** Whether what leaves a window is taken out of what is there, where the operator can. Default false. */
  readonly inverse?: boolean | undefined;
  /** Default `'onClose'`. */
  readonly emit?: 'onClose' | 'onUpdate' | undefined;
  /** What becomes of late records: down the pipe, or to a side output. Default: dropped. */
  readonly late?: 'emit' | 'side' | undefined;
}

/** What came of it. */
export interface Piped {
  /** In the order they were given. */
  readonly results: readonly Update[];
  /** `partition@offset` of the records that the run says are late. */
  readonly late: readonly string[];
  /** Those that came out, if they were asked for, with the window they came too late for, and by how much. */
  readonly givenLate: readonly { readonly id: string; readonly closed: Span; readonly by: number }[];
}

/** What a record of the topic holds: that of the oracle, and the ids of those that have been reduced to it. */
export interface Content<R> {
  readonly record: R;
  readonly ids: readonly string[];
}

/**
 * What a pipeline gives that reads these records from a Kafka in memory. Times before 1970 are assigned behind the source, which refuses them.
 *
 * Where windows are not merged over partitions, keys come from the topic, and no key may be in two of them.
 */
export async function piped<R extends OracleRecord>(
  log: Log<R>,
  { window, grace = 0, outOfOrderness = 0, keyed = true, merged = true }: Question<R>,
  { held = false, maxInFlight, inverse = false, emit, late }: Reading = {},
): Promise<Piped> {
  type Line = KafkaRecord<string, Content<R>>;
  type Given = WindowedRecord<string | null, Content<R>> | LateRecord<Line>;
  const givenLate: Piped['givenLate'][number][] = [];
  const take = ({ partition, offset, late: { window: closed, by } }: LateRecord<Line>) =>
    void givenLate.push({ id: `${partition}@${offset}`, closed, by });
  const side = (late$: Observable<LateRecord<Line>>) => late$.pipe(tap(take));
  const options = { window: shapeOf(window), grace, emit, late: late === 'side' ? side : late };
  const together = (a: Content<R>, b: Content<R>): Content<R> => ({ record: a.record, ids: [...a.ids, ...b.ids] });
  const byKey = inverse ? { ...options, inverse: without } : options;

  const assigned = log.flat().some(({ timestamp }) => timestamp < 0);
  const timeOf = ({ record }: Content<R>): number => record.timestamp;
  const { results, late: places } = await runPipeline(
    ({ kafka, topic, source }): Observable<Given> => {
      const source$ = fromTopic(kafka, topic, {
        ...source,
        key: text,
        value: json<Content<R>>(),
        timestamp: assigned ? undefined : timeOf,
        outOfOrderness,
        maxInFlight,
        atEnd: held ? 'hold' : 'close',
      });
      const lines$ = assigned ? source$.pipe(assignTimestamps(timeOf)) : source$;
      if (!keyed) return lines$.pipe(reduceByWindow<Line, 'emit'>(together, options), commitOffsets());
      if (!merged) return lines$.pipe(reduceByKey<Line, 'emit'>(together, byKey), commitOffsets());
      return lines$.pipe(
        keyBy(({ record }) => record.key),
        reduceByKey<Line, 'emit'>(together, byKey),
        commitOffsets(),
      );
    },
    {
      records: log.map((records, partition) =>
        records.map((record, offset) => ({ key: record.key, value: JSON.stringify({ record, ids: [`${partition}@${offset}`] }) })),
      ),
    },
  );
  const updates = results.flatMap((given) => {
    if ('window' in given) return [{ key: given.key, window: given.window, ids: given.value.ids, final: given.final }];
    take(given);
    return [];
  });
  return { results: updates, late: places.map(({ partition, offset }) => `${partition}@${offset}`), givenLate };
}

/** Only what is oldest may be asked for. */
function without<R>({ record, ids }: Content<R>, leaving: Content<R>): Content<R> {
  if (leaving.ids.some((id, index) => id !== ids[index])) throw new Error(`${ids.join()} does not begin with ${leaving.ids.join()}`);
  return { record, ids: ids.slice(leaving.ids.length) };
}

/** Whether what is in a window may come in order of time, since states are merged, and not in order of arrival. */
export function mergesStates(window: OracleWindow<never>): boolean {
  return merges(window) || window.kind === 'hopping' || window.kind === 'sliding';
}

/** The window as operators take it, over records that hold those of the oracle. */
export function shapeOf<R extends OracleRecord>(
  window: OracleWindow<R>,
): NonNullable<ByKeyOptions<KafkaRecord<string, Content<R>>>['window']> {
  switch (window.kind) {
    case 'tumbling':
      return tumbling(window.size, window);
    case 'hopping':
      return hopping(window.size, window);
    case 'sliding':
      return sliding(window.span);
    case 'session': {
      const { gap } = window;
      return session({ gap: typeof gap === 'number' ? gap : ({ record }) => gap(record) });
    }
    case 'calendar':
      return calendar(window.unit, window);
    case 'custom':
      return {
        kind: 'custom',
        name: 'of the case',
        merge: window.merge,
        assign: (timestamp, { value }) => window.assign(timestamp, value.record),
      };
    case 'global':
      return global();
  }
}
