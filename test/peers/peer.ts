import type { Observable } from 'rxjs';
import {
  type ByKeyOptions,
  commitOffsets,
  fromTopic,
  hopping,
  type KafkaRecord,
  keyBy,
  reduceByKey,
  reduceByWindow,
  text,
  tumbling,
  type WindowedRecord,
} from '../../src/index';
import { runPipeline } from '../../src/testing/index';
import { calendar } from '../../src/time/calendar';
import { batch, type Result } from '../oracle/batch';
import { updates } from '../oracle/updates';
import type { OracleRecord, OracleWindow } from '../oracle/windows';

/** A record of a case, written `a1@20`: the record 1 of the key `a`, at 20 ms. */
export interface PeerRecord extends OracleRecord {
  readonly number: number;
}

/** What another engine tests, said again: records in the order they arrive, and what is right. */
export interface PeerCase {
  readonly name: string;
  readonly window: OracleWindow<PeerRecord>;
  /** ms. Default 0. */
  readonly grace?: number;
  /** ms. Default 0. */
  readonly outOfOrderness?: number;
  /** Default true. */
  readonly keyed?: boolean;
  /** `a1@20 b1@30 |40`: records with their times in ms, or in seconds (`a1@2s`); `|40` is time that goes on to 40, by a record that nobody looks at. A list has the records of each partition. */
  readonly records: string | readonly string[];
  /** Final results, `a [0, 10): 1 2`, ordered by end, then start, then the first record. */
  readonly results: readonly string[];
  /** The late records, `a1 b2`. Default none. */
  readonly late?: string;
  /** Whether windows stay open when all has been read, so that only those are expected that time has closed. Default false. */
  readonly held?: boolean;
  /** What each record changes, in their order, with `emit: 'onUpdate'`. */
  readonly updates?: readonly string[];
}

/** What came of a case, and what is to come of it. */
export interface Outcome {
  readonly results: readonly string[];
  readonly late: string;
}

const nobody = 'nobody';
type Line = KafkaRecord<string, string>;

export function expected({ results, late = '' }: PeerCase): Outcome {
  return { results: results.map(inMillis), late };
}

/** What the batch oracle gives. */
export function byOracle(given: PeerCase): Outcome {
  const log = logOf(given);
  const { grace = 0, outOfOrderness = 0, held = false } = given;
  const { results, records } = batch(log, given);
  const newest = Math.min(...log.map((partition) => Math.max(...partition.map(({ timestamp }) => timestamp))));
  const through = held ? newest - outOfOrderness - grace : Infinity;
  return {
    results: results.filter(({ window, key }) => window.end <= through && key !== nobody).map((result) => written(result, log)),
    late: records.flatMap(({ record, verdict }) => (verdict === 'late' ? [nameOf(record)] : [])).join(' '),
  };
}

/** What the batch oracle gives for `emit: 'onUpdate'`, without the final results. */
export function updatesByOracle(given: PeerCase): readonly string[] {
  const log = logOf(given);
  return updates(log[0] ?? [], given).changes.flatMap((changes) =>
    changes.filter(({ key }) => key !== nobody).map((result) => written(result, log)),
  );
}

/** Windows that operators take. */
export function isWired({ window }: PeerCase): boolean {
  return ['tumbling', 'hopping', 'calendar'].includes(window.kind) || (window.kind === 'custom' && window.merge !== true);
}

/** What a pipeline gives that reads the records from a Kafka in memory. */
export async function byPipeline(given: PeerCase): Promise<Outcome> {
  const { keyed = true, held = false, grace = 0, outOfOrderness = 0 } = given;
  const options = { window: publicWindow(given.window), grace };
  const together = (a: string, b: string): string => `${a} ${b}`;
  const { results, late } = await runPipeline(
    ({ kafka, topic, source }): Observable<WindowedRecord<string | null, string>> => {
      const timestamp = (value: string): number => parsed(value).timestamp;
      const atEnd = held ? 'hold' : 'close';
      const read$ = fromTopic(kafka, topic, { ...source, key: text, value: text, timestamp, outOfOrderness, atEnd });
      if (!keyed) return read$.pipe(reduceByWindow<Line>(together, options), commitOffsets());
      return read$.pipe(
        keyBy((value) => parsed(value).key),
        reduceByKey(together, options),
        commitOffsets(),
      );
    },
    { records: partitionsOf(given).map((tokens) => tokens.map((token) => ({ key: token, value: token }))) },
  );
  const numbers = (value: string): number[] => value.split(' ').map((token) => parsed(token).number);
  return {
    results: results
      .filter(({ key }) => key !== nobody)
      .map(({ key, window, value }) => line(key, window, mergesStates(given) ? numbers(value).sort((a, b) => a - b) : numbers(value))),
    late: late.map(({ value }) => nameOf(parsed(new TextDecoder().decode(value ?? undefined)))).join(' '),
  };
}

/** Where states are merged their order is that of time, not of arrival. */
function mergesStates({ window }: PeerCase): boolean {
  return ['hopping', 'session', 'sliding'].includes(window.kind) || (window.kind === 'custom' && window.merge === true);
}

function publicWindow(window: OracleWindow<PeerRecord>): ByKeyOptions<Line>['window'] {
  switch (window.kind) {
    case 'tumbling':
      return tumbling(window.size, window);
    case 'hopping':
      return hopping(window.size, window);
    case 'calendar':
      return calendar(window.unit, window);
    case 'custom':
      return { kind: 'custom', name: 'of the case', assign: (timestamp, { value }) => window.assign(timestamp, parsed(value)) };
    default:
      throw new Error(`no operator takes ${window.kind} windows`);
  }
}

function partitionsOf({ records }: PeerCase): readonly (readonly string[])[] {
  return (typeof records === 'string' ? [records] : records).map((text) => text.split(' '));
}

function logOf(given: PeerCase): PeerRecord[][] {
  return partitionsOf(given).map((tokens) => tokens.map(parsed));
}

function parsed(token: string): PeerRecord {
  const [, key = '', number = '', at = ''] = /^(?:([a-z]+)(\d+)@|\|)(-?[\d.]+s?)$/.exec(token) ?? [];
  const timestamp = Number(inMillis(at));
  if (at === '' || Number.isNaN(timestamp)) throw new Error(`a record is not ${token}`);
  return { key: key === '' ? nobody : key, number: Number(number), timestamp };
}

function written({ key, window, ids }: Result, log: readonly (readonly PeerRecord[])[]): string {
  return line(
    key,
    window,
    ids.map((id) => {
      const [partition = NaN, offset = NaN] = id.split('@').map(Number);
      return log[partition]?.[offset]?.number ?? NaN;
    }),
  );
}

function line(key: string | null, { start, end }: { readonly start: number; readonly end: number }, numbers: readonly number[]): string {
  return `${key} [${start}, ${end}): ${numbers.join(' ')}`;
}

function nameOf({ key, number }: PeerRecord): string {
  return `${key}${number}`;
}

/** `2.5s` is 2500. */
function inMillis(text: string): string {
  return text.replace(/(-?[\d.]+)s/g, (_, seconds: string) => String(Math.round(Number(seconds) * 1_000)));
}
