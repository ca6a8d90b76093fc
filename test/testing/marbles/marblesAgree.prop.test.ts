import { commitOffsets, fromTopic, json, keyBy, type KafkaRecord, reduceByKey, text, tumbling, type WindowedRecord } from 'millrace';
import { arbitraries, marbles, runPipeline } from 'millrace/testing';
import fc from 'fast-check';
import type { Observable } from 'rxjs';
import { expect, test } from 'vitest';
import { logOf } from '../../../src/testing/marbles/recordsOf';

type Numbers = Observable<KafkaRecord<string, number>>;

const given = arbitraries(fc).records({ key: fc.constantFrom('a', 'b'), value: fc.nat(9), maxLength: 40, disorder: '15s', lag: '20s' });

/** Results without their order, which partitions share. */
const sorted = (results: readonly WindowedRecord<string, number>[]) =>
  results.map(({ key, value, window }) => `${key} ${value} ${window.start}`).sort();

/** One diagram for each partition, with a letter for each record. */
function drawn(records: readonly KafkaRecord<string, number>[], partitions: number): string[] {
  return Array.from({ length: partitions }, (_, line) => {
    const marks = records.map(({ partition }, n) => (partition === line ? letter(n) : '-'));
    return `${marks.join('')}|`;
  });
}

const letter = (n: number) => String.fromCharCode(0x100 + n);

test('in marbles a pipeline gives and commits the same as on a Kafka: same windows, same late records, same offsets', async () => {
  await fc.assert(
    fc.asyncProperty(given, fc.boolean(), fc.constantFrom(0, 5_000), async (records, merged, grace) => {
      const partitions = 1 + Math.max(0, ...records.map(({ partition }) => partition));
      // Without keyBy a key lives in one partition.
      const keyed = records.map((record) => ({ ...record, key: merged ? record.key : `${record.key}${record.partition}` }));
      const pipeline = (numbers$: Numbers) =>
        (merged ? numbers$.pipe(keyBy((_, { key }) => key)) : numbers$).pipe(
          reduceByKey((a, b) => a + b, { window: tumbling('10s'), grace }),
          commitOffsets(),
        );

      const onKafka = await runPipeline(
        ({ kafka, topic, source }) => pipeline(fromTopic(kafka, topic, { ...source, key: text, value: json<number>() })),
        {
          records: Array.from({ length: partitions }, (_, line) =>
            keyed
              .filter(({ partition }) => partition === line)
              .map(({ key, value, timestamp }) => ({ key, value: JSON.stringify(value), timestamp })),
          ),
        },
      );

      const results: WindowedRecord<string, number>[] = [];
      let committed: unknown;
      marbles((m) => {
        const values = Object.fromEntries(keyed.map(({ key, value, timestamp }, n) => [letter(n), [key, value, { timestamp }] as const]));
        const numbers$ = m.records(drawn(keyed, partitions), values);
        pipeline(numbers$).subscribe((result) => results.push(result));
        m.flush();
        committed = logOf(numbers$, 'test').commits.at(-1)?.value;
      });

      expect(sorted(results)).toEqual(sorted(onKafka.results));
      const offsets = onKafka.commits.map(({ offset }) => offset);
      expect(committed ?? offsets.map(() => 0)).toEqual(partitions === 1 && records.length > 0 ? offsets[0] : offsets);
    }),
    { numRuns: 150 },
  );
});
