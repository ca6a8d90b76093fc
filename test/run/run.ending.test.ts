import { concatAll, concatMap, delay, filter, from, map, mergeMap, NEVER, of, take, tap, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { ack, commitOffsets, countByKey, keyBy, tumbling } from '../../src/index';
import { type Line, outcomeOf, Reading } from './reading';

/** One window of five keys, merged over two partitions; the results go to a sink that takes one each 100 ms. */
function windowsWithSlowSink(reading: Reading, { signal }: { readonly signal?: AbortSignal } = {}) {
  return reading.lines$({ until: 'latest', maxInFlight: 1, signal, drainTimeout: 100 }).pipe(
    keyBy((_, { offset }) => `k${offset}`),
    countByKey({ window: tumbling(100) }),
    reading.slowly(100),
    commitOffsets({ every: '1h' }),
  );
}

describe('a bounded read', () => {
  test('L8: completes when its last commit is made, and leaves nothing behind: no member, no timer', async () => {
    const reading = new Reading(5, 5);
    const seen = outcomeOf(windowsWithSlowSink(reading));
    await reading.time.pass(5_000);
    expect(seen).toMatchObject({ completed: true, errors: [] });
    expect(seen.values).toHaveLength(5);
    expect(reading.committed()).toEqual([5, 5]);
    expect(reading.kafka.members('g')).toEqual([]);
    expect(reading.time.pending).toBe(0);
  });

  test('closes its windows when the records that are still on their way to them have arrived', async () => {
    const reading = new Reading(30);
    const { values } = outcomeOf(
      reading.lines$({ until: 'latest' }).pipe(
        mergeMap((line: Line) => of(line).pipe(delay(200, reading.time))),
        countByKey({ window: tumbling(100) }),
        commitOffsets(),
      ),
    );
    await reading.time.pass(5_000);
    expect(values.map(({ value }) => value)).toEqual([30]);
  });

  test('of an empty topic completes', async () => {
    const reading = new Reading(0, 0);
    const seen = outcomeOf(windowsWithSlowSink(reading));
    await reading.time.pass(1_000);
    expect(seen).toMatchObject({ completed: true, errors: [], values: [] });
  });

  test('of an empty topic completes where no window asks for a first commit either', async () => {
    const reading = new Reading(0);
    const seen = outcomeOf(reading.lines$({ until: 'latest' }).pipe(commitOffsets()));
    await reading.time.pass(1_000);
    expect(seen).toMatchObject({ completed: true, errors: [], values: [] });
  });

  test('holds its open window for the next run, if it is told so', async () => {
    const reading = new Reading(5);
    const held = outcomeOf(reading.lines$({ until: 'latest', atEnd: 'hold' }).pipe(countByKey({ window: tumbling(3) }), commitOffsets()));
    await reading.time.pass(1_000);
    expect(held).toMatchObject({ completed: true, errors: [] });
    expect(held.values.map(({ window }) => window.end)).toEqual([3]);
    expect(reading.committed()).toEqual([3]);
  });

  test('waits for the partitions of other members, and asks after them twice a second', async () => {
    const reading = new Reading(5, 5);
    const given = reading.given([0]);
    let asked = 0;
    const client = {
      ...given,
      admin: () => {
        const admin = given.admin();
        const fetchOffsets = admin.fetchOffsets.bind(admin);
        return Object.assign(admin, { fetchOffsets: (of: Parameters<typeof fetchOffsets>[0]) => (asked++, fetchOffsets(of)) });
      },
    };
    const seen = outcomeOf(reading.lines$({ until: 'latest' }, client).pipe(commitOffsets({ every: 100 })));
    await reading.time.pass(10_000);
    expect([seen.completed, seen.errors]).toEqual([false, []]);
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(25);
    seen.stop();
  });

  test('without windows completes before its records are acked, for operators that wait for the end', async () => {
    const reading = new Reading(3);
    const seen = outcomeOf(reading.lines$({ until: 'latest' }).pipe(toArray(), concatAll(), commitOffsets()));
    await reading.time.pass(1_000);
    expect(seen).toMatchObject({ completed: true, errors: [] });
    expect(reading.committed()).toEqual([3]);
  });

  test('that is rebalanced while its last windows are given reads on, and gives them all', async () => {
    const reading = new Reading(5, 5);
    const seen = outcomeOf(windowsWithSlowSink(reading));
    await reading.time.pass(300);
    expect(seen.values.length).toBeGreaterThan(0);
    reading.kafka.rebalance('g');
    await reading.time.pass(5_000);
    expect(seen).toMatchObject({ completed: true, errors: [] });
    expect(seen.values.every(({ value }) => value === 2)).toBe(true);
    expect(new Set(seen.values.map(({ key }) => key)).size).toBe(5);
    expect(reading.committed()).toEqual([5, 5]);
  });

  test('that is rebalanced before its last records are acked is COMMIT_FAILED', async () => {
    const reading = new Reading(3);
    const seen = outcomeOf(reading.lines$({ until: 'latest' }).pipe(reading.slowly(500), commitOffsets({ every: '1h' })));
    await reading.time.pass(700);
    reading.kafka.rebalance('g');
    await reading.time.pass(5_000);
    expect(seen.completed).toBe(false);
    expect(seen.errors).toMatchObject([
      {
        code: 'COMMIT_FAILED',
        groupId: 'g',
        retriable: true,
        message: expect.stringContaining('rebalanced before the last results') as string,
      },
    ]);
    expect(reading.kafka.members('g')).toEqual([]);
  });

  test('asks after the partitions of other members anew when the group has been rebalanced', async () => {
    const reading = new Reading(0, 0);
    for (const key of ['a', 'b', 'c']) reading.kafka.append('t', [{ key, value: 'line', timestamp: 1, partition: 0 }]);
    // At first the other member has partition 1, which is at its end; while the last window is given, it gets partition 0 in exchange.
    const seen = outcomeOf(
      reading
        .lines$({ until: 'latest', maxInFlight: 1 }, reading.given([0], [1]))
        .pipe(countByKey({ window: tumbling(100) }), reading.slowly(200), commitOffsets({ every: '1h' })),
    );
    await reading.time.pass(300);
    expect(seen.values).toHaveLength(1);
    reading.kafka.rebalance('g');
    await reading.time.pass(10_000);
    expect([seen.completed, seen.errors]).toEqual([false, []]);
    seen.stop();
  });

  test('does not become a drain by an abort that comes while its last windows are given', async () => {
    const reading = new Reading(5, 5);
    const stop = new AbortController();
    const seen = outcomeOf(windowsWithSlowSink(reading, { signal: stop.signal }));
    await reading.time.pass(300);
    stop.abort();
    await reading.time.pass(5_000);
    expect(seen.completed).toBe(true);
    expect(seen.values).toHaveLength(5);
  });
});

describe('the last commit', () => {
  const failing = (reading: Reading, failures: number) => {
    let commits = 0;
    const failure = Object.assign(new Error('no'), { type: 'COORDINATOR_NOT_AVAILABLE' });
    return reading.committingBy((send) => (++commits <= failures ? Promise.reject(failure) : send()));
  };

  test('is tried again', async () => {
    const reading = new Reading(3);
    const seen = outcomeOf(reading.lines$({ until: 'latest' }, failing(reading, 3)).pipe(commitOffsets({ every: '1h' })));
    await reading.time.pass(60_000);
    expect(seen).toMatchObject({ completed: true, errors: [] });
    expect(reading.committed()).toEqual([3]);
  });

  test.each([
    ['bounded read', commitOffsets<Line>({ every: '1h' })],
    ['drain', ack<Line>()],
  ])('of a %s that fails for good is COMMIT_FAILED', async (ending, acking) => {
    const reading = new Reading(3);
    const stop = new AbortController();
    const options = ending === 'drain' ? { signal: stop.signal } : { until: 'latest' as const };
    const seen = outcomeOf(reading.lines$(options, failing(reading, 1_000)).pipe(acking));
    await reading.time.pass(500);
    stop.abort();
    await reading.time.pass(60_000);
    expect(seen.completed).toBe(false);
    expect(seen.errors).toMatchObject([{ code: 'COMMIT_FAILED', groupId: 'g', retriable: true }]);
    expect(reading.kafka.members('g')).toEqual([]);
    expect(reading.time.pending).toBe(0);
  });

  test('is COMMIT_FAILED where the group was rebalanced while it was made', async () => {
    const reading = new Reading(3);
    const rebalanced = Object.assign(new Error('no'), { type: 'ILLEGAL_GENERATION' });
    const slow = reading.committingBy(() => new Promise((_, reject) => void reading.time.schedule(() => reject(rebalanced), 2_000)));
    const seen = outcomeOf(reading.lines$({ until: 'latest' }, slow).pipe(commitOffsets({ every: '1h' })));
    await reading.time.pass(500);
    reading.kafka.rebalance('g');
    await reading.time.pass(20_000);
    expect(seen.completed).toBe(false);
    expect(seen.errors).toMatchObject([{ code: 'COMMIT_FAILED', groupId: 'g', retriable: true }]);
    expect(reading.committed()).toEqual([]);
  });

  test('of an unsubscribed run is waited for 5 s and no longer', async () => {
    const reading = new Reading(3);
    const seen = outcomeOf(
      reading
        .lines$(
          {},
          reading.committingBy(() => new Promise(() => undefined)),
        )
        .pipe(commitOffsets({ every: '1h' })),
    );
    await reading.time.pass(500);
    expect(seen.values).toHaveLength(3);
    seen.stop();
    await reading.time.pass(4_900);
    expect(reading.kafka.members('g')).toHaveLength(1);
    await reading.time.pass(300);
    expect(reading.kafka.members('g')).toEqual([]);
  });

  test('L4: of an unsubscribed run is the last: what is acked after it does nothing', async () => {
    const reading = new Reading(3);
    let commits = 0;
    const kept: Line[] = [];
    const client = reading.committingBy((send) => (commits++, send()));
    const seen = outcomeOf(
      reading.lines$({}, client).pipe(
        filter((line) => (kept.push(line), line.offset === 0)),
        commitOffsets({ every: '1h', count: 1 }),
      ),
    );
    await reading.time.pass(500);
    seen.stop();
    await reading.time.pass(1_000);
    const before = commits;
    const acked = outcomeOf(from(kept.slice(1)).pipe(ack()));
    await reading.time.pass(1_000);
    expect([acked.errors, kept.length, commits, reading.committed()]).toEqual([[], 3, before, [1]]);
    expect(reading.time.pending).toBe(0);
  });

  test('of an unsubscribed run has what was acked', async () => {
    const reading = new Reading(9);
    outcomeOf(reading.lines$().pipe(commitOffsets({ every: '1h' }), take(4)));
    await reading.time.pass(1_000);
    expect(reading.committed()).toEqual([4]);
    expect(reading.kafka.members('g')).toEqual([]);
    expect(reading.time.pending).toBe(0);
  });
});

describe('a drain', () => {
  test('L8: delivers nothing more, acks and commits what is in flight, and completes', async () => {
    const reading = new Reading(300);
    const stop = new AbortController();
    let delivered = 0;
    const seen = outcomeOf(
      reading.lines$({ maxInFlight: 4, signal: stop.signal }).pipe(
        map((line) => (delivered++, line)),
        reading.slowly(50),
        commitOffsets({ every: '1h' }),
      ),
    );
    await reading.time.pass(300);
    const before = delivered;
    stop.abort();
    await reading.time.pass(5_000);
    expect(delivered).toBe(before);
    expect(seen).toMatchObject({ completed: true, errors: [] });
    expect(reading.committed()).toEqual([before]);
    expect(reading.time.pending).toBe(0);
  });

  test('that begins within a record that is acked at once completes', async () => {
    const reading = new Reading(9);
    const stop = new AbortController();
    const seen = outcomeOf(
      reading.lines$({ signal: stop.signal }).pipe(
        tap(({ offset }) => offset === 4 && stop.abort()),
        commitOffsets({ every: '1h' }),
      ),
    );
    await reading.time.pass(1_000);
    expect(seen).toMatchObject({ completed: true, errors: [] });
    expect(reading.committed()).toEqual([5]);
  });

  test('gives the rest of a window that has closed', async () => {
    const reading = new Reading(0);
    const stop = new AbortController();
    for (const [key, timestamp] of [
      ['a', 1],
      ['b', 1],
      ['c', 1],
      ['a', 200],
    ] as const)
      reading.kafka.append('t', [{ key, value: 'line', timestamp }]);
    const seen = outcomeOf(
      reading
        .lines$({ maxInFlight: 1, signal: stop.signal })
        .pipe(countByKey({ window: tumbling(100) }), reading.slowly(200), commitOffsets({ every: '1h' })),
    );
    await reading.time.pass(300);
    expect(seen.values).toHaveLength(1);
    stop.abort();
    await reading.time.pass(3_000);
    expect(seen).toMatchObject({ completed: true, errors: [] });
    expect(seen.values.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(reading.committed()).toEqual([3]);
  });

  test('that is rebalanced ends with it, and what it had not committed is read again', async () => {
    const reading = new Reading(300);
    const stop = new AbortController();
    const seen = outcomeOf(
      reading.lines$({ maxInFlight: 4, signal: stop.signal }).pipe(reading.slowly(400), commitOffsets({ every: '1h' })),
    );
    await reading.time.pass(300);
    stop.abort();
    reading.kafka.rebalance('g');
    await reading.time.pass(3_000);
    expect(seen).toMatchObject({ completed: true, errors: [] });
    expect(reading.kafka.members('g')).toEqual([]);
    expect(reading.committed()).toEqual([]);
  });

  test('L8: that takes too long is a TIMEOUT that names what is out', async () => {
    const reading = new Reading(9);
    const stop = new AbortController();
    const seen = outcomeOf(
      reading.lines$({ signal: stop.signal, drainTimeout: 300 }).pipe(
        concatMap((line) => (line.offset === 4 ? NEVER : of(line))),
        commitOffsets({ every: '1h' }),
      ),
    );
    await reading.time.pass(500);
    stop.abort();
    await reading.time.pass(290);
    expect(seen.errors).toEqual([]);
    await reading.time.pass(100);
    expect(seen.errors).toMatchObject([{ code: 'TIMEOUT', message: expect.stringContaining('5 from t[0]@4') as string }]);
    expect(reading.committed()).toEqual([4]);
  });
});
