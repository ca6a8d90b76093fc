import type { Observable } from 'rxjs';
import {
  type ByKeyOptions,
  calendar,
  commitOffsets,
  fromTopic,
  hopping,
  json,
  type KafkaRecord,
  keyBy,
  reduceByKey,
  reduceByWindow,
  text,
  tumbling,
  type WindowedRecord,
} from '../../src/index';
import { runPipeline } from '../../src/testing/index';
import type { Result } from './batch';
import type { Log, Question } from './judge';
import { merges, type OracleRecord, type OracleWindow } from './windows';

/** How the records are read. */
export interface Reading {
  /** Whether open windows are held at the end, and not closed. Default false. */
  readonly held?: boolean | undefined;
  /** Default 1,024. */
  readonly maxInFlight?: number | undefined;
}

interface Content<R> {
  readonly record: R;
  readonly ids: readonly string[];
}

/** Windows that operators take. */
export function isWired(window: OracleWindow<never>): boolean {
  return ['tumbling', 'hopping', 'calendar'].includes(window.kind) || (window.kind === 'custom' && window.merge !== true);
}

/**
 * What a pipeline gives that reads these records from a Kafka in memory: its results in their order, and the records that it says are late.
 *
 * Where windows are not merged over partitions, keys come from the topic, and no key may be in two of them.
 */
export async function piped<R extends OracleRecord>(
  log: Log<R>,
  { window, grace = 0, outOfOrderness = 0, keyed = true, merged = true }: Question<R>,
  { held = false, maxInFlight }: Reading = {},
): Promise<{ results: Result[]; late: string[] }> {
  type Line = KafkaRecord<string, Content<R>>;
  const options = { window: shapeOf(window), grace };
  const together = (a: Content<R>, b: Content<R>): Content<R> => ({ record: a.record, ids: [...a.ids, ...b.ids] });
  const { results, late } = await runPipeline(
    ({ kafka, topic, source }): Observable<WindowedRecord<string | null, Content<R>>> => {
      const lines$ = fromTopic(kafka, topic, {
        ...source,
        key: text,
        value: json<Content<R>>(),
        timestamp: ({ record }) => record.timestamp,
        outOfOrderness,
        maxInFlight,
        atEnd: held ? 'hold' : 'close',
      });
      if (!keyed) return lines$.pipe(reduceByWindow<Line>(together, options), commitOffsets());
      if (!merged) return lines$.pipe(reduceByKey<Line>(together, options), commitOffsets());
      return lines$.pipe(
        keyBy(({ record }) => record.key),
        reduceByKey(together, options),
        commitOffsets(),
      );
    },
    {
      records: log.map((records, partition) =>
        records.map((record, offset) => ({ key: record.key, value: JSON.stringify({ record, ids: [`${partition}@${offset}`] }) })),
      ),
    },
  );
  return {
    results: results.map(({ key, window: { start, end }, value: { ids } }) => ({ key, window: { start, end }, ids })),
    late: late.map(({ partition, offset }) => `${partition}@${offset}`),
  };
}

/** Whether what is in a window may come in order of time, since states are merged, and not in order of arrival. */
export function mergesStates(window: OracleWindow<never>): boolean {
  return merges(window) || window.kind === 'hopping' || window.kind === 'sliding';
}

function shapeOf<R extends OracleRecord>(window: OracleWindow<R>): NonNullable<ByKeyOptions<KafkaRecord<string, Content<R>>>['window']> {
  switch (window.kind) {
    case 'tumbling':
      return tumbling(window.size, window);
    case 'hopping':
      return hopping(window.size, window);
    case 'calendar':
      return calendar(window.unit, window);
    case 'custom':
      return { kind: 'custom', name: 'of the case', assign: (timestamp, { value }) => window.assign(timestamp, value.record) };
    default:
      throw new Error(`no operator takes ${window.kind} windows`);
  }
}
