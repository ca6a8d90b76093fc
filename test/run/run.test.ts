import { concatMap, delay, mergeMap, NEVER, type Observable, of, tap } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { commitOffsets, countByKey, fromTopic, isStreamError, type KafkaClient, keyBy, type StreamRecord, tumbling } from '../../src/index';
import type { KafkaBatchPayload } from '../../src/kafka/client';
import { type Line, outcomeOf, Reading } from './reading';

const counted = countByKey<Line>({ window: tumbling(10) });

describe('a run begins', () => {
  test('with an error where commitOffsets is in the pipeline twice', async () => {
    const reading = new Reading(1);
    const { errors } = outcomeOf(reading.lines$().pipe(commitOffsets(), commitOffsets()));
    await reading.time.pass(10);
    expect(errors).toMatchObject([{ code: 'INVALID_OPTION', message: expect.stringContaining('twice') as string }]);
  });

  test('with an error where commitOffsets has no group to commit for', async () => {
    const reading = new Reading(1);
    const { errors } = outcomeOf(reading.lines$({ groupId: undefined }).pipe(commitOffsets()));
    await reading.time.pass(10);
    expect(errors).toMatchObject([{ code: 'INVALID_OPTION', message: expect.stringContaining('needs a group') as string }]);
  });

  test('when the run before it has left the group, however long its last commit takes', async () => {
    const reading = new Reading(1);
    const unanswered = reading.committingBy(() => new Promise(() => undefined));
    const lines$ = reading.lines$({}, unanswered).pipe(commitOffsets());
    const first = outcomeOf(lines$);
    await reading.time.pass(200);
    const [former] = reading.kafka.members('g');
    first.stop();
    outcomeOf(lines$);
    await reading.time.pass(4_900);
    expect(reading.kafka.members('g')).toEqual([former]);
    await reading.time.pass(300);
    expect(reading.kafka.members('g')).toHaveLength(1);
    expect(reading.kafka.members('g')).not.toContain(former);
  });

  test.each([
    [
      'before keyBy',
      'per partition',
      (lines$: Observable<Line>) =>
        lines$.pipe(
          counted,
          keyBy(() => 'all'),
        ),
    ],
    [
      'behind keyBy',
      'merged',
      (lines$: Observable<Line>) =>
        lines$.pipe(
          keyBy(() => 'k'),
          counted,
        ),
    ],
  ] as const)('with commits that say of windows %s: %s', async (_, how, pipeline) => {
    const reading = new Reading(1, 1);
    outcomeOf((pipeline(reading.lines$()) as Observable<StreamRecord>).pipe(commitOffsets()));
    await reading.time.pass(1_000);
    expect(reading.kafka.committed('g').map(({ metadata }) => metadata.includes(how))).toEqual([true, true]);
  });

  test('with a first commit, before it delivers anything, where windows are kept', async () => {
    const reading = new Reading(3);
    const commits: number[] = [];
    outcomeOf(
      reading.lines$().pipe(
        tap(() => commits.push(reading.committed().length)),
        counted,
        commitOffsets({ every: '1h' }),
      ),
    );
    await reading.time.pass(1_000);
    expect(commits).toEqual([1, 1, 1]);
  });

  test.each([
    ['a broker answers again after a while', 3, undefined],
    ['no broker answers at all', 1_000, 'BROKER_UNREACHABLE'],
  ])('after some more tries to find the commits: %s', async (_, failures, code) => {
    const reading = new Reading(3);
    let asked = 0;
    const client = reading.tampered({
      admin: (admin) => {
        const fetchOffsets = admin.fetchOffsets.bind(admin);
        const failure = Object.assign(new Error('no'), { name: 'KafkaJSConnectionError' });
        return { fetchOffsets: (of) => (++asked <= failures ? Promise.reject(failure) : fetchOffsets(of)) };
      },
    });
    const { errors, values } = outcomeOf(reading.lines$({}, client).pipe(commitOffsets()));
    await reading.time.pass(20_000);
    expect(errors.map((error) => isStreamError(error) && error.code)).toEqual(code ? [code] : []);
    expect([asked, values.length]).toEqual(code ? [6, 0] : [4, 3]);
  });

  test('at once with an error where asking again would not help', async () => {
    const reading = new Reading(3);
    const { errors } = outcomeOf(reading.lines$({ from: 'committed' }));
    await reading.time.pass(100);
    expect(errors).toMatchObject([{ code: 'INVALID_OPTION', topic: 't', partition: 0, groupId: 'g' }]);
  });

  test('each topic at its own commit', async () => {
    const reading = new Reading(4);
    reading.kafka.createTopic('u');
    reading.append(7, { topic: 'u' });
    const both = () =>
      outcomeOf(fromTopic(reading.kafka, ['t', 'u'], { groupId: 'g', until: 'latest', scheduler: reading.time }).pipe(commitOffsets()));
    both();
    await reading.time.pass(2_000);
    expect([reading.committed('t'), reading.committed('u')]).toEqual([[4], [7]]);
    reading.append(1);
    reading.append(2, { topic: 'u' });
    const { values } = both();
    await reading.time.pass(2_000);
    expect(values.map(({ topic, offset }) => `${topic}@${offset}`).sort()).toEqual(['t@4', 'u@7', 'u@8']);
  });
});

