import { delay, groupBy, ignoreElements, mergeMap, type Observable, tap, windowCount, windowTime } from 'rxjs';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  commitOffsets,
  countByKey,
  flatMapValues,
  fromTopic,
  type FromTopicOptions,
  json,
  keyBy,
  type KafkaClient,
  reduceByKey,
  text,
  toTopic,
  tumbling,
  type WindowedRecord,
} from '../../src/index';
import { FakeKafka, VirtualClock } from '../../src/testing/index';

let time: VirtualClock;
let kafka: FakeKafka;

beforeEach(() => {
  time = new VirtualClock();
  kafka = new FakeKafka({ scheduler: time, latency: 1 });
  kafka.createTopic('in', { partitions: 2 });
  kafka.createTopic('out', { partitions: 1 });
});

const read = (options: Partial<FromTopicOptions<KafkaClient, string, string>> = {}) =>
  fromTopic<KafkaClient, string, string>(kafka.client('worker'), 'in', {
    groupId: 'g',
    key: text,
    value: text,
    scheduler: time,
    ...options,
  });
const append = (partition: number, ...lines: string[]) =>
  kafka.append(
    'in',
    lines.map((value) => ({ key: 'k', value, timestamp: time.now(), partition })),
  );
const results: string[] = [];
const note = tap(({ key, value, window: { start, end } }: WindowedRecord<string, number>) =>
  results.push(`${key} ${value}${end === Infinity ? '' : ` [${start}, ${end})`}`),
);
const committed = () => kafka.committed('g').map(({ offset }) => offset);
async function run(pipeline$: Observable<unknown>, ms: number) {
  results.length = 0;
  const subscription = pipeline$.pipe(ignoreElements()).subscribe({ error: (error: unknown) => results.push(String(error)) });
  await time.advance(ms);
  return subscription;
}

describe('a reduce without a window', () => {
  test('gives its results when the bounded read is complete, and then everything is committed', async () => {
    append(0, 'to be', 'or');
    append(1, 'not to be');
    await run(
      read({ until: 'latest' }).pipe(
        flatMapValues((line) => line.split(' ')),
        keyBy((word) => word),
        countByKey(),
        note,
        commitOffsets(),
      ),
      5_000,
    );
    expect(results.sort()).toEqual(['be 2', 'not 1', 'or 1', 'to 2']);
    expect(committed()).toEqual([2, 1]);
  });

  test('waits for what takes its time in front of it', async () => {
    append(0, 'a', 'b');
    await run(read({ until: 'latest' }).pipe(delay(1_000, time), countByKey(), note, delay(500, time), commitOffsets()), 10_000);
    expect(results).toEqual(['k 2']);
    expect(committed()[0]).toBe(2);
  });

  test('gives nothing when the reading is stopped: what it has is held for the next run', async () => {
    append(0, 'a', 'b');
    const stop = new AbortController();
    await run(read({ signal: stop.signal }).pipe(countByKey(), note, commitOffsets()), 2_000);
    stop.abort();
    await time.advance(2_000);
    expect([results, committed()]).toEqual([[], [0, 0]]);
    await run(read({ until: 'latest' }).pipe(countByKey(), note, commitOffsets()), 5_000);
    expect(results).toEqual(['k 2']);
  });

  test('gives nothing at the end either, if windows are to be held there', async () => {
    append(0, 'a', 'b');
    await run(read({ until: 'latest', atEnd: 'hold' }).pipe(countByKey(), note, commitOffsets()), 2_000);
    expect([results, committed()]).toEqual([[], [0, 0]]);
    append(0, 'c');
    await run(read({ until: 'latest' }).pipe(countByKey(), note, commitOffsets()), 5_000);
    expect([results, committed()]).toEqual([['k 3'], [3, 0]]);
  });

  test('tells running totals with emit: onUpdate', async () => {
    append(0, 'a', 'b');
    const totals: unknown[] = [];
    const told = tap(({ value, final }: WindowedRecord<string, number>) => totals.push([value, final]));
    await run(read({ until: 'latest' }).pipe(countByKey({ emit: 'onUpdate' }), told, commitOffsets()), 5_000);
    expect(totals).toEqual([
      [1, false],
      [2, false],
      [2, true],
    ]);
  });
});

describe('windows of RxJS', () => {
  test('hold what was reduced in them until the result is acked; nothing is lost in a crash', async () => {
    const count = () =>
      read().pipe(
        windowTime(10_000, time),
        mergeMap((window$) => window$.pipe(countByKey())),
        note,
        toTopic(kafka.client('worker'), 'out', { key: text, value: json<number>() }),
        commitOffsets({ every: 100 }),
      );
    append(0, 'a', 'b');
    await run(count(), 5_000);
    expect([results, committed()]).toEqual([[], [0, 0]]);
    append(1, 'c');
    await time.advance(6_000);
    expect(results).toEqual(['k 3']);
    expect(committed()).toEqual([2, 1]);
    append(0, 'd');
    await time.advance(1_000);
    kafka.kill('worker');
    await run(count(), 60_000);
    expect(kafka.records('out').map(({ value }) => String(value))).toEqual(['3', '1']);
    expect(committed()).toEqual([3, 1]);
  });

  test('of a number of records, and of each group', async () => {
    append(0, 'a', 'b', 'a', 'b', 'a');
    await run(
      read({ until: 'latest' }).pipe(
        windowCount(2),
        mergeMap((window$) => window$.pipe(countByKey())),
        note,
        commitOffsets(),
      ),
      5_000,
    );
    expect(results).toEqual(['k 2', 'k 2', 'k 1']);
    expect(committed()[0]).toBe(5);
    await run(
      read({ groupId: 'other', until: 'latest' }).pipe(
        keyBy((letter) => letter),
        groupBy(({ key }) => key),
        mergeMap((group$) => group$.pipe(reduceByKey((one, two) => one + two))),
        tap(({ key, value }) => results.push(`${key}: ${value}`)),
        commitOffsets(),
      ),
      5_000,
    );
    expect(results).toEqual(['a: aaa', 'b: bb']);
  });
});

describe('processing time', () => {
  test('puts records into windows by the clock, and closes them by it', async () => {
    const start = Math.ceil(time.now() / 1_000) * 1_000;
    await time.advance(start - time.now());
    const counting = await run(
      read().pipe(countByKey({ window: tumbling('1s'), clock: 'processing' }), note, commitOffsets({ every: 100 })),
      5_100,
    );
    append(0, 'a', 'b');
    await time.advance(500);
    append(0, 'c');
    append(1, 'd');
    await time.advance(3_000);
    expect(results).toEqual([`k 4 [${start + 5_000}, ${start + 6_000})`]);
    expect(committed()).toEqual([3, 1]);
    counting.unsubscribe();
  });

  test('goes on when the clock is set back: no window opens again', async () => {
    const counting = await run(
      read().pipe(countByKey({ window: tumbling('1s'), clock: 'processing' }), note, commitOffsets({ every: 100 })),
      5_500,
    );
    append(0, 'a');
    await time.advance(1_500);
    expect(results).toHaveLength(1);
    time.jump(-3_000);
    append(0, 'b');
    await time.advance(6_000);
    expect(results).toHaveLength(2);
    expect(new Set(results).size).toBe(2);
    counting.unsubscribe();
  });

  test('a window of event time does not take what comes by the clock', async () => {
    append(0, 'a');
    await run(read({ until: 'latest' }).pipe(countByKey(), countByKey({ window: tumbling('1s') }), commitOffsets()), 2_000);
    expect(results[0]).toContain('takes the results of countByKey, which come at the end of the source or by the clock');
  });
});
