import { describe, expect, test } from 'vitest';
import { hopping, session, tumbling } from '../../src/index';
import { byPipeline, type PeerCase, testByOracle, testByPipeline } from './peer';

/** What the tests of Flink's windows show, and where ours differ. A watermark that passes `w` there is time that goes on to `w + 1` here. */
const size5 = { kind: 'tumbling', size: 5_000, offset: 0 } as const;
const slide1 = { kind: 'hopping', size: 5_000, every: 1_000, offset: 0 } as const;

/** Two keys out of order: no watermark comes before all has been read. */
const disorder = {
  outOfOrderness: 4_000,
  records: 'b1@3999 b2@3000 a1@20 a2@0 a3@999 b3@1998 b4@1999 b5@1000',
} as const;

const assigned: readonly PeerCase[] = [
  {
    name: 'a tumbling window has its start in it and its end not',
    window: size5,
    records: 'a1@0 a2@4999 a3@5000',
    results: ['a [0, 5000): 1 2', 'a [5000, 10000): 3'],
  },
  {
    name: 'tumbling windows may be moved by an offset',
    window: { ...size5, offset: 100 },
    records: 'a1@100 a2@5099 a3@5100',
    results: ['a [100, 5100): 1 2', 'a [5100, 10100): 3'],
  },
  {
    name: 'tumbling windows may be moved back by an offset',
    window: { ...size5, offset: -100 },
    records: 'a1@0 a2@4899 a3@4900',
    results: ['a [-100, 4900): 1 2', 'a [4900, 9900): 3'],
  },
  {
    name: 'an offset that is longer than the size is what is left of it, unlike in Flink, which refuses it',
    window: { kind: 'tumbling', size: 10_000, offset: 21_000 },
    records: 'a1@1s a2@10.999s a3@11s',
    results: ['a [1s, 11s): 1 2', 'a [11s, 21s): 3'],
  },
  {
    name: 'a record is in five hopping windows of which one begins each fifth of their size',
    window: slide1,
    records: 'a1@0',
    results: ['a [-4s, 1s): 1', 'a [-3s, 2s): 1', 'a [-2s, 3s): 1', 'a [-1s, 4s): 1', 'a [0s, 5s): 1'],
  },
  {
    name: 'the windows of a record are the next ones as soon as it is at the start of one',
    window: slide1,
    records: 'a1@4999 b1@5000',
    results: [
      'a [0s, 5s): 1',
      'a [1s, 6s): 1',
      'b [1s, 6s): 1',
      'a [2s, 7s): 1',
      'b [2s, 7s): 1',
      'a [3s, 8s): 1',
      'b [3s, 8s): 1',
      'a [4s, 9s): 1',
      'b [4s, 9s): 1',
      'b [5s, 10s): 1',
    ],
  },
  {
    name: 'hopping windows may be moved by an offset',
    window: { ...slide1, offset: 100 },
    records: 'a1@5099 b1@5100',
    results: [
      'a [100, 5100): 1',
      'a [1100, 6100): 1',
      'b [1100, 6100): 1',
      'a [2100, 7100): 1',
      'b [2100, 7100): 1',
      'a [3100, 8100): 1',
      'b [3100, 8100): 1',
      'a [4100, 9100): 1',
      'b [4100, 9100): 1',
      'b [5100, 10100): 1',
    ],
  },
  {
    name: 'hopping windows may be moved back by an offset',
    window: { ...slide1, offset: -100 },
    records: 'a1@0 b1@4899',
    results: [
      'a [-4100, 900): 1',
      'a [-3100, 1900): 1',
      'a [-2100, 2900): 1',
      'a [-1100, 3900): 1',
      'a [-100, 4900): 1',
      'b [-100, 4900): 1',
      'b [900, 5900): 1',
      'b [1900, 6900): 1',
      'b [2900, 7900): 1',
      'b [3900, 8900): 1',
    ],
  },
  {
    name: 'an offset of half a step moves hopping windows by that',
    window: { ...slide1, offset: 500 },
    records: 'a1@100',
    results: ['a [-4500, 500): 1', 'a [-3500, 1500): 1', 'a [-2500, 2500): 1', 'a [-1500, 3500): 1', 'a [-500, 4500): 1'],
  },
  {
    name: 'records of two keys that come out of order are counted in each hopping window',
    window: { kind: 'hopping', size: 3_000, every: 1_000, offset: 0 },
    ...disorder,
    results: [
      'a [-2s, 1s): 1 2 3',
      'a [-1s, 2s): 1 2 3',
      'b [-1s, 2s): 3 4 5',
      'a [0s, 3s): 1 2 3',
      'b [0s, 3s): 3 4 5',
      'b [1s, 4s): 1 2 3 4 5',
      'b [2s, 5s): 1 2',
      'b [3s, 6s): 1 2',
    ],
  },
  {
    name: 'records of two keys that come out of order are counted in their tumbling windows',
    window: { kind: 'tumbling', size: 3_000, offset: 0 },
    ...disorder,
    results: ['a [0s, 3s): 1 2 3', 'b [0s, 3s): 3 4 5', 'b [3s, 6s): 1 2'],
  },
  {
    name: 'a record within grace is in the one result, unlike in Flink, which gives a second one for it',
    window: { kind: 'tumbling', size: 2_000, offset: 0 },
    grace: 500,
    held: true,
    records: 'b1@500 |1501 b2@1300 |2301 b3@1997 |6001 b4@1998 |7001',
    results: ['b [0s, 2s): 1 2 3'],
    late: 'b4',
  },
  {
    name: 'and the result waits for grace, unlike in Flink, which gives the first one at the end of the window',
    window: { kind: 'tumbling', size: 2_000, offset: 0 },
    grace: 500,
    held: true,
    records: 'b1@500 |1501 b2@1300 |2301',
    results: [],
  },
  {
    name: 'a record is late once time has reached the end of its window',
    window: { kind: 'tumbling', size: 2_000, offset: 0 },
    held: true,
    records: 'b1@1000 |1986 b2@1980 |2000 b3@1998 b4@2001 |4000',
    results: ['b [0s, 2s): 1 2', 'b [2s, 4s): 4'],
    late: 'b3',
  },
  {
    name: 'a record that is late for its first window counts in those that are open',
    window: { kind: 'hopping', size: 3_000, every: 1_000, offset: 0 },
    records: 'b1@1000 |2000 b2@2000 |3001 a1@3001 b3@2400 b4@2400 a2@3001 b5@3900 |6001 a3@3001 |25001',
    results: [
      'b [-1s, 2s): 1',
      'b [0s, 3s): 1 2',
      'b [1s, 4s): 1 2 3 4 5',
      'a [1s, 4s): 1 2',
      'b [2s, 5s): 2 3 4 5',
      'a [2s, 5s): 1 2',
      'a [3s, 6s): 1 2',
      'b [3s, 6s): 5',
    ],
    late: 'a3',
  },
  {
    name: 'a record may be late in one window of one partition, and on time in another partition',
    window: { kind: 'tumbling', size: 2_000, offset: 0 },
    records: ['b1@1000 |2000 b2@1998', 'b3@1999 |3000'],
    results: ['b [0s, 2s): 1 3'],
    late: 'b2',
  },
];

