import { describe, expect, test } from 'vitest';
import { commitOffsets, countByKey, fromTopic, hopping, keyBy, session, sliding, tumbling } from '../../src/index';
import { runPipeline } from '../../src/testing/index';
import { type PeerCase, testByOracle, testByPipeline } from './peer';

/** What the tests of Kafka Streams' windows show, as of 4.0, and where ours differ. */
const every5 = { kind: 'hopping', size: 10, every: 5, offset: 0 } as const;

const aligned: readonly PeerCase[] = [
  {
    name: 'a record is in each hopping window that covers it',
    window: { kind: 'hopping', size: 12, every: 5, offset: 0 },
    records: 'a1@21',
    results: ['a [10, 22): 1', 'a [15, 27): 1', 'a [20, 32): 1'],
  },
  {
    name: 'a record may be in one of two hopping windows that hardly overlap',
    window: { kind: 'hopping', size: 6, every: 5, offset: 0 },
    records: 'a1@7',
    results: ['a [5, 11): 1'],
  },
  {
    name: 'tumbling windows are multiples of their size, whatever came first',
    window: { kind: 'tumbling', size: 12, offset: 0 },
    records: 'a1@21',
    results: ['a [12, 24): 1'],
  },
  {
    name: 'records of four keys are in two hopping windows each, those that come late within grace too',
    window: every5,
    grace: 100,
    records:
      'a1@100 b1@101 c1@102 d1@103 a2@104 a3@105 b2@106 d2@107 b3@108 c2@109 a4@110 b4@111 d3@112 b5@113 c3@114 b6@103 b7@102 b8@109',
    results: [
      'a [95, 105): 1 2',
      'b [95, 105): 1 6 7',
      'c [95, 105): 1',
      'd [95, 105): 1',
      'a [100, 110): 1 2 3',
      'b [100, 110): 1 2 3 6 7 8',
      'c [100, 110): 1 2',
      'd [100, 110): 1 2',
      'a [105, 115): 3 4',
      'b [105, 115): 2 3 4 5 8',
      'd [105, 115): 2 3',
      'c [105, 115): 2 3',
      'a [110, 120): 4',
      'b [110, 120): 4 5',
      'd [110, 120): 3',
      'c [110, 120): 3',
    ],
  },
  {
    name: 'a window that begins before 1970 is as long as the others, unlike in Kafka Streams, where there is none before 0',
    window: every5,
    grace: 20,
    records: 'a1@0 a2@4 a3@-7',
    results: ['a [-15, -5): 3', 'a [-10, 0): 3', 'a [-5, 5): 1 2', 'a [0, 10): 1 2'],
  },
  {
    name: 'a record that one window is still open for is not late, unlike in Kafka Streams, which counts it as dropped for each window that it missed',
    window: every5,
    grace: 90,
    records: 'k1@100 k2@0 k3@1 k4@2 k5@3 k6@4 k7@5 k8@6 k9@105 k10@106',
    results: ['k [5, 15): 7 8', 'k [95, 105): 1', 'k [100, 110): 1 9 10', 'k [105, 115): 9 10'],
    late: 'k2 k3 k4 k5 k6',
  },
  {
    name: 'a record is late when time has reached the end of its window and grace',
    window: { kind: 'hopping', size: 10, every: 10, offset: 0 },
    grace: 90,
    records: 'k1@200 k2@100 k3@101 k4@102 k5@103 k6@104 k7@105 k8@6',
    results: ['k [200, 210): 1'],
    late: 'k2 k3 k4 k5 k6 k7 k8',
  },
  {
    name: 'a window is open until time has reached its end and grace',
    window: every5,
    grace: 5,
    held: true,
    records: 'a1@100 b1@105 c1@115 d1@115 e1@119',
    results: ['a [95, 105): 1', 'a [100, 110): 1', 'b [100, 110): 1'],
  },
  {
    name: 'each window closes at its own time',
    window: every5,
    grace: 5,
    held: true,
    records: 'a1@100 a2@105 b1@110 c1@115 d1@120',
    results: ['a [95, 105): 1', 'a [100, 110): 1 2', 'a [105, 115): 2', 'b [105, 115): 1'],
  },
  {
    name: 'several windows may close at once',
    window: every5,
    grace: 5,
    held: true,
    records: 'a1@100 b1@105 c1@115 d1@125',
    results: ['a [95, 105): 1', 'a [100, 110): 1', 'b [100, 110): 1', 'b [105, 115): 1', 'c [110, 120): 1'],
  },
  {
    name: 'final results have what came within grace, and not what came after it',
    window: { kind: 'tumbling', size: 2, offset: 0 },
    grace: 1,
    held: true,
    records: 'k1@0 k2@1 k3@2 k4@1 k5@0 k6@5 k7@0',
    results: ['k [0, 2): 1 2 4 5', 'k [2, 4): 3'],
    late: 'k7',
    updates: ['k [0, 2): 1', 'k [0, 2): 1 2', 'k [2, 4): 3', 'k [0, 2): 1 2 4', 'k [0, 2): 1 2 4 5', 'k [4, 6): 6'],
  },
  {
    name: 'a jump of time closes all windows that it passes',
    window: { kind: 'tumbling', size: 2, offset: 0 },
    grace: 2,
    held: true,
    records: 'k1@0 k2@1 k3@2 k4@0 k5@3 k6@0 k7@4 k8@0 k9@30',
    results: ['k [0, 2): 1 2 4 6', 'k [2, 4): 3 5', 'k [4, 6): 7'],
    late: 'k8',
    updates: [
      'k [0, 2): 1',
      'k [0, 2): 1 2',
      'k [2, 4): 3',
      'k [0, 2): 1 2 4',
      'k [2, 4): 3 5',
      'k [0, 2): 1 2 4 6',
      'k [4, 6): 7',
      'k [30, 32): 9',
    ],
  },
  {
    name: 'a partition that is read ahead makes no record of another late, unlike in Kafka Streams, whose time is that of all partitions of a task',
    window: { kind: 'tumbling', size: 10, offset: 0 },
    records: ['a1@1 b1@50 a2@90', 'a3@2 b2@51 a4@91'],
    results: ['a [0, 10): 1 3', 'b [50, 60): 1 2', 'a [90, 100): 2 4'],
  },
];

