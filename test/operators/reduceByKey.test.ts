import { delay, from, map, merge, Subject, take } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, test } from 'vitest';
import { ack } from '../../src/operators/ack';
import { filterRecords } from '../../src/operators/filterRecords';
import { flatMapValues } from '../../src/operators/flatMapValues';
import { keyBy } from '../../src/operators/keyBy';
import { reduceByKey } from '../../src/operators/reduceByKey';
import type { KafkaRecord } from '../../src/records';
import { tumbling } from '../../src/time/tumbling';
import { type Found, outcome, read, type Row, Topic } from './source';

const sum = (a: number, b: number): number => a + b;
const window = tumbling(10);
const rows: readonly Row<string, number>[] = [
  { key: 'ann', value: 1, timestamp: 1 },
  { key: 'bob', value: 2, timestamp: 2 },
  { key: 'ann', value: 3, timestamp: 9 },
  { key: 'ann', value: 4, timestamp: 10 },
];

test('values are combined by key and window', () => {
  const { values, completed } = outcome(read(rows).pipe(reduceByKey(sum, { window })));
  expect(values.map(({ key, value, window: { start } }) => [start, key, value])).toEqual([
    [0, 'ann', 4],
    [0, 'bob', 2],
    [10, 'ann', 4],
  ]);
  expect(completed).toBe(true);
});

test('a result says its window, and has the last time of it, so that the next window finds it there', () => {
  const { values } = outcome(read(rows.slice(0, 1)).pipe(reduceByKey(sum, { window })));
  expect(values).toEqual([
    {
      key: 'ann',
      value: 1,
      timestamp: 9,
      headers: Object.create(null) as object,
      window: { start: 0, end: 10 },
      final: true,
      '~provenance': expect.objectContaining({ kind: 'millrace' }) as object,
    },
  ]);
});

test('records are folded by offset within a partition, and partials merge in the order of partitions', () => {
  const texts = ['1a', '0a', '1b', '0b'].map((value) => ({ key: 'k', value, partition: Number(value[0]) }));
  const { values } = outcome(read(texts).pipe(reduceByKey((a, b) => `${a} ${b}`, { window })));
  expect(values.map(({ value }) => value)).toEqual(['0a 0b 1a 1b']);
});

test('keys compare by value', () => {
  const tuples = [1, 2].map((value) => ({ key: ['eu', 7] as const, value }));
  const { values } = outcome(read(tuples).pipe(reduceByKey(sum, { window })));
  expect(values.map(({ key, value }) => [key, value])).toEqual([[['eu', 7], 3]]);
});

test('offsets stay held until the results are acked', () => {
  const found: Found = {};
  const committed = () => found.task?.partitions.map((epoch) => found.task?.progress(epoch)?.offset);
  const result = outcome(read(rows, found).pipe(reduceByKey(sum, { window })));
  expect(committed()).toEqual([0, 0]);
  outcome(from(result.values).pipe(ack()));
  expect(committed()).toEqual([4, 0]);
});

test('windows follow one another', () => {
  const { values } = outcome(
    read(rows).pipe(
      reduceByKey(sum, { window }),
      keyBy(() => 'all'),
      reduceByKey(sum, { window: tumbling(20) }),
      ack(),
    ),
  );
  expect(values.map(({ key, value, window: { end } }) => [key, value, end])).toEqual([['all', 10, 20]]);
});

test('results may be dropped between two windows', () => {
  const { values } = outcome(
    read(rows).pipe(
      reduceByKey(sum, { window }),
      filterRecords((n) => n > 2),
      reduceByKey(sum, { window: tumbling(20) }),
    ),
  );
  expect(values.map(({ key, value }) => [key, value])).toEqual([['ann', 8]]);
});

test('each value that was made of a record counts', () => {
  const words = [{ key: 'k', value: 'to be or not to be' }];
  const counted = read(words).pipe(
    flatMapValues((line) => line.split(' ')),
    keyBy((word) => word),
    reduceByKey((a) => `${a}+`, { window }),
  );
  expect(outcome(counted).values.map(({ key, value }) => `${key} ${value}`)).toEqual(['to to+', 'be be+', 'or or', 'not not']);
});