const gap = { kind: 'session', gap: 3_000 } as const;
/** In this the sessions are the same as in Flink, if nothing is late. */
const merging = 'b1@1000 |2000 b2@2000 |4999 b3@4500 b4@8500 b5@7000 |11502 b6@11600 |14601 b7@10000 b8@14500 |20001';

const merged: readonly PeerCase[] = [
  {
    name: 'the session of a record reaches as far as the gap',
    window: { kind: 'session', gap: 5_000 },
    records: 'a1@0 b1@4999 c1@5000',
    results: ['a [0, 5000): 1', 'b [4999, 9999): 1', 'c [5000, 10000): 1'],
  },
  {
    name: 'sessions that overlap are one, and those that only touch are not, unlike in Flink, where they are one too',
    window: { kind: 'session', gap: 1_000 },
    records: 'a1@0s a2@1s a3@1.999s a4@3.5s',
    results: ['a [0, 1000): 1', 'a [1000, 2999): 2 3', 'a [3500, 4500): 4'],
  },
  {
    name: 'windows of your own that overlap are one if they ask for it, also where one covers the other',
    window: {
      kind: 'custom',
      merge: true,
      assign: (at, { number }) => [{ start: at, end: at + (number === 1 ? 10 : 1) }],
    },
    records: 'a1@40 a2@49 a3@50',
    results: ['a [40, 50): 1 2', 'a [50, 51): 3'],
  },
  {
    name: 'sessions of two keys that come out of order',
    window: gap,
    outOfOrderness: 2_500,
    records: 'b1@0 b2@1000 b3@2500 a1@10 a2@1000 a3@2500 b4@5501 b5@6000 b6@6000 b7@6050 |14501 b8@15000 b9@15000',
    results: ['b [0, 5500): 1 2 3', 'a [10, 5500): 1 2 3', 'b [5501, 9050): 4 5 6 7', 'b [15000, 18000): 8 9'],
  },
  {
    name: 'a record that is behind is late, whatever sessions are open, unlike in Flink, where an open session takes it in',
    window: gap,
    records: merging,
    results: ['b [1000, 5000): 1 2', 'b [8500, 11500): 4', 'b [11600, 14600): 6'],
    late: 'b3 b5 b7 b8',
  },
  {
    name: 'with grace for the disorder the sessions are those of Flink, each given once',
    window: gap,
    grace: 1_500,
    records: merging,
    results: ['b [1000, 11500): 1 2 3 4 5', 'b [11600, 17500): 6 8'],
    late: 'b7',
  },
  {
    name: 'with a long grace all is one session and one result, unlike in Flink, which gives it four times, each time with more',
    window: gap,
    grace: 10_000,
    records: merging,
    results: ['b [1000, 17500): 1 2 3 4 5 6 7 8'],
    updates: [
      'b [1000, 4000): 1',
      'b [1000, 5000): 1 2',
      'b [1000, 7500): 1 2 3',
      'b [8500, 11500): 4',
      'b [1000, 11500): 1 2 3 4 5',
      'b [11600, 14600): 6',
      'b [1000, 14600): 1 2 3 4 5 6 7',
      'b [1000, 17500): 1 2 3 4 5 6 7 8',
    ],
  },
  {
    name: 'a session without further records closes when time has reached its end and grace',
    window: gap,
    grace: 10,
    held: true,
    records: 'b1@1000 |4010',
    results: ['b [1000, 4000): 1'],
  },
  {
    name: 'and not before',
    window: gap,
    grace: 10,
    held: true,
    records: 'b1@1000 |4009',
    results: [],
  },
];

