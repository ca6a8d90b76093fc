import { asyncScheduler } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { encodeMetadata } from '../../src/run/metadata';
import { type AssignedPartition, fingerprintOf, restoreTasks, type RestoreOptions } from '../../src/run/restore';
import { summing } from './pieces';

const carried = { owner: 'other', fingerprint: 'f', founders: 2, watermark: 70, steps: [], ackedThrough: 11, out: 60 };

function found(
  partition: number,
  committed: number | null,
  state: Partial<AssignedPartition> & { readonly metadata?: string | null } = {},
): AssignedPartition {
  const { metadata = committed === null ? null : encodeMetadata(committed, { ...carried, ackedThrough: committed + 1 }), ...rest } = state;
  return {
    topic: 't',
    partition,
    committed: committed === null ? null : { offset: committed, metadata },
    start: 3,
    low: 0,
    end: 100,
    ...rest,
  };
}

function restore(assigned: readonly AssignedPartition[], options: Partial<RestoreOptions> = {}) {
  return restoreTasks(assigned, {
    groupId: 'g',
    stages: [summing(10)],
    merged: true,
    fingerprint: 'f',
    onChange: 'error',
    outOfOrderness: 0,
    maxResults: 10,
    onReleased: () => undefined,
    clock: asyncScheduler,
    events: { commitWanted: () => undefined, moved: () => undefined, missed: () => undefined, closing: () => undefined },
    ...options,
  });
}

const epochsOf = (...given: Parameters<typeof restore>) => restore(...given).tasks.flatMap(({ partitions }) => partitions);

test('records are released by themselves where there is no group and no window to hold them', () => {
  const stages = [summing(10)];
  const released = (options: Partial<RestoreOptions>) => epochsOf([found(0, null)], options).map(({ autoRelease }) => autoRelease);
  expect(released({ groupId: undefined, stages: [] })).toEqual([true]);
  expect(released({ groupId: undefined, stages })).toEqual([false]);
  expect(released({ groupId: 'g', stages: [] })).toEqual([false]);
});

describe('a partition begins', () => {
  test('where its group has committed, with the watermark and the steps from then', () => {
    const metadata = encodeMetadata(10, { ...carried, steps: [{ offset: 12, watermark: 90 }] });
    const [epoch] = epochsOf([found(0, 10, { metadata })]);
    expect(epoch).toMatchObject({ position: 10, watermark: 70, ackedBefore: 11, steps: [{ offset: 12, watermark: 90 }], gate: null });
  });

  test('where it was told without a commit, and before all time', () => {
    const [epoch] = epochsOf([found(0, null)], { stages: [] });
    expect(epoch).toMatchObject({ position: 3, watermark: -Infinity, ackedBefore: 3, steps: [], gate: null });
  });

  test('where a commit without metadata says, as other programs make it', () => {
    const [epoch] = epochsOf([found(0, 10, { metadata: '' })]);
    expect(epoch).toMatchObject({ position: 10, watermark: -Infinity, gate: null });
  });
});

describe('tasks', () => {
  const partitions = [found(1, null), found(0, null), found(0, null, { topic: 's' })];

  test('are one for each partition while windows do not merge', () => {
    const { tasks } = restore(partitions, { merged: false });
    expect(tasks.map((task) => task.partitions.map(({ topic, partition, slot }) => [topic, partition, slot]))).toEqual([
      [['s', 0, 0]],
      [['t', 0, 0]],
      [['t', 1, 0]],
    ]);
  });

  test('are one for all partitions, in their order, when windows merge', () => {
    const { tasks } = restore(partitions);
    expect(tasks.map((task) => task.partitions.map(({ topic, partition, slot }) => [topic, partition, slot]))).toEqual([
      [
        ['s', 0, 0],
        ['t', 0, 1],
        ['t', 1, 2],
      ],
    ]);
  });

  test('are none where nothing is assigned', () => {
    expect(restore([]).tasks).toEqual([]);
  });

  test('take the largest `out` that any of their partitions committed', () => {
    const metadata = encodeMetadata(10, { ...carried, out: 90 });
    expect(restore([found(0, 10), found(1, 10, { metadata })]).tasks[0]?.out).toBe(90);
    expect(restore([found(0, 10), found(1, 10, { metadata })], { merged: false }).tasks.map(({ out }) => out)).toEqual([60, 90]);
  });
});