test('two subscriptions keep their windows apart', () => {
  const counted = read(rows.slice(0, 1)).pipe(reduceByKey(sum, { window }));
  expect([outcome(counted).values.length, outcome(counted).values[0]?.value]).toEqual([1, 1]);
});

test('unsubscribing while results come stops them', () => {
  expect(outcome(read(rows).pipe(reduceByKey(sum, { window }), take(1)))).toMatchObject({ values: [{ key: 'ann' }], completed: true });
});

describe('at the call', () => {
  const options: readonly (readonly [string, unknown])[] = [
    ['null for a window', { window: null }],
    ['a duration for a window', { window: '10s' }],
    ['a window of an unknown kind', { window: { kind: 'spiral' } }],
    ['a negative grace', { window, grace: -1 }],
    ['a grace that is no duration', { window, grace: 'soon' }],
    ['another emit', { window, emit: 'now' }],
  ];
  test.each(options)('%s is refused', (_, given) => {
    expect(() => reduceByKey((a) => a, given as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('of reduceByKey is') as string }),
    );
  });

  test('undefined is as good as absent', () => {
    expect(() => reduceByKey((a) => a, { window, grace: undefined, emit: undefined })).not.toThrow();
  });
});

describe('L10: in the error channel', () => {
  const failing = (): number => {
    throw new Error('no');
  };

  test('a throw of the callback says where', () => {
    const { error } = outcome(read(rows).pipe(reduceByKey(failing, { window })));
    expect(error).toMatchObject({
      code: 'CALLBACK_FAILED',
      offset: 2,
      message: expect.stringContaining('the callback of reduceByKey threw at t[0]@2: no') as string,
    });
  });

  test('so does one while partitions are merged, as far as it is known', () => {
    const apart = rows.slice(0, 2).map((row, partition) => ({ ...row, key: 'k', partition }));
    const { error } = outcome(read(apart).pipe(reduceByKey(failing, { window })));
    expect(error).toMatchObject({
      code: 'CALLBACK_FAILED',
      message: expect.stringContaining('the callback of reduceByKey threw at') as string,
      cause: new Error('no'),
    });
  });

  test.each([null, undefined])('a record with the key %s says where, and what to do', (key) => {
    const { error } = outcome(read([{ key: key as never, value: 1 }]).pipe(reduceByKey(sum, { window })));
    expect(error).toMatchObject({
      code: 'NULL_KEY',
      message: `reduceByKey got t[0]@0 with the key ${key}: give records a key with keyBy, or decode the topic's keys`,
    });
  });

  test('a source that is known only by its first record cannot be recovered', () => {
    const between = new Subject<KafkaRecord<string, number>>();
    const result = outcome(between.pipe(reduceByKey(sum, { window })));
    read(rows).subscribe(between);
    expect(result.error).toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('reduceByKey learned of its source only from its first record') as string,
    });
  });

  test('two sources cannot share windows', () => {
    expect(outcome(merge(read(rows), read(rows)).pipe(reduceByKey(sum, { window }))).error).toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('reduceByKey is fed by two sources') as string,
    });
  });

  test('what did not come from fromTopic is refused', () => {
    expect(outcome(from([{ key: 'k', value: 1 }] as never[]).pipe(reduceByKey((a) => a, { window }))).error).toMatchObject({
      code: 'NO_SOURCE',
    });
  });
});

test('L4: a record of an epoch that has ended does nothing, wherever it comes from', () => {
  const topic = new Topic();
  const record = topic.record({ key: 'k', value: 1 });
  for (const epoch of topic.epochs) epoch.ended = true;
  expect(outcome(from([record]).pipe(reduceByKey(sum, { window })))).toEqual({ values: [], completed: true });
});

test("L9: a delay in front of a window loses nothing, under RxJS' own test scheduler", () => {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, expectObservable }) => {
    const row = (value: number, timestamp: number) => ({ key: 'k', value, timestamp });
    const source = read(cold('a-b-c-|', { a: row(1, 1), b: row(2, 9), c: row(4, 30) }));
    const results = source.pipe(delay(3), reduceByKey(sum, { window }));
    // c is read at 4 and is long past the window, in which b arrives at 5; the window closes when c arrives.
    expectObservable(results.pipe(map(({ value }) => value))).toBe('-------(x|)', { x: 3 });
  });
});