const sessions: readonly PeerCase[] = [
  {
    name: 'records less than the gap apart are one session',
    window: { kind: 'session', gap: 300 },
    records: 'j1@0 j2@150',
    results: ['j [0, 450): 1 2'],
  },
  {
    name: 'records of one time are one session',
    window: { kind: 'session', gap: 300 },
    records: 'm1@0 m2@0',
    results: ['m [0, 300): 1 2'],
  },
  {
    name: 'records more than the gap apart are several sessions',
    window: { kind: 'session', gap: 300 },
    held: true,
    records: 'm1@0 m2@301 m3@301 m4@602 m5@602 m6@602',
    results: ['m [0, 300): 1', 'm [301, 601): 2 3'],
  },
  {
    name: 'a record between two sessions joins them, if grace is as long as it is late',
    window: { kind: 'session', gap: 300 },
    grace: 151,
    records: 'm1@0 m2@301 m3@150',
    results: ['m [0, 601): 1 2 3'],
    updates: ['m [0, 300): 1', 'm [301, 601): 2', 'm [0, 601): 1 2 3'],
  },
  {
    name: 'it is late without grace, unlike in Kafka Streams, where a session that is still open takes it in',
    window: { kind: 'session', gap: 300 },
    records: 'm1@0 m2@301 m3@150',
    results: ['m [0, 300): 1', 'm [301, 601): 2'],
    late: 'm3',
  },
  {
    name: 'sessions of several keys know nothing of each other',
    window: { kind: 'session', gap: 300 },
    held: true,
    records: 'a1@0 b1@0 c1@0 d1@0 d2@150 a2@301 b2@301 a3@451 c2@451',
    results: ['a [0, 300): 1', 'b [0, 300): 1', 'c [0, 300): 1', 'd [0, 450): 1 2'],
  },
  {
    name: 'and those that are still open are given at the end',
    window: { kind: 'session', gap: 300 },
    records: 'a1@0 b1@0 c1@0 d1@0 d2@150 a2@301 b2@301 a3@451 c2@451',
    results: [
      'a [0, 300): 1',
      'b [0, 300): 1',
      'c [0, 300): 1',
      'd [0, 450): 1 2',
      'b [301, 601): 2',
      'a [301, 751): 2 3',
      'c [451, 751): 2',
    ],
  },
  {
    name: 'a record that is behind by more than a gap is late',
    window: { kind: 'session', gap: 10 },
    records: 'd1@0 o1@0 d2@11 l1@0',
    results: ['d [0, 10): 1', 'o [0, 10): 1', 'd [11, 21): 2'],
    late: 'l1',
  },
  {
    name: 'grace is how far a record may be behind, unlike in Kafka Streams, which counts it from the end of the session and the gap',
    window: { kind: 'session', gap: 10 },
    grace: 1,
    records: 'd1@0 o1@0 d2@11 o2@0 d3@12 l1@0',
    results: ['d [0, 10): 1', 'o [0, 10): 1', 'd [11, 22): 2 3'],
    late: 'o2 l1',
  },
  {
    name: 'grace of the gap and of what it is in Kafka Streams takes in the same lone records',
    window: { kind: 'session', gap: 10 },
    grace: 11,
    records: 'd1@0 o1@0 d2@11 o2@0 d3@12 l1@0',
    results: ['d [0, 10): 1', 'o [0, 10): 1 2', 'd [11, 22): 2 3'],
    late: 'l1',
  },
  {
    name: 'a record that is exactly the gap after another begins a session, unlike in Kafka Streams, which joins them',
    window: { kind: 'session', gap: 5 },
    held: true,
    records: 'k1@0 k2@5 k3@1 j1@11 k4@5 k5@30',
    results: ['k [0, 5): 1', 'k [5, 10): 2', 'j [11, 16): 1'],
    late: 'k3 k4',
  },
  {
    name: 'a record in between that is within grace joins them, and each session is given once, unlike in Kafka Streams, which takes back what it gave',
    window: { kind: 'session', gap: 5 },
    grace: 4,
    held: true,
    records: 'k1@0 k2@5 k3@1 j1@11 k4@5 k5@30',
    results: ['k [0, 10): 1 2 3', 'j [11, 16): 1'],
    late: 'k4',
    updates: ['k [0, 5): 1', 'k [5, 10): 2', 'k [0, 10): 1 2 3', 'j [11, 16): 1', 'k [30, 35): 5'],
  },
];