describe('where windows merge over partitions, a member that was given', () => {
  const merging = (reading: Reading, client: KafkaClient) =>
    outcomeOf(
      reading.lines$({ consumer: { sessionTimeout: 6_000, rebalanceTimeout: 4_000 } }, client).pipe(
        keyBy(() => 'all'),
        counted,
      ),
    );

  test('some of them waits as long as a session and a rebalance may take, and is an error then', async () => {
    const reading = new Reading(100, 100);
    const seen = merging(reading, reading.given([0]));
    await reading.time.pass(9_900);
    expect([seen.errors, seen.values]).toEqual([[], []]);
    await reading.time.pass(300);
    expect(seen.errors).toMatchObject([{ code: 'PARTITIONS_ELSEWHERE', groupId: 'g' }]);
  });

  test('none, since another member shares them out by another assignor, is an error', async () => {
    const reading = new Reading(1, 1);
    outcomeOf(reading.lines$()); // without windows, by the assignor of the client
    await reading.time.pass(500);
    const { errors } = merging(reading, reading.kafka);
    await reading.time.pass(5_000);
    expect(errors).toMatchObject([{ code: 'PARTITIONS_ELSEWHERE', groupId: 'g' }]);
  });

  test('none of them stands by for good', async () => {
    const reading = new Reading(1, 1);
    const { errors } = merging(reading, reading.given([]));
    await reading.time.pass(60_000);
    expect(errors).toEqual([]);
  });
});

