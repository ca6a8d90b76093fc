import { Kafka } from 'kafkajs';
import {
  commitOffsets,
  flatMapValues,
  fromTopic,
  isStreamError,
  json,
  keyBy,
  mapValues,
  reduceByKey,
  text,
  toTopic,
  tumbling,
} from 'millrace';
import type { KafkaRecord, WindowedRecord } from 'millrace';
import { arbitraries, FakeKafka, marbles, record, runPipeline, VirtualClock, type FastCheckModule } from 'millrace/testing';
import type { Observable } from 'rxjs';

function wordCount(kafka: Kafka | FakeKafka): Observable<WindowedRecord<string, number>> {
  return fromTopic(kafka, 'lines', { groupId: 'word-count', value: text }).pipe(
    flatMapValues((line) => line.toLowerCase().match(/\p{L}+/gu) ?? []),
    keyBy((word) => word),
    mapValues(() => 1),
    reduceByKey((a, b) => a + b, { window: tumbling('10s'), grace: '2s' }),
    toTopic(kafka, 'counts', { key: text, value: json() }),
    commitOffsets({ every: '5s' }),
  );
}

wordCount(new Kafka({ clientId: 'word-count', brokers: ['localhost:9092'] }));
wordCount(new FakeKafka()).subscribe({
  error: (error: unknown) => {
    if (isStreamError(error, 'STALLED')) console.error(error.topic, error.partition, error.offset);
  },
});

export const lines$: Observable<KafkaRecord<Uint8Array | null, string>> = fromTopic(new FakeKafka(), 'lines', {
  groupId: 'g',
  value: text,
});

// @ts-expect-error a line is no number
fromTopic(new FakeKafka(), 'lines', { groupId: 'g', value: text }).pipe(mapValues((line: number) => line + 1));

// The kit compiles where fast-check is not installed.
declare const fc: FastCheckModule;
export const durations = arbitraries(fc).duration({ max: '1m' });
export const read = runPipeline(({ kafka, source }) => fromTopic(kafka, 'lines', { ...source, value: text }), {
  records: { lines: [{ value: 'to be' }] },
});
export const clock = new VirtualClock({ start: record('ann', 1).timestamp });
marbles((m) => {
  m.expectRecords(m.records('-a|', { a: ['ann', 1] }).pipe(mapValues((n) => n + 1))).toBe('-a|', { a: ['ann', 2] });
});