const span = (millis: number) => ({ kind: 'sliding', span: millis }) as const;

const slidings: readonly PeerCase[] = [
  {
    name: 'windows end at each record and begin just after one',
    window: span(10),
    grace: 5,
    records: 'a1@10 a2@10 a3@14 a4@15 a5@20 a6@22 a7@30',
    results: [
      'a [0, 11): 1 2',
      'a [4, 15): 1 2 3',
      'a [5, 16): 1 2 3 4',
      'a [10, 21): 1 2 3 4 5',
      'a [11, 22): 3 4 5',
      'a [12, 23): 3 4 5 6',
      'a [15, 26): 4 5 6',
      'a [16, 27): 5 6',
      'a [20, 31): 5 6 7',
      'a [21, 32): 6 7',
      'a [23, 34): 7',
    ],
  },
  {
    name: 'a window closes when time has passed its last millisecond and grace',
    window: span(10),
    grace: 5,
    held: true,
    records: 'a1@10 a2@10 a3@14 a4@15 a5@20 a6@22 a7@30',
    results: [
      'a [0, 11): 1 2',
      'a [4, 15): 1 2 3',
      'a [5, 16): 1 2 3 4',
      'a [10, 21): 1 2 3 4 5',
      'a [11, 22): 3 4 5',
      'a [12, 23): 3 4 5 6',
    ],
  },
  {
    name: 'there is no window that begins after a record if nothing is in it',
    window: span(10),
    grace: 5,
    records: 'a1@10 a2@14 a3@15 a4@22 a5@26 a6@30',
    results: [
      'a [0, 11): 1',
      'a [4, 15): 1 2',
      'a [5, 16): 1 2 3',
      'a [11, 22): 2 3',
      'a [12, 23): 2 3 4',
      'a [15, 26): 3 4',
      'a [16, 27): 4 5',
      'a [20, 31): 4 5 6',
      'a [23, 34): 5 6',
      'a [27, 38): 6',
    ],
  },
  {
    name: 'records within grace may come in any order',
    window: span(10),
    grace: 50,
    records: 'a1@10 a2@20 a3@22 a4@15 b1@12 b2@13 b3@18 b4@19 b5@25 b6@14 c1@11 c2@15 c3@16 c4@21 c5@23 d4@11 d2@12 d3@29 d5@16',
    results: [
      'a [0, 11): 1',
      'c [1, 12): 1',
      'd [1, 12): 4',
      'b [2, 13): 1',
      'd [2, 13): 4 2',
      'b [3, 14): 1 2',
      'b [4, 15): 1 2 6',
      'a [5, 16): 1 4',
      'c [5, 16): 1 2',
      'c [6, 17): 1 2 3',
      'd [6, 17): 4 2 5',
      'b [8, 19): 1 2 3 6',
      'b [9, 20): 1 2 3 4 6',
      'a [10, 21): 1 2 4',
      'a [11, 22): 2 4',
      'c [11, 22): 1 2 3 4',
      'a [12, 23): 2 3 4',
      'c [12, 23): 2 3 4',
      'd [12, 23): 2 5',
      'b [13, 24): 2 3 4 6',
      'c [13, 24): 2 3 4 5',
      'd [13, 24): 5',
      'b [14, 25): 3 4 6',
      'b [15, 26): 3 4 5',
      'a [16, 27): 2 3',
      'c [16, 27): 3 4 5',
      'c [17, 28): 4 5',
      'b [19, 30): 4 5',
      'd [19, 30): 3',
      'b [20, 31): 5',
      'a [21, 32): 3',
      'c [22, 33): 5',
    ],
  },
  {
    name: 'without grace a record that is behind counts in windows that end at the newest one or later',
    window: span(50),
    records: 'a1@100 a2@105 a3@106 a4@103 a5@113 a6@110',
    results: [
      'a [50, 101): 1',
      'a [55, 106): 1 2',
      'a [56, 107): 1 2 3 4',
      'a [63, 114): 1 2 3 4 5 6',
      'a [101, 152): 2 3 4 5 6',
      'a [104, 155): 2 3 5 6',
      'a [106, 157): 3 5 6',
      'a [107, 158): 5 6',
      'a [111, 162): 5',
    ],
  },
  {
    name: 'a late record counts in each open window that covers it, unlike in Kafka Streams, where there has to be one already',
    window: span(5),
    grace: 15,
    held: true,
    records: 'k1@10 k2@11 k3@10 k4@13 k5@10 k6@24 k7@5 k8@7 k9@90',
    results: [
      'k [4, 10): 7 8',
      'k [5, 11): 1 3 5 7 8',
      'k [6, 12): 1 2 3 5 8',
      'k [8, 14): 1 2 3 4 5',
      'k [11, 17): 2 4',
      'k [12, 18): 4',
      'k [19, 25): 6',
    ],
  },
  {
    name: 'so what counts does not depend on which records of its key came before, unlike in Kafka Streams, which would have d1 in the window of d2 only in the other order',
    window: span(10),
    grace: 10,
    held: true,
    records: '|25 d1@11 d2@15 e2@15 e1@11 |36',
    results: ['d [5, 16): 1 2', 'e [5, 16): 2 1', 'd [12, 23): 2', 'e [12, 23): 2'],
  },
  {
    name: 'windows begin before 0 where records do, unlike in Kafka Streams, where the first are one that begins at 0',
    window: span(50),
    records: 'a1@0 a2@5 a3@6 a4@3 a5@13 a6@10 a7@70',
    results: [
      'a [-50, 1): 1',
      'a [-45, 6): 1 2',
      'a [-44, 7): 1 2 3 4',
      'a [-37, 14): 1 2 3 4 5 6',
      'a [1, 52): 2 3 4 5 6',
      'a [4, 55): 2 3 5 6',
      'a [6, 57): 3 5 6',
      'a [7, 58): 5 6',
      'a [11, 62): 5',
      'a [20, 71): 7',
    ],
  },
  {
    name: 'records that come again and again at the same times share their windows',
    window: span(5),
    records: 'a1@10 a2@12 a3@14 a4@10 a5@12 a6@12 a7@10 a8@17',
    results: [
      'a [5, 11): 1',
      'a [7, 13): 1 2',
      'a [9, 15): 1 2 3 4 5 6 7',
      'a [11, 17): 2 3 5 6',
      'a [12, 18): 2 3 5 6 8',
      'a [13, 19): 3 8',
      'a [15, 21): 8',
    ],
  },
  {
    name: 'a record is late when no open window reaches back to it, and not before, unlike in Kafka Streams, where no record of 100 to 105 counts here',
    window: span(10),
    grace: 90,
    records: 'k1@200 k2@100 k3@101 k4@102 k5@103 k6@104 k7@105 k8@15 k9@300 k10@400',
    results: [
      'k [100, 111): 2 3 4 5 6 7',
      'k [101, 112): 3 4 5 6 7',
      'k [102, 113): 4 5 6 7',
      'k [103, 114): 5 6 7',
      'k [104, 115): 6 7',
      'k [105, 116): 7',
      'k [190, 201): 1',
      'k [290, 301): 9',
      'k [390, 401): 10',
    ],
    late: 'k8',
  },
];