const whole: readonly PeerCase[] = [
  {
    name: 'the window over everything gives its result at the end, whatever the order, unlike in Flink, where it gives none without a trigger',
    window: { kind: 'global' },
    records: 'a1@0 b1@3000 b2@3999 a2@20 a3@999 b3@1998 b4@1999 b5@1000',
    results: ['a [-Infinity, Infinity): 1 2 3', 'b [-Infinity, Infinity): 1 2 3 4 5'],
  },
  {
    name: 'no time closes it, so nothing is late for it',
    window: { kind: 'global' },
    records: 'a1@0 |1000s a2@1',
    results: ['a [-Infinity, Infinity): 1 2'],
  },
];

const cases = [...assigned, ...merged, ...whole];

describe('in a batch', () => testByOracle(cases));

describe('in a pipeline', () => {
  testByPipeline(cases);

  test('a window of your own that is empty fails it, unlike in Flink, where it may be a point', async () => {
    const point: PeerCase = {
      name: '',
      window: { kind: 'custom', assign: (at) => [{ start: at, end: at }] },
      records: 'a1@5',
      results: [],
    };
    await expect(byPipeline(point)).rejects.toMatchObject({ message: expect.stringContaining('start is not before its end') as string });
  });
});

describe('refused is', () => {
  const options: readonly (readonly [string, () => unknown])[] = [
    ['a negative size', () => tumbling('-1s')],
    ['a negative size of hopping windows', () => hopping(-2_000, { every: 1_000 })],
    ['a negative step', () => hopping(2_000, { every: -1_000 })],
    ['a step that is longer than the size, unlike in Flink, where records in between are in no window', () => hopping(10, { every: 20 })],
    ['a negative gap', () => session({ gap: -1_000 })],
    ['a gap of 0', () => session({ gap: 0 })],
  ];
  test.each(options)('%s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
