import { describe, expect, test } from 'vitest';
import {
  commitOffsets,
  countByValue,
  countByWindow,
  flatMapValues,
  fromTopic,
  hopping,
  json,
  reduceByKey,
  session,
  text,
  tumbling,
} from '../../src/index';
import { runPipeline } from '../../src/testing/index';
import { type PeerCase, testByOracle, testByPipeline } from './peer';

/** What the tests of Spark's windows show, those of data frames and those of streams in batches, and where ours differ. */

/** A data frame has no order of arrival: nothing is late. */
const frame = { outOfOrderness: 60_000, keyed: false } as const;
const size10 = { kind: 'tumbling', size: 10_000, offset: 0 } as const;
const three = 'a1@34s a2@56s b4@27s';

const frames: readonly PeerCase[] = [
  {
    ...frame,
    name: 'a record at the start of a window is in it',
    window: size10,
    records: 'a1@30s',
    results: ['null [30s, 40s): 1'],
  },
  {
    ...frame,
    name: 'a negative offset moves windows back',
    window: { ...size10, offset: -5_000 },
    records: 'a1@30s a2@25s',
    results: ['null [25s, 35s): 1 2'],
  },
  {
    ...frame,
    name: 'each record is in its tumbling window',
    window: size10,
    records: three,
    results: ['null [20s, 30s): 4', 'null [30s, 40s): 1', 'null [50s, 60s): 2'],
  },
  {
    ...frame,
    name: 'records of two keys in one window are two results',
    keyed: true,
    window: { ...size10, offset: 5_000 },
    records: three,
    results: ['a [25s, 35s): 1', 'b [25s, 35s): 4', 'a [55s, 65s): 2'],
  },
  {
    ...frame,
    name: 'an offset of half a window is the same forwards and back',
    keyed: true,
    window: { ...size10, offset: -5_000 },
    records: three,
    results: ['a [25s, 35s): 1', 'b [25s, 35s): 4', 'a [55s, 65s): 2'],
  },
  {
    ...frame,
    name: 'a window that slides by what does not divide it has a record three or four times',
    window: { kind: 'hopping', size: 10_000, every: 3_000, offset: 0 },
    records: three,
    results: [
      'null [18s, 28s): 4',
      'null [21s, 31s): 4',
      'null [24s, 34s): 4',
      'null [27s, 37s): 1 4',
      'null [30s, 40s): 1',
      'null [33s, 43s): 1',
      'null [48s, 58s): 2',
      'null [51s, 61s): 2',
      'null [54s, 64s): 2',
    ],
  },
  {
    ...frame,
    name: 'a window that slides by a third of it has each record three times',
    window: { kind: 'hopping', size: 9_000, every: 3_000, offset: 0 },
    records: three,
    results: [
      'null [21s, 30s): 4',
      'null [24s, 33s): 4',
      'null [27s, 36s): 1 4',
      'null [30s, 39s): 1',
      'null [33s, 42s): 1',
      'null [48s, 57s): 2',
      'null [51s, 60s): 2',
      'null [54s, 63s): 2',
    ],
  },
  {
    ...frame,
    name: 'a window may begin before 1970',
    window: { ...size10, offset: 5_000 },
    records: 'a1@2s a2@12s',
    results: ['null [-5s, 5s): 1', 'null [5s, 15s): 2'],
  },
  {
    ...frame,
    name: 'windows are exact to the millisecond',
    window: { kind: 'hopping', size: 200, every: 40, offset: 0 },
    records: 'a3@0.41s a6@0.62s a8@0.715s',
    results: [
      'null [0.24s, 0.44s): 3',
      'null [0.28s, 0.48s): 3',
      'null [0.32s, 0.52s): 3',
      'null [0.36s, 0.56s): 3',
      'null [0.4s, 0.6s): 3',
      'null [0.44s, 0.64s): 6',
      'null [0.48s, 0.68s): 6',
      'null [0.52s, 0.72s): 6 8',
      'null [0.56s, 0.76s): 6 8',
      'null [0.6s, 0.8s): 6 8',
      'null [0.64s, 0.84s): 8',
      'null [0.68s, 0.88s): 8',
    ],
  },
];