const cases = [...aligned, ...sessions, ...slidings];

describe('in a batch', () => testByOracle(cases));

describe('in a pipeline', () => {
  testByPipeline(cases);

  test('a record without a key fails it, unlike in Kafka Streams, which leaves it out', async () => {
    const counted = runPipeline(
      ({ kafka, topic, source }) =>
        fromTopic(kafka, topic, source).pipe(
          keyBy(() => null as unknown as string), // which the compiler would not let through
          countByKey({ window: tumbling(10) }),
          commitOffsets(),
        ),
      { records: [{ value: '1' }] },
    );
    await expect(counted).rejects.toMatchObject({ code: 'NULL_KEY' });
  });
});

describe('refused is', () => {
  const options: readonly (readonly [string, () => unknown])[] = [
    ['a size of 0', () => tumbling(0)],
    ['a negative size', () => tumbling(-1)],
    ['an advance of 0', () => hopping(123, { every: 0 })],
    ['a negative advance', () => hopping(123, { every: -1 })],
    ['an advance that is longer than the size', () => hopping(123, { every: 124 })],
    ['a negative grace', () => countByKey({ window: tumbling(3), grace: -1 })],
    ['a gap of 0', () => session({ gap: 0 })],
    ['a negative gap', () => session({ gap: -1 })],
    ['a negative span', () => sliding(-1)],
    ['a span of 0, unlike in Kafka Streams', () => sliding(0)],
  ];
  test.each(options)('%s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  test('not a grace of 0', () => {
    expect(() => countByKey({ window: tumbling(3), grace: 0 })).not.toThrow();
  });
});
