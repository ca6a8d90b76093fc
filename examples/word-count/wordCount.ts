import { commitOffsets, flatMapValues, fromTopic, json, keyBy, mapValues, reduceByKey, text, toTopic, tumbling } from 'millrace';
import type { Bytes, FromTopicOptions, KafkaClient, KafkaRecord, WindowedRecord } from 'millrace';
import { type Observable, tap } from 'rxjs';

export const window = tumbling('10s');

/** A word is a run of letters and digits, with apostrophes inside it, in lower case. */
export function wordsOf(line: string): string[] {
  return line.toLowerCase().match(/[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)*/gu) ?? [];
}

/** Options of `wordCount`: the topics, and those of its source. */
export interface WordCountOptions extends FromTopicOptions<KafkaClient, Bytes | null, string> {
  /** The topic to read. */
  readonly lines: string;
  /** The topic to write to: key is the word, value how often it came in the window that ends 1 ms after the timestamp. */
  readonly counts: string;
  /** Called with each line. */
  readonly onLine: (line: KafkaRecord<Bytes | null, string>) => void;
}

/** Counts the words of a topic in windows of 10 seconds; gives each count when the broker has it. */
export function wordCount(kafka: KafkaClient, options: WordCountOptions): Observable<WindowedRecord<string, number>> {
  const { lines, counts, onLine, ...source } = options;
  return fromTopic(kafka, lines, { ...source, value: text }).pipe(
    tap(onLine),
    flatMapValues(wordsOf),
    keyBy((word) => word),
    mapValues(() => 1),
    reduceByKey((a, b) => a + b, { window, grace: '2s' }),
    toTopic(kafka, counts, { key: text, value: json() }),
    commitOffsets({ every: '5s' }),
  );
}
