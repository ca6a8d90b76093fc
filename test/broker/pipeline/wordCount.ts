import type { Observable } from 'rxjs';
import {
  commitOffsets,
  type Duration,
  flatMapValues,
  type KafkaClient,
  type KafkaRecord,
  json,
  keyBy,
  mapValues,
  reduceByKey,
  text,
  toTopic,
  tumbling,
  type WindowedRecord,
} from '../../../src/index';
import type { Line } from './pipelines';

/** The pipeline of the README: counts words in windows of 1 s, over all partitions, and writes the counts. */
export function wordCount(
  kafka: KafkaClient,
  counts: string,
  { grace = 0, every = '100ms' }: { grace?: Duration; every?: Duration } = {},
): (lines$: Observable<KafkaRecord<unknown, string>>) => Observable<WindowedRecord<string, number>> {
  return (lines$) =>
    lines$.pipe(
      flatMapValues((line) => line.split(' ')),
      keyBy((word) => word),
      mapValues(() => 1),
      reduceByKey((a, b) => a + b, { window: tumbling('1s'), grace }),
      toTopic(kafka, counts, { key: text, value: json() }),
      commitOffsets({ every }),
    );
}

/** Lines of words, 1 ms apart, in turn over the partitions; always the same. */
export function someLines(count: number, partitions: number): Line[] {
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  return Array.from({ length: count }, (_, n) => ({
    value: Array.from({ length: 3 + random(4) }, () => `w${Math.min(random(60), random(60))}`).join(' '),
    timestamp: 1_700_000_000_000 + n,
    partition: n % partitions,
  }));
}

/** `word@end of window` and how often, counted in one go. */
export function trueCounts(lines: readonly Line[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { value, timestamp } of lines) {
    const end = timestamp - (timestamp % 1_000) + 1_000;
    for (const word of value.split(' ')) counts.set(`${word}@${end}`, (counts.get(`${word}@${end}`) ?? 0) + 1);
  }
  return counts;
}

/** How what was written differs from the truth; results that are right and come again are no difference. */
export function differences(
  truth: ReadonlyMap<string, number>,
  written: readonly { key: string; value: string; timestamp: number }[],
): string[] {
  const missing = new Set(truth.keys());
  const found: string[] = [];
  for (const { key, value, timestamp } of written) {
    const name = `${key}@${timestamp + 1}`;
    missing.delete(name);
    const count = truth.get(name) ?? 0;
    if (count !== Number(value)) found.push(`${name} is ${value} and not ${count}`);
  }
  return [...found, ...[...missing].map((name) => `${name} is missing`)];
}