describe('a batch from beyond what was asked for', () => {
  /** Gives the run batches of the test's choice instead of those that come; `low` is where the topic begins once the run has begun. */
  function handing(reading: Reading, low: string, slow = 0) {
    let hand: (payload: KafkaBatchPayload) => Promise<void> = () => Promise.resolve();
    const sought: string[] = [];
    const client = reading.tampered({
      consumer: (consumer) => {
        const run = consumer.run.bind(consumer);
        const seek = consumer.seek.bind(consumer);
        return {
          run: (config) => {
            hand = (payload) => config.eachBatch(payload);
            return run({ ...config, eachBatch: () => Promise.resolve() });
          },
          seek: (place) => {
            sought.push(place.offset);
            seek(place);
          },
        };
      },
      admin: (admin) => {
        const bounds = admin.fetchTopicOffsets.bind(admin);
        let asked = 0;
        return {
          fetchTopicOffsets: async (topic) => {
            const bound = await bounds(topic);
            if (asked++ === 0) return bound;
            await new Promise((resolve) => void reading.time.schedule(resolve, slow));
            return bound.map((one) => ({ ...one, low }));
          },
        };
      },
    });
    const batch = (offset: number) =>
      hand({
        batch: {
          topic: 't',
          partition: 0,
          highWatermark: '9',
          messages: [{ key: null, value: null, timestamp: '0', offset: String(offset) }],
          fetchedOffset: String(offset),
          lastOffset: () => String(offset),
        },
        resolveOffset: () => undefined,
        commitOffsetsIfNecessary: () => Promise.resolve(),
        heartbeat: () => Promise.resolve(),
        isRunning: () => true,
        isStale: () => false,
      });
    const seen = outcomeOf(
      fromTopic(client, 't', { groupId: 'g', scheduler: reading.time, consumer: { heartbeatInterval: 50, maxWaitTimeInMs: 20 } }),
    );
    return { batch, sought, seen };
  }

  test('is left, and what is before it is read again, while that is still there', async () => {
    const reading = new Reading(0);
    const { batch, sought, seen } = handing(reading, '0');
    await reading.time.pass(100);
    await batch(5);
    await reading.time.pass(100);
    expect([seen.values, seen.errors]).toEqual([[], []]);
    expect(sought).toEqual(['0', '0']);
  });

  test('is DATA_LOST where what is before it was deleted', async () => {
    const reading = new Reading(0);
    const { batch, seen } = handing(reading, '5');
    await reading.time.pass(100);
    await batch(5);
    await reading.time.pass(100);
    expect(seen.values).toEqual([]);
    expect(seen.errors).toMatchObject([{ code: 'DATA_LOST', topic: 't', partition: 0, offset: 0, groupId: 'g' }]);
  });

  test('is nothing to an epoch that has ended before the broker says what became of the rest', async () => {
    const reading = new Reading(0);
    const { batch, seen, sought } = handing(reading, '5', 500);
    await reading.time.pass(100);
    await batch(5);
    reading.kafka.rebalance('g');
    await reading.time.pass(3_000);
    expect([seen.errors, sought]).toEqual([[], ['0', '5']]);
  });

  test('is nothing to a run that has been unsubscribed meanwhile', async () => {
    const reading = new Reading(0);
    const { batch, sought, seen } = handing(reading, '5');
    await reading.time.pass(100);
    const answered = batch(5);
    seen.stop();
    await answered;
    await reading.time.pass(100);
    expect([seen.errors, sought]).toEqual([[], ['0']]);
  });
});

test('L2: no more is fetched than one batch beyond what may wait', async () => {
  const reading = new Reading(2_000);
  let fetched = 0;
  let largest = 0;
  const client = reading.tampered({
    consumer: (consumer) => {
      const run = consumer.run.bind(consumer);
      return {
        run: (config) =>
          run({
            ...config,
            eachBatch: (payload) => {
              fetched += payload.batch.messages.length;
              largest = Math.max(largest, payload.batch.messages.length);
              return config.eachBatch(payload);
            },
          }),
      };
    },
  });
  const maxInFlight = 20;
  const consumer = { maxWaitTimeInMs: 20, maxBytesPerPartition: 1_000 };
  outcomeOf(reading.lines$({ maxInFlight, consumer, stallAfter: '1d' }, client).pipe(concatMap(() => NEVER)));
  await reading.time.pass(5_000);
  expect(fetched).toBeGreaterThan(maxInFlight);
  expect(fetched).toBeLessThanOrEqual(maxInFlight + Math.max(maxInFlight, largest / 2) + largest);
});

test('L6: a partition whose records are taken at once is not idle while they keep coming', async () => {
  const reading = new Reading(0);
  const { values } = outcomeOf(reading.lines$({ idleAfter: 300 }).pipe(countByKey({ window: tumbling(100) }), commitOffsets()));
  for (let n = 0; n < 10; n++) {
    reading.kafka.append('t', [{ key: 'k', value: 'line', timestamp: n }]);
    await reading.time.pass(200);
  }
  expect(values).toEqual([]);
  await reading.time.pass(2_000);
  expect(values.map(({ value }) => value)).toEqual([10]);
});

