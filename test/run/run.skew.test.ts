import fc from 'fast-check';
import { tap } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { commitOffsets, countByKey, keyBy, tumbling } from '../../src/index';
import { outcomeOf, Reading } from './reading';

const append = (reading: Reading, partition: number, ...timestamps: readonly number[]) =>
  reading.kafka.append(
    't',
    timestamps.map((timestamp) => ({ key: 'k', value: 'line', timestamp, partition })),
  );
const places = (lines: readonly { readonly partition: number; readonly offset: number }[]) =>
  lines.map(({ partition, offset }) => `${partition}@${offset}`);

describe('with maxSkew a partition that runs ahead in event time waits for the others', () => {
  test('and has no more in memory meanwhile than its mark and a batch', async () => {
    const reading = new Reading(0, 0);
    append(reading, 0, ...Array.from({ length: 300 }, (_, n) => n * 10));
    append(reading, 1, 0);
    const fetched = { records: 0 };
    const client = reading.tampered({
      consumer: (consumer) => {
        const run = consumer.run.bind(consumer);
        return {
          run: (config) =>
            run({
              ...config,
              eachBatch: (payload) => {
                if (payload.batch.partition === 0) fetched.records += payload.batch.messages.length;
                return config.eachBatch(payload);
              },
            }),
        };
      },
    });
    const consumer = { maxWaitTimeInMs: 20, maxBytesPerPartition: 400 };
    const seen = outcomeOf(reading.lines$({ maxSkew: 95, maxInFlight: 20, idleAfter: '1h', consumer }, client).pipe(commitOffsets()));
    await reading.time.pass(20_000);
    expect(places(seen.values).filter((place) => place.startsWith('0@'))).toHaveLength(11);
    expect(fetched.records).toBeLessThan(60);
    append(reading, 1, 3_000);
    await reading.time.pass(20_000);
    expect(seen.values).toHaveLength(302);
    expect(seen.errors).toEqual([]);
  });

  test('which is no stall, and ends when those are idle, windows or not', async () => {
    const reading = new Reading(0, 0);
    append(reading, 0, 0, 100, 200);
    append(reading, 1, 5);
    const seen = outcomeOf(reading.lines$({ maxSkew: 10, stallAfter: 400, idleAfter: 3_000 }).pipe(commitOffsets()));
    await reading.time.pass(2_900);
    expect(places(seen.values)).toEqual(['0@0', '1@0', '0@1']);
    await reading.time.pass(300);
    expect(seen).toMatchObject({ errors: [], values: { length: 4 } });
  });

  test('also for one that has not spoken yet, until it is idle', async () => {
    const reading = new Reading(0, 0);
    append(reading, 0, 0, 1, 2);
    const seen = outcomeOf(reading.lines$({ maxSkew: '1h', idleAfter: 3_000 }).pipe(commitOffsets()));
    await reading.time.pass(2_900);
    expect(places(seen.values)).toEqual(['0@0']);
    await reading.time.pass(300);
    expect(places(seen.values)).toEqual(['0@0', '0@1', '0@2']);
  });

  test('and is not idle itself meanwhile: no window closes over the records that it has still to give', async () => {
    const reading = new Reading(0, 0);
    append(reading, 0, 0, 100, 105, 106);
    append(reading, 1, 5);
    const { values } = outcomeOf(
      reading.lines$({ maxSkew: 10, idleAfter: 1_000 }).pipe(
        keyBy(() => 'all'),
        countByKey({ window: tumbling(10) }),
        commitOffsets(),
      ),
    );
    await reading.time.pass(10_000);
    expect(values.map(({ window, value }) => [window.start, value])).toEqual([
      [0, 2],
      [100, 3],
    ]);
  });
});

test('with maxSkew everything is delivered, and a partition only while it is not further ahead of any that still has records', async () => {
  const partition = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 30, size: 'max' });
  await fc.assert(
    fc.asyncProperty(
      fc.array(partition, { minLength: 2, maxLength: 4 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 5 }),
      async (partitions, maxSkew, maxInFlight) => {
        const reading = new Reading(...partitions.map(() => 0));
        partitions.forEach((timestamps, number) => append(reading, number, ...timestamps));
        const newest = partitions.map(() => -Infinity);
        const left = partitions.map(({ length }) => length);
        const tooFar: string[] = [];
        const seen = outcomeOf(
          reading.lines$({ maxSkew, maxInFlight, until: 'latest', consumer: { maxWaitTimeInMs: 20, maxBytesPerPartition: 200 } }).pipe(
            tap(({ partition: number, offset, timestamp }) => {
              const others = newest.filter((_, other) => other !== number && (left[other] ?? 0) > 0);
              if ((newest[number] ?? 0) > Math.min(...others) + maxSkew) tooFar.push(`${number}@${offset}`);
              newest[number] = Math.max(newest[number] ?? 0, timestamp);
              left[number] = (left[number] ?? 0) - 1;
            }),
            commitOffsets(),
          ),
        );
        await reading.time.pass(20_000);
        expect(tooFar).toEqual([]);
        expect(left).toEqual(partitions.map(() => 0));
        expect(seen).toMatchObject({ completed: true, errors: [] });
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