const gap10 = { kind: 'session', gap: 10_000 } as const;

const sessions: readonly PeerCase[] = [
  {
    ...frame,
    name: 'a session ends the gap after its record',
    window: gap10,
    records: 'a1@30s',
    results: ['null [30s, 40s): 1'],
  },
  {
    ...frame,
    name: 'sessions are found whatever the order of records',
    window: gap10,
    records: three,
    results: ['null [27s, 44s): 1 4', 'null [56s, 66s): 2'],
  },
  {
    ...frame,
    name: 'each key has its own sessions',
    keyed: true,
    window: gap10,
    records: 'a1@34s a2@39s a3@56s a5@64s b4@27s',
    results: ['b [27s, 37s): 4', 'a [34s, 49s): 1 2', 'a [56s, 74s): 3 5'],
  },
  {
    ...frame,
    name: 'sessions of two keys may overlap',
    keyed: true,
    window: gap10,
    records: 'a1@34s b1@39s a2@40s b2@45s b4@27s',
    results: ['b [27s, 37s): 4', 'a [34s, 50s): 1 2', 'b [39s, 55s): 1 2'],
  },
  {
    ...frame,
    name: 'each record may say its own gap',
    keyed: true,
    window: { kind: 'session', gap: ({ number }) => number * 10_000 },
    records: 'a1@34s b2@56s c4@27s',
    results: ['a [34s, 44s): 1', 'c [27s, 67s): 4', 'b [56s, 76s): 2'],
  },
  {
    ...frame,
    name: 'the longest gap decides when a session ends',
    window: { kind: 'session', gap: ({ number }) => number * 10_000 },
    records: 'a1@34s b2@56s c4@27s',
    results: ['null [27s, 76s): 1 2 4'],
  },
  {
    ...frame,
    name: 'a record that is exactly the gap after another begins a session, unlike in Spark, which joins them',
    window: gap10,
    records: 'a1@20s a2@30s a3@39.999s',
    results: ['null [20s, 30s): 1', 'null [30s, 49.999s): 2 3'],
  },
];

/** The batches of one second: what is in the first one has the timestamp 0, in the second one 1 s. */
const last2 = { kind: 'hopping', size: 2_000, every: 1_000, offset: 0 } as const;
const big = 'a1@0s a2@1s b1@1s a3@2s b2@2s c1@2s a4@3s b3@3s a5@4s a6@6s a7@7s b4@7s a8@8s b5@8s c2@8s a9@9s b6@9s a10@10s |11s';