test('L6: when all is silent, event time follows the wall clock from the last record', async () => {
  const reading = new Reading(0);
  const { values } = outcomeOf(reading.lines$({ idleAfter: 100 }).pipe(countByKey({ window: tumbling('1s') }), commitOffsets()));
  for (let n = 0; n < 10; n++) {
    reading.append(1);
    await reading.time.pass(200);
  }
  await reading.time.pass(700);
  expect(values).toEqual([]);
  await reading.time.pass(300);
  expect(values.map(({ value }) => value)).toEqual([10]);
});

test.each([0, 200])('L6: a record that passes the end of a window closes it as soon as it arrives there, after %i ms', async (ms) => {
  const reading = new Reading(0);
  const { values } = outcomeOf(
    reading.lines$().pipe(
      mergeMap((line: Line) => (ms === 0 ? of(line) : of(line).pipe(delay(ms, reading.time)))),
      counted,
      commitOffsets(),
    ),
  );
  await reading.time.pass(100);
  reading.kafka.append(
    't',
    [5, 15].map((timestamp) => ({ key: 'k', value: 'line', timestamp })),
  );
  await reading.time.pass(ms + 100);
  expect(values.map(({ window }) => window.end)).toEqual([10]);
});

test('L6: a partition that is added to a topic joins the windows that merge over it', async () => {
  const reading = new Reading(5, 5);
  const merged = (client: KafkaClient, options: Parameters<Reading['lines$']>[0]) =>
    outcomeOf(
      reading.lines$(options, client).pipe(
        keyBy(() => 'all'),
        countByKey({ window: tumbling(100) }),
        commitOffsets(),
      ),
    );
  // Before, the topic has one partition.
  const before = reading.tampered({
    consumer: (consumer) => {
      const on = consumer.on.bind(consumer);
      return {
        on: (name, listener) =>
          on(name, (event) => listener(name === 'consumer.group_join' ? { ...event, payload: { memberAssignment: { t: [0] } } } : event)),
      };
    },
    admin: (admin) => {
      const bounds = admin.fetchTopicOffsets.bind(admin);
      return {
        fetchTopicMetadata: () => Promise.resolve({ topics: [{ name: 't', partitions: [{ partitionId: 0 }] }] }),
        fetchTopicOffsets: async (topic) => (await bounds(topic)).slice(0, 1),
      };
    },
  });
  const first = merged(before, { until: 'latest', atEnd: 'hold' });
  await reading.time.pass(1_000);
  expect(first).toMatchObject({ completed: true, errors: [], values: [] });
  const second = merged(reading.kafka, { until: 'latest' });
  await reading.time.pass(5_000);
  expect(second).toMatchObject({ completed: true, errors: [] });
  expect(second.values.map(({ value }) => value)).toEqual([10]);
});

describe('commits are made', () => {
  test('each time that so many records were released', async () => {
    const reading = new Reading(7);
    outcomeOf(reading.lines$().pipe(reading.slowly(50), commitOffsets({ every: '1h', count: 3 })));
    const found = new Set<number | undefined>();
    for (let ms = 0; ms < 1_000; ms++) {
      await reading.time.pass(1);
      found.add(reading.committed()[0]);
    }
    expect([...found]).toEqual([undefined, 3, 6]);
  });

  test('every 5 s without commitOffsets, of what was acked', async () => {
    const reading = new Reading(7);
    outcomeOf(reading.lines$());
    await reading.time.pass(4_900);
    expect(reading.committed()).toEqual([]);
    await reading.time.pass(300);
    expect(reading.committed()).toEqual([0]);
  });

  test('never without a group', async () => {
    const reading = new Reading(7);
    let commits = 0;
    const client = reading.committingBy((send) => (commits++, send()));
    const { values } = outcomeOf(reading.lines$({ groupId: undefined }, client));
    await reading.time.pass(20_000);
    expect([values.length, commits]).toEqual([7, 0]);
  });
});