describe('partitions without a commit', () => {
  const waits = (assigned: readonly AssignedPartition[], options?: Partial<RestoreOptions>) =>
    epochsOf(assigned, options).map(({ gate, joinsAfter }) => (joinsAfter ? 'joins' : gate ? 'begins' : 'goes on'));

  test('begin from nothing on the first day', () => {
    expect(waits([found(0, null), found(1, null)])).toEqual(['begins', 'begins']);
    expect(restore([found(0, null), found(1, null)]).founders).toEqual(new Map([['t', 2]]));
  });

  test('begin from nothing if they were there on the first day, and join if they were added later', () => {
    const assigned = [found(0, 10), found(1, null), found(2, null)];
    expect(waits(assigned)).toEqual(['goes on', 'begins', 'joins']);
    expect(restore(assigned).founders).toEqual(new Map([['t', 2]]));
  });

  test('wait for the ends that the others had when they were assigned', () => {
    const [, joining] = epochsOf([found(0, 10, { end: 40 }), found(2, null, { end: 7 })]);
    expect([...(joining?.joinsAfter ?? [])].map(([epoch, end]) => [epoch.partition, end])).toEqual([
      [0, 40],
      [2, 7],
    ]);
  });

  test('of a topic that was added to a group with a past join, all of them', () => {
    const assigned = [found(0, 10), found(0, null, { topic: 'new' }), found(1, null, { topic: 'new' })];
    expect(waits(assigned)).toEqual(['joins', 'joins', 'goes on']); // in the order of topics
    expect(restore(assigned).founders).toEqual(
      new Map([
        ['new', 0],
        ['t', 2],
      ]),
    );
  });

  test('begin from nothing where windows do not merge: no other partition closes their windows', () => {
    expect(waits([found(0, 10), found(2, null)], { merged: false })).toEqual(['goes on', 'begins']);
  });

  test('wait for nothing without a group, or without windows', () => {
    expect(waits([found(0, null)], { groupId: undefined })).toEqual(['goes on']);
    expect(waits([found(0, null)], { stages: [], merged: false })).toEqual(['goes on']);
  });
});

describe('what cannot be gone on from', () => {
  test.each([
    ['were deleted by retention', { low: 11 }],
    ['are those of a topic that was made anew', { end: 9 }],
  ])('is a commit whose records %s', (_, bounds) => {
    expect(() => restore([found(0, 10, bounds)])).toThrow(
      expect.objectContaining({ code: 'DATA_LOST', topic: 't', partition: 0, offset: 10, groupId: 'g' }),
    );
    expect(() => restore([found(0, 10, bounds)], { onChange: 'rebuild' })).toThrow(
      'group "g" has committed t[0]@10, but the partition holds',
    );
  });

  test('is not a commit at the very first or the very last offset', () => {
    expect(() => restore([found(0, 10, { low: 10 }), found(1, 10, { end: 10 })])).not.toThrow();
  });

  test('is metadata of another program', () => {
    expect(() => restore([found(0, 10, { metadata: 'consumed by host-7' })])).toThrow(
      expect.objectContaining({
        code: 'METADATA_UNREADABLE',
        partition: 0,
        offset: 10,
        message: expect.stringContaining('t[0]@10') as string,
      }),
    );
  });

  test('is a commit of other windows', () => {
    expect(() => restore([found(0, 10)], { fingerprint: 'other' })).toThrow(
      expect.objectContaining({ code: 'WINDOWS_CHANGED', message: expect.stringContaining('they were "f" and are "other"') as string }),
    );
  });

  test.each([
    ['metadata of another program', { metadata: 'consumed by host-7' }, 'f'],
    ['other windows', {}, 'other'],
  ])("is begun again from the committed offset with onChange: 'rebuild': %s", (_, state, fingerprint) => {
    const [epoch] = epochsOf([found(0, 10, state)], { fingerprint, onChange: 'rebuild' });
    expect(epoch).toMatchObject({ position: 10, watermark: -Infinity, ackedBefore: 10 });
  });

  test("keeps what fits with onChange: 'rebuild'", () => {
    expect(epochsOf([found(0, 10)], { onChange: 'rebuild' })[0]).toMatchObject({ position: 10, watermark: 70 });
  });
});

describe('the fingerprint', () => {
  test('tells pipelines apart by their windows, whether they merge, and the out-of-orderness', () => {
    const all = [
      fingerprintOf([], false, 0),
      fingerprintOf([summing(10)], false, 0),
      fingerprintOf([summing(10)], true, 0),
      fingerprintOf([summing(10)], true, 5),
      fingerprintOf([summing(10)], true, 5, true),
      fingerprintOf([summing(10), summing(20)], true, 0),
      fingerprintOf([summing(20), summing(10)], true, 0),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('is the same for all pipelines without windows, where there is nothing to rebuild', () => {
    expect(fingerprintOf([], true, 5, true)).toBe(fingerprintOf([], false, 0));
  });
});
