import { delay, ignoreElements, lastValueFrom, tap } from 'rxjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { commitOffsets, countByKey, fromTopic, type FromTopicOptions, type KafkaClient, text, toTopic, tumbling } from '../../src/index';
import { FakeKafka, VirtualClock } from '../../src/testing/index';

let time: VirtualClock;
let kafka: FakeKafka;
const read = (options: Partial<FromTopicOptions<KafkaClient, string, string>> = {}) =>
  fromTopic<KafkaClient, string, string>(kafka, 'in', {
    groupId: 'g',
    key: text,
    value: text,
    scheduler: time,
    until: 'latest',
    ...options,
  });
const window = tumbling(10);

beforeEach(() => {
  time = new VirtualClock();
  kafka = new FakeKafka({ scheduler: time, latency: 1 });
  kafka.createTopic('in', { partitions: 1 });
  kafka.createTopic('late', { partitions: 1 });
  kafka.append(
    'in',
    [1, 15, 3, 27, 16].map((timestamp) => ({ key: 'k', value: `at ${timestamp}`, timestamp })),
  );
});

const committed = () => kafka.committed('g').map(({ offset }) => offset);

describe('late records', () => {
  test('go to a topic of their own, and the offset is committed when they are there', async () => {
    const counts: unknown[] = [];
    const counted$ = read().pipe(
      countByKey({ window, late: (late$) => late$.pipe(toTopic(kafka, 'late', { key: text, value: text })) }),
      tap(({ value, window: { start } }) => counts.push([start, value])),
      commitOffsets(),
    );
    await time.until(lastValueFrom(counted$.pipe(ignoreElements()), { defaultValue: undefined }));
    expect(counts).toEqual([
      [0, 1],
      [10, 1],
      [20, 1],
    ]);
    expect(kafka.records('late').map(({ value, timestamp }) => [String(value), timestamp])).toEqual([
      ['at 3', 3],
      ['at 16', 16],
    ]);
    expect(committed()).toEqual([5]);
  });

  test('come down the pipe with how late they were', async () => {
    const seen: unknown[] = [];
    const counted$ = read().pipe(
      countByKey({ window, late: 'emit' }),
      tap((record) => seen.push('late' in record ? [record.value, record.late] : record.value)),
      commitOffsets(),
    );
    await time.until(lastValueFrom(counted$.pipe(ignoreElements()), { defaultValue: undefined }));
    expect(seen).toEqual([
      1,
      ['at 3', { window: { start: 0, end: 10 }, by: 5 }],
      1,
      ['at 16', { window: { start: 10, end: 20 }, by: 7 }],
      1,
    ]);
    expect(committed()).toEqual([5]);
  });

  test('hold the commit until they are acked, and windows stay open that long', async () => {
    const subscription = read({ until: undefined })
      .pipe(countByKey({ window, late: (late$) => late$.pipe(ignoreElements()) }), commitOffsets({ every: 10 }))
      .subscribe();
    await time.advance(1_000);
    expect(committed()).toEqual([1]);
    subscription.unsubscribe();
  });

  test('a failure of their pipeline is one of the whole', async () => {
    const failing$ = read().pipe(
      countByKey({
        window,
        late: (late$) =>
          late$.pipe(
            tap(() => {
              throw new Error('no room');
            }),
          ),
      }),
      commitOffsets(),
    );
    await expect(time.until(lastValueFrom(failing$))).rejects.toThrow('no room');
  });
});

describe('limits of state', () => {
  const keys = () =>
    kafka.append(
      'in',
      ['a', 'b', 'c', 'a'].map((key) => ({ key, value: 'x', timestamp: 40 })),
    );

  test('more keys than maxKeys are an error that names the operator, its keys and windows', async () => {
    keys();
    const full$ = read().pipe(countByKey({ window: tumbling(1_000), maxKeys: 3 }), commitOffsets());
    await expect(time.until(lastValueFrom(full$))).rejects.toMatchObject({
      code: 'STATE_FULL',
      message: expect.stringMatching(/^countByKey has reached its limit of 3 keys \(maxKeys\): it keeps 4 states/) as string,
    });
  });

  test('or parts of results come early, and what follows is a part of its own', async () => {
    keys();
    const parts: unknown[] = [];
    const parts$ = read().pipe(
      countByKey({ window: tumbling(1_000), maxKeys: 3, onFull: 'emitEarly' }),
      tap(({ key, value, final }) => parts.push([key, value, final])),
      commitOffsets(),
    );
    await time.until(lastValueFrom(parts$.pipe(ignoreElements()), { defaultValue: undefined }));
    expect(parts).toEqual([
      ['k', 5, false],
      ['a', 1, false],
      ['b', 1, false],
      ['c', 1, false],
      ['a', 1, true],
    ]);
    expect(committed()).toEqual([9]);
  });

  test('parts that are on their way are not lost in a crash, though their window has closed', async () => {
    kafka.append(
      'in',
      ['a', 'b', 'a'].map((key) => ({ key, value: 'x', timestamp: 40 })),
    );
    kafka.append('in', [{ key: 'z', value: 'x', timestamp: 2_000 }]);
    const total = new Map<unknown, number>();
    const run = (ms: number) =>
      read({ until: undefined }).pipe(
        countByKey({ window: tumbling(1_000), maxKeys: 1, onFull: 'emitEarly' }),
        delay(ms, time),
        tap(({ key, value }) => total.set(key, (total.get(key) ?? 0) + value)),
        commitOffsets({ every: 100 }),
      );
    const killed = run(60_000).subscribe();
    await time.advance(10_000);
    for (const member of kafka.members('g')) kafka.kill(member);
    killed.unsubscribe();
    expect([total.size, committed()]).toEqual([0, [0]]);
    const next = run(0).subscribe();
    await time.advance(120_000);
    next.unsubscribe();
    expect([...total]).toEqual([
      ['k', 5],
      ['a', 2],
      ['b', 1],
      ['z', 1],
    ]);
  });

  test('state that grows is measured too', async () => {
    kafka.append(
      'in',
      Array.from({ length: 3_000 }, (_, n) => ({ key: `${n}`, value: 'x', timestamp: 40 })),
    );
    const full$ = read({ maxInFlight: 10_000 }).pipe(countByKey({ window: tumbling(1_000), maxBytes: 100_000 }), commitOffsets());
    await expect(time.until(lastValueFrom(full$))).rejects.toMatchObject({
      code: 'STATE_FULL',
      message: expect.stringContaining('about 100000 bytes (maxBytes)') as string,
    });
  });
});
