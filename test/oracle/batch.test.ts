import { describe, expect, test } from 'vitest';
import { batch } from './batch';
import type { Question } from './judge';
import { updates } from './updates';
import type { OracleRecord, OracleWindow } from './windows';

/** `a3` is a record of the key a at 3. */
const log = (...partitions: string[]): OracleRecord[][] =>
  partitions.map((text) => (text === '' ? [] : text.split(' ')).map((row) => ({ key: row.charAt(0), timestamp: Number(row.slice(1)) })));

/** `a [0, 10): 0@0 0@2` */
const written = (results: ReturnType<typeof batch>['results']) =>
  results.map(({ key, window: { start, end }, ids }) => `${key} [${start}, ${end}): ${ids.join(' ')}`);

const results = (records: readonly OracleRecord[][], question: Question) => written(batch(records, question).results);
const verdicts = (records: readonly OracleRecord[][], question: Question) =>
  batch(records, question).records.map(({ record: { key, timestamp }, verdict, closed, by }) =>
    [`${key}${timestamp} ${verdict}`, ...(closed ? [`[${closed.start}, ${closed.end}) by ${by}`] : [])].join(' '),
  );

const tumbling = (size: number): OracleWindow => ({ kind: 'tumbling', size, offset: 0 });
const hopping: OracleWindow = { kind: 'hopping', size: 10, every: 5, offset: 0 };
const session: OracleWindow = { kind: 'session', gap: 5 };
const sliding: OracleWindow = { kind: 'sliding', span: 10 };

describe('results', () => {
  test('come by end, then start, then the first record of the key', () => {
    expect(results(log('b1 a2 b3 a11', 'c4'), { window: tumbling(10) })).toEqual([
      'b [0, 10): 0@0 0@2',
      'a [0, 10): 0@1',
      'c [0, 10): 1@0',
      'a [10, 20): 0@3',
    ]);
  });

  test('hold records in order of partition and offset, not of time', () => {
    expect(results(log('a3 a2', 'a1'), { window: tumbling(10), outOfOrderness: 5 })).toEqual(['a [0, 10): 0@0 0@1 1@0']);
  });

  test('of records that are not told apart by key are one', () => {
    expect(results(log('a1 b2'), { window: tumbling(10), keyed: false })).toEqual(['null [0, 10): 0@0 0@1']);
  });

  test('of partitions that are not merged are several', () => {
    expect(results(log('a1', 'a2'), { window: tumbling(10), merged: false })).toEqual(['a [0, 10): 0@0', 'a [0, 10): 1@0']);
  });

  test('of no records are none', () => {
    expect(results(log('', ''), { window: sliding })).toEqual([]);
  });
});

describe('late', () => {
  test('is a record at the watermark that closes its window, and not a millisecond before', () => {
    expect(verdicts(log('a9 a19 a9'), { window: tumbling(10) }).at(-1)).toBe('a9 late [0, 10) by 9');
    expect(verdicts(log('a10 a9'), { window: tumbling(10) }).at(-1)).toBe('a9 late [0, 10) by 0');
    expect(verdicts(log('a9 a8'), { window: tumbling(10) }).at(-1)).toBe('a8 counts');
  });

  test('comes later by grace, and by outOfOrderness', () => {
    expect(verdicts(log('a14 a9 a15 a9'), { window: tumbling(10), grace: 5 })).toEqual([
      'a14 counts',
      'a9 counts',
      'a15 counts',
      'a9 late [0, 10) by 0',
    ]);
    expect(verdicts(log('a14 a9 a15 a9'), { window: tumbling(10), outOfOrderness: 5 }).at(-1)).toBe('a9 late [0, 10) by 0');
  });

  test('is decided by the watermark of the own partition', () => {
    expect(verdicts(log('a100', 'a1'), { window: tumbling(10) })).toEqual(['a100 counts', 'a1 counts']);
  });

  test('is decided by the greatest timestamp, which a late record does not lower', () => {
    expect(verdicts(log('a20 a1 a2'), { window: tumbling(10) }).slice(1)).toEqual(['a1 late [0, 10) by 10', 'a2 late [0, 10) by 10']);
  });

  test('in some windows is a record that another window is still open for', () => {
    expect(verdicts(log('a12 a7 a17 a7'), { window: hopping })).toEqual([
      'a12 counts',
      'a7 late in some windows [0, 10) by 2',
      'a17 counts',
      'a7 late [5, 15) by 2',
    ]);
    expect(results(log('a12 a7 a17 a7'), { window: hopping })).toEqual(['a [5, 15): 0@0 0@1', 'a [10, 20): 0@0 0@2', 'a [15, 25): 0@2']);
  });

  test('is no record that is in no window', () => {
    expect(verdicts(log('a100 a1'), { window: { kind: 'custom', assign: () => [] } })).toEqual(['a100 in no window', 'a1 in no window']);
  });

  test('is nothing before the end, if there is one window only', () => {
    expect(results(log('a100 a-100'), { window: { kind: 'global' } })).toEqual(['a [-Infinity, Infinity): 0@0 0@1']);
  });
});

