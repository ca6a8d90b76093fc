import { expect, test } from 'vitest';
import { batch, type Result } from '../oracle/batch';
import { mergesStates, piped } from '../oracle/piped';
import { inOrder } from '../oracle/streamed';
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

function expected({ results, late = '' }: PeerCase): Outcome {
  return { results: results.map(inMillis), late };
}

/** What the batch oracle gives. */
function byOracle(given: PeerCase): Outcome {
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
function updatesByOracle(given: PeerCase): readonly string[] {
  const log = logOf(given);
  return updates(log[0] ?? [], given).changes.flatMap((changes) =>
    changes.filter(({ key }) => key !== nobody).map((result) => written(result, log)),
  );
}

/** What a pipeline gives that reads the records from a Kafka in memory. */
export async function byPipeline(given: PeerCase): Promise<Outcome> {
  const log = logOf(given);
  const { results, late } = await piped(log, given, { held: given.held });
  return {
    results: lines(results, given),
    late: inOrder(late)
      .map((id) => nameOf(recordOf(id, log)))
      .join(' '),
  };
}

/** What it gives with `emit: 'onUpdate'`, without the final results. */
async function updatesByPipeline(given: PeerCase): Promise<readonly string[]> {
  const { results } = await piped(logOf(given), given, { emit: 'onUpdate' });
  return lines(
    results.filter(({ final }) => !final),
    given,
  );
}

function lines(results: readonly Result[], given: PeerCase): string[] {
  const ordered = (ids: readonly string[]): readonly string[] => (mergesStates(given.window) ? inOrder(ids) : ids);
  return results.filter(({ key }) => key !== nobody).map((result) => written({ ...result, ids: ordered(result.ids) }, logOf(given)));
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

function written({ key, window: { start, end }, ids }: Result, log: readonly (readonly PeerRecord[])[]): string {
  return `${key} [${start}, ${end}): ${ids.map((id) => recordOf(id, log).number).join(' ')}`;
}

function recordOf(id: string, log: readonly (readonly PeerRecord[])[]): PeerRecord {
  const [partition = NaN, offset = NaN] = id.split('@').map(Number);
  const record = log[partition]?.[offset];
  if (!record) throw new Error(`there is no record ${id}`);
  return record;
}

function nameOf({ key, number }: PeerRecord): string {
  return `${key}${number}`;
}

/** `2.5s` is 2500. */
function inMillis(text: string): string {
  return text.replace(/(-?[\d.]+)s/g, (_, seconds: string) => String(Math.round(Number(seconds) * 1_000)));
}

/** Each case in the batch oracle: it says of itself what is right. */
export function testByOracle(cases: readonly PeerCase[]): void {
  for (const given of cases) {
    test(given.name, () => expect(byOracle(given)).toEqual(expected(given)));
    if (given.updates) test(`${given.name}, as updates`, () => expect(updatesByOracle(given)).toEqual(given.updates));
  }
}

/** Each case in a pipeline. */
export function testByPipeline(cases: readonly PeerCase[]): void {
  for (const given of cases) {
    test(given.name, async () => expect(await byPipeline(given)).toEqual(expected(given)));
    if (given.updates) test(`${given.name}, as updates`, async () => expect(await updatesByPipeline(given)).toEqual(given.updates));
  }
}