const streams: readonly PeerCase[] = [
  {
    name: 'a window has the last two batches',
    window: last2,
    keyed: false,
    records: 'a0@0s a1@1s a2@2s a3@3s a4@4s a5@5s',
    results: [
      'null [-1s, 1s): 0',
      'null [0s, 2s): 0 1',
      'null [1s, 3s): 1 2',
      'null [2s, 4s): 2 3',
      'null [3s, 5s): 3 4',
      'null [4s, 6s): 4 5',
      'null [5s, 7s): 5',
    ],
  },
  {
    name: 'windows may stand side by side',
    window: { kind: 'tumbling', size: 2_000, offset: 0 },
    keyed: false,
    records: 'a0@0s a1@1s a2@2s a3@3s a4@4s a5@5s',
    results: ['null [0s, 2s): 0 1', 'null [2s, 4s): 2 3', 'null [4s, 6s): 4 5'],
  },
  {
    name: 'a window may be of four batches, and slide by two',
    window: { kind: 'hopping', size: 4_000, every: 2_000, offset: 0 },
    keyed: false,
    records: 'a0@0s a1@1s a2@2s a3@3s a4@4s a5@5s',
    results: ['null [-2s, 2s): 0 1', 'null [0s, 4s): 0 1 2 3', 'null [2s, 6s): 2 3 4 5', 'null [4s, 8s): 4 5'],
  },
  {
    name: 'values of a key are reduced',
    window: last2,
    records: 'a1@0s a3@0s',
    results: ['a [-1s, 1s): 1 3', 'a [0s, 2s): 1 3'],
  },
  {
    name: 'a value is added to a key that is in the window',
    window: last2,
    held: true,
    records: 'a1@0s a2@1s |2s',
    results: ['a [-1s, 1s): 1', 'a [0s, 2s): 1 2'],
  },
  {
    name: 'a key may be new in a window',
    window: last2,
    held: true,
    records: 'a1@0s a2@1s b1@1s |2s',
    results: ['a [-1s, 1s): 1', 'a [0s, 2s): 1 2', 'b [0s, 2s): 1'],
  },
  {
    name: 'a key leaves the window with its last record',
    window: last2,
    records: 'a1@0s a2@1s |4s',
    results: ['a [-1s, 1s): 1', 'a [0s, 2s): 1 2', 'a [1s, 3s): 2'],
  },
  {
    name: 'a window may slide by several batches',
    window: { kind: 'hopping', size: 4_000, every: 2_000, offset: 0 },
    records: 'a1@0s a2@1s a3@2s a4@3s a5@4s a6@5s |8s',
    results: ['a [-2s, 2s): 1 2', 'a [0s, 4s): 1 2 3 4', 'a [2s, 6s): 3 4 5 6', 'a [4s, 8s): 5 6'],
  },
  {
    name: 'a key without records has no result, unlike in Spark with an inverse function and no filter, which keeps it with 0',
    window: last2,
    records: big,
    results: [
      'a [-1s, 1s): 1',
      'a [0s, 2s): 1 2',
      'b [0s, 2s): 1',
      'a [1s, 3s): 2 3',
      'b [1s, 3s): 1 2',
      'c [1s, 3s): 1',
      'a [2s, 4s): 3 4',
      'b [2s, 4s): 2 3',
      'c [2s, 4s): 1',
      'a [3s, 5s): 4 5',
      'b [3s, 5s): 3',
      'a [4s, 6s): 5',
      'a [5s, 7s): 6',
      'a [6s, 8s): 6 7',
      'b [6s, 8s): 4',
      'a [7s, 9s): 7 8',
      'b [7s, 9s): 4 5',
      'c [7s, 9s): 2',
      'a [8s, 10s): 8 9',
      'b [8s, 10s): 5 6',
      'c [8s, 10s): 2',
      'a [9s, 11s): 9 10',
      'b [9s, 11s): 6',
      'a [10s, 12s): 10',
    ],
  },
  {
    name: 'a window without records has no result unless asked for, unlike in Spark, where its count is 0',
    window: { kind: 'tumbling', size: 1_000, offset: 0 },
    keyed: false,
    records: 'a1@0s a2@2s',
    results: ['null [0s, 1s): 1', 'null [2s, 3s): 2'],
  },
];

const cases = [...frames, ...sessions, ...streams];

describe('in a batch', () => testByOracle(cases));

