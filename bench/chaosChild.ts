import { Kafka, logLevel } from 'kafkajs';
import {
  commitOffsets,
  flatMapValues,
  fromTopic,
  json,
  keyBy,
  mapValues,
  reduceByKey,
  tapRecords,
  text,
  toTopic,
  tumbling,
} from 'millrace';
import { delay, identity } from 'rxjs';
import { windowSize } from './countWords';
import type { LifeOptions, Progress } from './lives';
import { split } from './workload';

// One life of the word count. It tells its progress to the process that has started it, and that will kill it.

const options = JSON.parse(process.argv[2] ?? '') as LifeOptions;
const kafka = new Kafka({ clientId: 'chaos', brokers: options.bootstrap.split(','), logLevel: logLevel.ERROR });
const tellEvery = 20;

let lines = 0;
let results = 0;
const opened = new Set<number>();
const out = new Map<number, number>();
let told = 0;

function tell(): void {
  const last = [...out].at(-1);
  const lastWindow = last && { end: last[0], results: last[1] };
  const progress: Progress = { lines, results, openWindows: [...opened].filter((end) => !out.has(end)).length, lastWindow };
  process.send?.(progress);
}

function tellNowAndThen(): void {
  const now = performance.now();
  if (now - told < tellEvery) return;
  told = now;
  tell();
}

fromTopic(kafka, options.lines, {
  groupId: options.group,
  value: text,
  maxInFlight: 256,
  consumer: { sessionTimeout: options.sessionTimeout, heartbeatInterval: options.sessionTimeout / 4 },
  ...(options.toTheEnd ? { until: 'latest' } : {}),
})
  .pipe(
    tapRecords((_, { timestamp }) => {
      lines++;
      opened.add(timestamp - (timestamp % windowSize) + windowSize);
      tellNowAndThen();
    }),
    options.delay > 0 ? delay(options.delay) : identity,
    flatMapValues(split),
    keyBy((word) => word),
    mapValues(() => 1),
    reduceByKey((a, b) => a + b, { window: tumbling('10s'), grace: '2s' }),
    toTopic(kafka, options.counts, { key: text, value: json() }),
    commitOffsets({ every: '200ms' }),
  )
  .subscribe({
    next: ({ window: { end } }) => {
      results++;
      out.set(end, (out.get(end) ?? 0) + 1);
      tellNowAndThen();
    },
    error: (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
    complete: () => {
      tell();
      process.disconnect();
    },
  });
