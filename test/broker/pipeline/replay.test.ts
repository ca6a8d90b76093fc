import { mergeMap, type MonoTypeOperatorFunction, NEVER, of, Subject, takeUntil } from 'rxjs';
import { describe, expect } from 'vitest';
import { commitOffsets, type KafkaClient, type KafkaRecord, text, toTopic, type WindowedRecord } from '../../../src/index';
import {
  bothKeys,
  disorder,
  inTurn,
  type Keys,
  midnight,
  results,
  shown,
  type Visit,
  visited,
  visits,
  type WindowKind,
  windowKinds,
} from '../../pipeline/windowKinds';
import { behaviourOf, eventually } from '../behaviours/behaviour';
import { brokers } from '../behaviours/brokers';
import type { Trial } from '../behaviours/trial';
import { uniqueName } from '../realKafka';
import { groupMembers } from './groupMembers';
import { all, committedOffsets, quick, readKeyed, stored, write } from './pipelines';

/** What may make a pipeline do things at another time, and must not change what it gives. */
interface Pace {
  readonly maxInFlight: number;
  readonly maxBytesPerPartition: number;
  /** The partition whose records get to the windows when the others have been read. */
  readonly last: number;
}
const slow: Pace = { maxInFlight: 3, maxBytesPerPartition: 300, last: 0 };
const fast: Pace = { maxInFlight: 1_000, maxBytesPerPartition: 1_048_576, last: 2 };
const crashing: Pace = { maxInFlight: 8, maxBytesPerPartition: 1_000, last: 1 };

const partitions = [0, 1, 2];
const offsets = 120;

describe.each(brokers)('a topic that is read again on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  for (const kind of windowKinds) {
    for (const keys of bothKeys) {
      behaviour(`L5, L7: ${kind.name} windows give the same bytes at another pace, and after a crash, with ${keys}`, async (trial) => {
        const topic = await trial.topic(partitions.length);
        const written = visits(offsets, partitions, midnight + 160);
        // In several requests, so that there are batches to be fetched one by one.
        for (let from = 0; from < written.length; from += 60) await write(trial, topic, written.slice(from, from + 60));
        const [one, other, crashed] = await Promise.all([
          readAt(trial, topic, kind, keys, slow),
          readAt(trial, topic, kind, keys, fast),
          readWithCrash(trial, topic, kind, keys, written),
        ]);
        const text = one.map(({ key, value, headers }) => {
          return shown({ key, value, window: { start: Number(headers['window-start']), end: Number(headers['window-end']) } });
        });
        expect(inTurn(text, keys, String)).toEqual(results(written, kind, keys));
        expect(other).toEqual(one);
        expect(crashed).toEqual(one);
      });
    }
  }
});

/** What was written for a result, byte for byte. */
interface Written {
  readonly key: string;
  readonly value: string;
  readonly timestamp: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads the topic to its end in a group of its own, and gives what was written. */
async function readAt(trial: Trial, topic: string, kind: WindowKind, keys: Keys, pace: Pace): Promise<Written[]> {
  const [out, kafka] = [await trial.topic(1), trial.broker.kafka()];
  await all(
    read(trial, topic, pace, { groupId: uniqueName('replay'), until: 'latest' }).pipe(
      comingLast(pace.last),
      visited(kind, keys),
      written(kafka, out),
      commitOffsets(),
    ),
  );
  return writtenIn(trial, out, keys);
}

/** The same, but killed when half of the results are acked and others written, and then read to the end by a successor; gives what was written, each result once. */
async function readWithCrash(trial: Trial, topic: string, kind: WindowKind, keys: Keys, visits: readonly Visit[]): Promise<Written[]> {
  const [out, kafka] = [await trial.topic(1), trial.broker.kafka()];
  const half = Math.floor(results(visits, kind, keys).length / 2);
  const stop = new Subject<void>();
  let acked = 0;
  read(trial, topic, crashing, {}, kafka)
    .pipe(
      comingLast(crashing.last),
      visited(kind, keys),
      written(kafka, out),
      mergeMap((result) => (acked++ < half ? of(result) : NEVER)),
      commitOffsets({ every: '1ms' }),
      takeUntil(stop),
    )
    .subscribe({ error: () => undefined });
  await eventually(async () => {
    expect(acked).toBeGreaterThanOrEqual(half);
    expect((await committedOffsets(trial, topic)).some((offset) => offset > 0)).toBe(true);
  });
  for (const member of await groupMembers(trial)) trial.broker.kill(kafka, member);
  await all(
    read(trial, topic, crashing, { until: 'latest' }).pipe(visited(kind, keys), written(trial.broker.kafka(), out), commitOffsets()),
  );
  stop.next();
  expect(await committedOffsets(trial, topic)).toEqual(partitions.map(() => offsets));
  const twice = await writtenIn(trial, out, keys);
  return [...new Map(twice.map((result) => [JSON.stringify(result), result])).values()];
}

function read(
  trial: Trial,
  topic: string,
  { maxInFlight, maxBytesPerPartition }: Pace,
  options: { readonly groupId?: string; readonly until?: 'latest' },
  kafka?: KafkaClient,
) {
  // A member that was killed is missed soon.
  const consumer = { ...quick, sessionTimeout: 1_500, maxBytesPerPartition };
  return readKeyed(trial, topic, { maxInFlight, outOfOrderness: disorder.outOfOrderness, consumer, ...options }, kafka);
}

/** Has the visits of one partition wait until all of the others have passed. */
function comingLast(last: number): MonoTypeOperatorFunction<KafkaRecord<string, string>> {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let missing = offsets * (partitions.length - 1);
  return mergeMap(async (visit) => {
    if (visit.partition === last) await opened;
    else if (--missing === 0) open();
    return visit;
  });
}

function written(kafka: KafkaClient, out: string) {
  return toTopic<KafkaClient, WindowedRecord<string, string>>(kafka, out, { key: text, value: text, windowHeaders: true });
}

async function writtenIn(trial: Trial, out: string, keys: Keys): Promise<Written[]> {
  const found = (await stored(trial, out)).map(({ message: { key, value, timestamp, headers } }): Written => {
    const named = Object.entries(headers ?? {}).map(([name, bytes]) => [name, latin1(bytes as Uint8Array)] as const);
    return { key: latin1(key), value: latin1(value), timestamp, headers: Object.fromEntries(named) };
  });
  return inTurn(found, keys, ({ key }) => key);
}

/** One character for each byte. */
function latin1(bytes: Uint8Array | null): string {
  return bytes === null ? 'null' : Buffer.from(bytes).toString('latin1');
}
