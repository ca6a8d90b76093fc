import { delay, mergeMap, of, tap } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { commitOffsets, countByKey, keyBy, tumbling } from '../../src/index';
import { decodeMemberMetadata } from '../../src/kafka/assignerProtocol';
import type { KafkaAssigner, KafkaClient } from '../../src/kafka/client';
import { decodeMetadata, encodeMetadata, stepsThatFit } from '../../src/run/metadata';
import { outcomeOf, Reading } from './reading';

const window = tumbling(10);

describe('a window closes', () => {
  test('before the next record is delivered', async () => {
    const reading = new Reading(0);
    const seen: string[] = [];
    reading.kafka.append(
      't',
      [5, 15, 25].map((timestamp) => ({ key: 'k', value: 'line', timestamp })),
    );
    outcomeOf(
      reading.lines$().pipe(
        tap(({ timestamp }) => seen.push(`record ${timestamp}`)),
        countByKey({ window }),
        tap((count) => seen.push(`window ${count.window.end}`)),
        commitOffsets(),
      ),
    );
    await reading.time.pass(500);
    expect(seen).toEqual(['record 5', 'record 15', 'window 10', 'record 25', 'window 20']);
  });

  test('when what it waits for is released, also while there is no credit for more', async () => {
    const reading = new Reading(0);
    const rows = [
      [5, 'line'],
      [15, 'line'],
      [16, 'a long line'],
      [17, 'line'],
    ] as const;
    reading.kafka.append(
      't',
      rows.map(([timestamp, value]) => ({ key: 'k', value, timestamp })),
    );
    const { values } = outcomeOf(
      reading.lines$({ maxInFlightBytes: 11 }).pipe(
        mergeMap((line) => of(line).pipe(delay(line.value === 'line' ? 100 : 1_000, reading.time))),
        countByKey({ window }),
        commitOffsets(),
      ),
    );
    await reading.time.pass(500);
    expect(values.map((count) => count.window.end)).toEqual([10]);
  });

  test('not before the records that have been fetched from a partition which was idle', async () => {
    const reading = new Reading(0, 0);
    const append = (timestamp: number, partition: number) => reading.kafka.append('t', [{ key: 'k', value: 'line', timestamp, partition }]);
    const { values } = outcomeOf(
      reading.lines$({ idleAfter: 300 }).pipe(
        keyBy(() => 'all'),
        countByKey({ window }),
        commitOffsets(),
      ),
    );
    for (let n = 0; n < 10; n++) {
      append(5, 0);
      await reading.time.pass(50);
    }
    append(15, 0);
    append(7, 1);
    await reading.time.pass(2_000);
    expect(values.map(({ value }) => value)).toEqual([11, 1]);
  });
});

test('the end of a bounded read is an error where the metadata of the commit has no room for it', async () => {
  const reading = new Reading(300);
  const run = async (client: KafkaClient, atEnd: 'hold' | 'close') => {
    const seen = outcomeOf(
      reading.lines$({ until: 'latest', atEnd }, client).pipe(countByKey({ window: tumbling('1s') }), commitOffsets()),
    );
    await reading.time.pass(1_000);
    return seen;
  };
  expect(await run(reading.kafka, 'hold')).toMatchObject({ completed: true, values: [] });
  const full = (text: string): string => {
    const metadata = decodeMetadata(0, text);
    if (typeof metadata !== 'object') throw new Error('the first run has committed no metadata');
    const steps = Array.from({ length: stepsThatFit(metadata.fingerprint) }, (_, n) => ({ offset: n + 1, watermark: 500 + n }));
    return encodeMetadata(0, { ...metadata, steps });
  };
  const client = reading.tampered({
    admin: (admin) => {
      const fetchOffsets = admin.fetchOffsets.bind(admin);
      return {
        fetchOffsets: async (of) =>
          (await fetchOffsets(of)).map(({ topic, partitions }) => ({
            topic,
            partitions: partitions.map((place) => ({ ...place, metadata: full(place.metadata ?? '') })),
          })),
      };
    },
  });
  const seen = await run(client, 'close');
  expect(seen).toMatchObject({ completed: false, values: [], errors: [{ code: 'STATE_FULL', topic: 't', partition: 0, groupId: 'g' }] });
});

describe('where windows merge over partitions, a member says when it joins that it owns them', () => {
  function claiming(reading: Reading, client: KafkaClient) {
    let assigner: KafkaAssigner | undefined;
    const noting: KafkaClient = {
      producer: (config) => client.producer(config),
      admin: () => client.admin(),
      consumer: (config) => {
        const cluster = { findTopicPartitionMetadata: () => [] };
        assigner = config.partitionAssigners?.[0]?.({ cluster, groupId: 'g' });
        return client.consumer(config);
      },
    };
    outcomeOf(
      reading.lines$({}, noting).pipe(
        keyBy(() => 'all'),
        countByKey({ window }),
        commitOffsets(),
      ),
    );
    return () => {
      const metadata = assigner?.protocol({ topics: ['t'] }).metadata;
      return metadata && decodeMemberMetadata(metadata)?.userData[0] === 1;
    };
  }

  test('from when it has rebuilt them, through rebalances that leave them with it', async () => {
    const reading = new Reading(1, 1);
    const claims = claiming(reading, reading.kafka);
    await reading.time.pass(0);
    expect(claims()).toBe(false);
    await reading.time.pass(500);
    expect(claims()).toBe(true);
    reading.kafka.rebalance('g');
    await reading.time.pass(1_000);
    expect(claims()).toBe(true);
  });

  test('and no longer when another has got them', async () => {
    const reading = new Reading(1, 1);
    const claims = claiming(reading, reading.given([0, 1], []));
    await reading.time.pass(500);
    expect(claims()).toBe(true);
    reading.kafka.rebalance('g');
    await reading.time.pass(1_000);
    expect(claims()).toBe(false);
  });
});