describe('sessions', () => {
  test('join records less than the gap apart, and not those that are exactly that', () => {
    expect(results(log('a0 a4 a9 a13'), { window: session })).toEqual(['a [0, 9): 0@0 0@1', 'a [9, 18): 0@2 0@3']);
  });

  test('are joined by a record that comes between them, if it is not late', () => {
    const records = log('a0 a8 a4');
    expect(results(records, { window: session, grace: 4 })).toEqual(['a [0, 13): 0@0 0@1 0@2']);
    expect(results(records, { window: session, grace: 3 })).toEqual(['a [0, 5): 0@0', 'a [8, 13): 0@1']);
    expect(verdicts(records, { window: session, grace: 3 }).at(-1)).toBe('a4 late [4, 9) by 1');
  });

  test('go over partitions', () => {
    expect(results(log('a0 a8', 'a4'), { window: session })).toEqual(['a [0, 13): 0@0 0@1 1@0']);
  });

  test('end where the furthest gap of a record does', () => {
    const window = { kind: 'session', gap: (record: OracleRecord) => (record.timestamp === 0 ? 20 : 3) } as const;
    expect(results(log('a0 a5 a8 a20'), { window })).toEqual(['a [0, 20): 0@0 0@1 0@2', 'a [20, 23): 0@3']);
  });

  test('are not what windows of your own become, unless they ask for it', () => {
    const assign = (at: number) => [{ start: at, end: at + 5 }];
    expect(results(log('a0 a4'), { window: { kind: 'custom', assign, merge: true } })).toEqual(['a [0, 9): 0@0 0@1']);
    expect(results(log('a0 a4'), { window: { kind: 'custom', assign } })).toEqual(['a [0, 5): 0@0', 'a [4, 9): 0@1']);
  });

  test('that ask to be merged are late by their start, since what they overlap may have ended', () => {
    const assign = (at: number) => [{ start: at - 2, end: at + 5 }];
    const records = log('a0 a20 a20 a19');
    expect(verdicts(records, { window: { kind: 'custom', assign, merge: true } })).toEqual([
      'a0 counts',
      'a20 counts',
      'a20 late [18, 25) by 2',
      'a19 late [17, 24) by 3',
    ]);
    expect(verdicts(records, { window: { kind: 'custom', assign, merge: true }, grace: 2 }).slice(2)).toEqual([
      'a20 counts',
      'a19 late [17, 24) by 1',
    ]);
  });
});

describe('sliding windows', () => {
  test('end with each record and start just after one', () => {
    expect(results(log('a0 a5 a10 a11'), { window: sliding })).toEqual([
      'a [-10, 1): 0@0',
      'a [-5, 6): 0@0 0@1',
      'a [0, 11): 0@0 0@1 0@2',
      'a [1, 12): 0@1 0@2 0@3',
      'a [6, 17): 0@2 0@3',
      'a [11, 22): 0@3',
    ]);
  });

  test('are shared by records of one millisecond', () => {
    expect(results(log('a3 a3'), { window: sliding })).toEqual(['a [-7, 4): 0@0 0@1']);
  });

  test('take in a late record where they are open and cover it, whether or not they would end or start there without it', () => {
    expect(results(log('a9 a5'), { window: sliding, grace: 2 })).toEqual(['a [-3, 8): 0@1', 'a [-1, 10): 0@0 0@1', 'a [6, 17): 0@0']);
    expect(results(log('a9 a5'), { window: sliding })).toEqual(['a [-1, 10): 0@0 0@1', 'a [6, 17): 0@0']);
    expect(verdicts(log('a9 a5'), { window: sliding, grace: 2 }).at(-1)).toBe('a5 late in some windows [-4, 7) by 0');
  });

  test('are all closed to a record that the span no longer reaches', () => {
    expect(verdicts(log('a20 a10 a9'), { window: sliding })).toEqual([
      'a20 counts',
      'a10 late in some windows [9, 20) by 0',
      'a9 late [9, 20) by 0',
    ]);
  });
});

describe('updates', () => {
  const changesOf = (records: string, question: Question) => updates(log(records)[0] ?? [], question).changes.map(written);

  test('are what a window holds after each of its records, and what it holds when it closes', () => {
    const { changes, finals } = updates(log('a1 a2 a11 a3')[0] ?? [], { window: tumbling(10) });
    expect(changes.map(written)).toEqual([['a [0, 10): 0@0'], ['a [0, 10): 0@0 0@1'], ['a [10, 20): 0@2'], []]);
    expect(written(finals)).toEqual(['a [0, 10): 0@0 0@1', 'a [10, 20): 0@2']);
    expect([...changes.flat(), ...finals].map(({ final }) => final)).toEqual([false, false, false, true, true]);
  });

  test('tell of each hopping window that the record counts in', () => {
    expect(changesOf('a7 a12', { window: hopping })).toEqual([
      ['a [0, 10): 0@0', 'a [5, 15): 0@0'],
      ['a [5, 15): 0@0 0@1', 'a [10, 20): 0@1'],
    ]);
  });

  test('of sessions that are joined tell of the one they have become', () => {
    expect(changesOf('a0 a8 a4', { window: session, grace: 10 })).toEqual([
      ['a [0, 5): 0@0'],
      ['a [8, 13): 0@1'],
      ['a [0, 13): 0@0 0@1 0@2'],
    ]);
  });

  test('of sliding windows tell of those that begin, too', () => {
    expect(changesOf('a0 a5', { window: sliding })).toEqual([['a [-10, 1): 0@0'], ['a [-5, 6): 0@0 0@1', 'a [1, 12): 0@1']]);
  });
});
