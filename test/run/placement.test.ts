import { describe, expect, test } from 'vitest';
import type { GroupReader } from '../../src/kafka/groupReader';
import { type Beginning, type Ending, endsOf, foundOf, standingOf, startOf } from '../../src/run/placement';

/** A broker with the topic `t`, whose partitions hold the offsets 10 to 30 and 5 to 8. */
const bounds = [
  { partition: 0, low: 10, end: 30 },
  { partition: 1, low: 5, end: 8 },
];
const reader = {
  committed: () => Promise.resolve([{ topic: 't', partition: 1, offset: 6, metadata: 'm' }]),
  bounds: () => Promise.resolve(bounds),
  offsetsAt: (_: string, timestamp: number) =>
    Promise.resolve([
      { partition: 0, offset: timestamp < 1_000 ? 20 : 30 },
      { partition: 1, offset: timestamp < 1_000 ? 6 : 8 },
    ]),
} as unknown as GroupReader;

describe('a partition without a commit starts', () => {
  const starts = async (from: Beginning) => {
    const of = await startOf(from, ['t'], reader, new Map([['t', bounds]]));
    return [of('t', 0), of('t', 1)];
  };

  test.each([
    ['at its first record', 'earliest', [10, 5]],
    ['at its first record if nothing else is known', 'committed', [10, 5]],
    ['after its last one', 'latest', [30, 8]],
    ['at the first record of a time', { timestamp: 500 }, [20, 6]],
    ['after its last one if no record is that new', { timestamp: 5_000 }, [30, 8]],
    ['where it is told, the others at their first record', { offsets: [{ topic: 't', partition: 1, offset: 7 }] }, [10, 7]],
  ] as const)('%s', async (_, from, expected) => {
    expect(await starts(from)).toEqual(expected);
  });

  test('at 0 if the broker does not know it yet', async () => {
    expect((await startOf('latest', ['t'], reader, new Map()))('t', 0)).toBe(0);
  });
});

describe('a bounded read ends', () => {
  const ends = async (until: Ending | undefined) => Object.fromEntries(await endsOf(until, ['t'], reader));

  test.each([
    ['never if it is not bounded', undefined, {}],
    ['where the partitions end now', 'latest', { 't 0': 30, 't 1': 8 }],
    ['before the first record of a time', { timestamp: 500 }, { 't 0': 20, 't 1': 6 }],
    ['where it is told, in the others where they end now', { offsets: [{ topic: 't', partition: 1, offset: 7 }] }, { 't 0': 30, 't 1': 7 }],
  ] as const)('%s', async (_, until, expected) => {
    expect(await ends(until)).toEqual(expected);
  });
});

test('a partition stands at its commit, or else where it would start', async () => {
  const standing = async (from: Beginning) => Object.fromEntries(await standingOf(from, ['t'], reader));
  expect(await standing('earliest')).toEqual({ 't 0': 10, 't 1': 6 });
  expect(await standing('latest')).toEqual({ 't 0': 30, 't 1': 6 });
});

describe('of what was assigned', () => {
  const assigned = [1, 0].map((partition) => ({ topic: 't', partition }));

  test('the commits are found, and where to begin without one', async () => {
    expect(await foundOf(assigned, { from: 'latest', groupId: 'g' }, ['t'], reader)).toEqual([
      { topic: 't', partition: 1, committed: { topic: 't', partition: 1, offset: 6, metadata: 'm' }, start: 8, low: 5, end: 8 },
      { topic: 't', partition: 0, committed: null, start: 30, low: 10, end: 30 },
    ]);
  });

  test('no commits are looked for without a group', async () => {
    const found = await foundOf(assigned, { from: 'earliest', groupId: undefined }, ['t'], reader);
    expect(found.map(({ committed, start }) => [committed, start])).toEqual([
      [null, 5],
      [null, 10],
    ]);
  });

  test('a partition without a commit is an error where only commits are wanted', async () => {
    await expect(foundOf(assigned, { from: 'committed', groupId: 'g' }, ['t'], reader)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      partition: 0,
      groupId: 'g',
    });
    await expect(foundOf(assigned.slice(0, 1), { from: 'committed', groupId: 'g' }, ['t'], reader)).resolves.toHaveLength(1);
  });
});