describe('in a pipeline', () => {
  testByPipeline(cases);

  test('values are counted by what they are', async () => {
    const { results } = await runPipeline(
      ({ kafka, topic, source }) =>
        fromTopic(kafka, topic, { ...source, value: text }).pipe(countByValue({ window: hopping('2s', { every: '1s' }) }), commitOffsets()),
      {
        records: [
          { value: 'a', timestamp: 0 },
          ...['b', 'b'].map((value) => ({ value, timestamp: 1_000 })),
          ...['a', 'b'].map((value) => ({ value, timestamp: 2_000 })),
        ],
      },
    );
    expect(results.map(({ key, value, window }) => `${key} ${window.end}: ${value}`)).toEqual([
      'a 1000: 1',
      'a 2000: 1',
      'b 2000: 2',
      'b 3000: 3',
      'a 3000: 1',
      'a 4000: 1',
      'b 4000: 1',
    ]);
  });

  test('windows without records are counted as 0 on request, up to the last record', async () => {
    const { results } = await runPipeline(
      ({ kafka, topic, source }) =>
        fromTopic(kafka, topic, source).pipe(
          countByWindow({ window: hopping('2s', { every: '1s' }), emptyWindows: true }),
          commitOffsets(),
        ),
      { records: [0, 1, 2, 2, 3, 7].map((second) => ({ value: null, timestamp: second * 1_000 })) },
    );
    expect(results.map(({ value }) => value)).toEqual([1, 2, 3, 3, 1, 0, 0, 1, 1]);
    expect(results.map(({ window }) => window.end)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((second) => second * 1_000));
  });

  test('with an inverse function a key leaves the window with its last record, unlike in Spark without a filter, and a sum of 0 stays', async () => {
    const values = [
      { key: 'a', value: '1', timestamp: 0 },
      { key: 'a', value: '-1', timestamp: 1_000 },
      { key: 'b', value: '1', timestamp: 4_000 },
    ];
    const { results } = await runPipeline(
      ({ kafka, topic, source }) =>
        fromTopic(kafka, topic, { ...source, key: text, value: json<number>() }).pipe(
          reduceByKey((a, b) => a + b, { inverse: (a, b) => a - b, window: hopping('2s', { every: '1s' }) }),
          commitOffsets(),
        ),
      { records: values },
    );
    expect(results.map(({ key, value, window }) => `${key} ${window.end}: ${value}`)).toEqual([
      'a 1000: 1',
      'a 2000: 0',
      'a 3000: -1',
      'b 5000: 1',
      'b 6000: 1',
    ]);
  });

  test('each value that was made of a record is in its window', async () => {
    const { results } = await runPipeline(
      ({ kafka, topic, source }) =>
        fromTopic(kafka, topic, { ...source, value: text }).pipe(
          flatMapValues((ids) => ids.split(' ')),
          countByValue({ window: tumbling('10s') }),
          commitOffsets(),
        ),
      {
        records: [
          { value: 'a b', timestamp: 34_000 },
          { value: 'a c d', timestamp: 56_000 },
        ],
      },
    );
    expect(results.map(({ key, value, window }) => `${key} ${window.end}: ${value}`)).toEqual([
      'a 40000: 1',
      'b 40000: 1',
      'a 60000: 1',
      'c 60000: 1',
      'd 60000: 1',
    ]);
  });

  test('a record without a time fails it, unlike in Spark, where it is in no window', async () => {
    const counted = runPipeline(
      ({ kafka, topic, source }) =>
        fromTopic(kafka, topic, { ...source, value: text, timestamp: (value) => Date.parse(value) }).pipe(
          countByValue({ window: tumbling('10s') }),
          commitOffsets(),
        ),
      { records: [{ value: '2016-03-27T09:00:05Z' }, { value: 'null' }] },
    );
    await expect(counted).rejects.toMatchObject({ code: 'BAD_TIMESTAMP', offset: 1 });
  });
});

describe('refused is', () => {
  const options: readonly (readonly [string, () => unknown])[] = [
    ['a window that slides by more than its length, unlike in Spark Streaming', () => hopping('2s', { every: '3s' })],
    ['a gap that is no duration, unlike in Spark, where such records are in no session', () => session({ gap: 'x sec' as never })],
    ['a computed gap of 0, likewise', () => session({ gap: () => 0 }).gapOf({} as never)],
    ['a computed gap below 0, likewise', () => session({ gap: () => '-10s' }).gapOf({} as never)],
  ];
  test.each(options)('%s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
