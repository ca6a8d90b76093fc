import type { OperatorFunction } from 'rxjs';
import {
  type ByKeyOptions,
  calendar,
  hopping,
  type KafkaRecord,
  keyBy,
  reduceByKey,
  session,
  sliding,
  tumbling,
  type WindowedRecord,
  type WindowShape,
} from '../../src/index';
import { batch } from '../oracle/batch';
import type { OracleWindow } from '../oracle/windows';

/** A kind of window, as a pipeline and as the batch computation know it. */
export interface WindowKind {
  readonly name: string;
  readonly shape: WindowShape;
  readonly oracle: OracleWindow;
}

/** A record to write: `key` is in one partition only, and its first letter in all of them. Event time in ms. */
export interface Visit {
  readonly key: string;
  readonly value: string;
  readonly timestamp: number;
  readonly partition: number;
}

type Line = KafkaRecord<string, string>;

/** How windows are asked for: with keys as they are in the topic, or with keys that are found on the way. */
export type Keys = 'keys of the topic' | 'keys over all partitions';

export const bothKeys: readonly Keys[] = ['keys of the topic', 'keys over all partitions'];

/** Midnight in Kathmandu, so that windows of whole seconds begin there, and days do. */
export const midnight = Date.UTC(2023, 10, 14, 18, 15);
const zone = 'Asia/Kathmandu';

/** Cuts each 100 ms into a long part and a short one, as working days and weekends do with a week. */
const uneven = (timestamp: number) => {
  const start = Math.floor(timestamp / 100) * 100;
  return [timestamp < start + 70 ? { start, end: start + 70 } : { start: start + 70, end: start + 100 }];
};
const growing = (timestamp: number, { key }: { readonly key: unknown }) => [
  { start: timestamp, end: timestamp + (String(key) < 'e' ? 12 : 24) },
];

/** Each kind of window, of about 100 ms. */
export const windowKinds: readonly WindowKind[] = [
  { name: 'tumbling', shape: tumbling(100), oracle: { kind: 'tumbling', size: 100, offset: 0 } },
  { name: 'hopping', shape: hopping(100, { every: 30 }), oracle: { kind: 'hopping', size: 100, every: 30, offset: 0 } },
  { name: 'session', shape: session({ gap: 20 }), oracle: { kind: 'session', gap: 20 } },
  { name: 'sliding', shape: sliding(40), oracle: { kind: 'sliding', span: 40 } },
  { name: 'calendar', shape: calendar('day', { timeZone: zone }), oracle: { kind: 'calendar', unit: 'day', timeZone: zone } },
  { name: 'uneven', shape: { kind: 'custom', name: 'uneven', assign: uneven }, oracle: { kind: 'custom', assign: uneven } },
  {
    name: 'merging',
    shape: { kind: 'custom', name: 'growing', assign: growing, merge: true },
    oracle: { kind: 'custom', assign: growing, merge: true },
  },
];

/** The kind of this name. */
export function kindNamed(wanted: string): WindowKind {
  const found = windowKinds.find(({ name }) => name === wanted);
  if (!found) throw new Error(`there are no ${wanted} windows`);
  return found;
}

/** How records may come, ms. */
export const disorder = { outOfOrderness: 5, grace: 10 };

/** `count` visits by each of some partitions, the last of which are shortly before `end`; always the same, a little out of order, some of them late. */
export function visits(count: number, partitions: readonly number[], end: number): Visit[] {
  let state = 11;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  return Array.from({ length: count * partitions.length }, (_, n) => {
    const partition = partitions[n % partitions.length] ?? 0;
    const offset = Math.floor(n / partitions.length);
    const ahead = 50 + (count - offset) * 4;
    const timestamp = end - ahead - random(8) - (random(6) === 0 ? random(80) : 0);
    return { key: `${'abcdefgh'[random(8)]}${partition}`, value: `${partition}@${offset}`, timestamp, partition };
  });
}

/** Which visits each key has had in each window. */
export function visited(
  { shape: window }: WindowKind,
  keys: Keys,
  options: Pick<ByKeyOptions<Line>, 'late' | 'emit'> = {},
): OperatorFunction<Line, WindowedRecord<string, string>> {
  const together = reduceByKey<Line>((a, b) => `${a} ${b}`, { window, grace: disorder.grace, ...options });
  return (visits$) => (keys === 'keys of the topic' ? visits$ : visits$.pipe(keyBy((_, { key }) => key.charAt(0)))).pipe(together);
}

/** The results of a batch computation over the visits, in their order; of each partition in turn where keys are those of the topic. */
export function results(visits: readonly Visit[], kind: WindowKind, keys: Keys): string[] {
  const { results } = answer(visits, kind, keys);
  const texts = results.map(({ key, window, ids }) => shown({ key: key ?? '', window, value: ids.join(' ') }));
  return inTurn(texts, keys, String);
}

/** The visits that are late for all their windows, as `value timestamp`, as a batch computation finds. */
export function lateVisits(visits: readonly Visit[], kind: WindowKind, keys: Keys): string[] {
  const late = answer(visits, kind, keys).records.filter(({ verdict }) => verdict === 'late');
  return late.map(({ id, record: { timestamp } }) => `${id} ${timestamp}`);
}

function answer(visits: readonly Visit[], { oracle }: WindowKind, keys: Keys) {
  const merged = keys === 'keys over all partitions';
  const partitions = Math.max(...visits.map(({ partition }) => partition)) + 1;
  const log = Array.from({ length: partitions }, (_, partition) =>
    visits.filter((visit) => visit.partition === partition).map((visit) => ({ ...visit, key: merged ? visit.key.charAt(0) : visit.key })),
  );
  return batch(log, { window: oracle, ...disorder, merged });
}

/** A result as text, with its visits in the order of their places, whatever the order they were folded in. */
export function shown({ key, window: { start, end }, value }: Pick<WindowedRecord<string, string>, 'key' | 'window' | 'value'>): string {
  const ids = value.split(' ').sort((a, b) => {
    const [[p = 0, m = 0], [q = 0, n = 0]] = [placeIn(a), placeIn(b)];
    return p - q || m - n;
  });
  return `${key} [${start - midnight}, ${end - midnight}) ${ids.join(' ')}`;
}

/** Results in an order that does not follow from the speed of partitions: those of each partition together, if there are such. */
export function inTurn<R>(results: readonly R[], keys: Keys, keyOf: (result: R) => string): R[] {
  const partitionOf = (result: R): number => Number(keyOf(result).charAt(1));
  return keys === 'keys of the topic' ? results.toSorted((a, b) => partitionOf(a) - partitionOf(b)) : [...results];
}

function placeIn(id: string): number[] {
  return id.split('@').map(Number);
}
