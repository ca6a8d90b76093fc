import { expect, test } from 'vitest';
import { hopping } from '../../src/time/hopping';
import { fold, partition, summing, type Summing, taskOf } from './pieces';

/** Windows of 20 ms, one each 10 ms. */
function overlapping(options: Parameters<typeof summing>[1] = {}): Summing {
  return summing(20, { ...options, shape: hopping(20, { every: 10 }) });
}

const ends = (stage: Summing): [end: number, value: unknown][] => stage.given.map(({ value, window }) => [window.end, value]);

test('a record counts in each window that covers it, and each of them holds it', () => {
  const epoch = partition({ offset: 4 });
  const stage = overlapping();
  const task = taskOf([epoch], [stage]);
  fold(task, epoch, 3);
  fold(task, epoch, 12);
  expect(epoch.inFlight).toBe(0);
  expect(ends(stage)).toEqual([[10, 1]]);
  stage.given[0]?.share.release();
  // The first record is held by the window that ends at 20 still.
  expect(task.progress(epoch)?.offset).toBe(4);
  fold(task, epoch, 20);
  stage.given[1]?.share.release();
  expect(ends(stage)).toEqual([
    [10, 1],
    [20, 2],
  ]);
  expect(task.progress(epoch)?.offset).toBe(5);
});

test('a record that is late for some of its windows counts in the others, and is told apart from one that is late for all', () => {
  const epoch = partition();
  const stage = overlapping();
  const told: string[] = [];
  const task = taskOf([epoch], [stage]);
  const missed = task.missed.bind(task);
  task.missed = (record, how) => {
    told.push(`${record.offset} ${how}`);
    return missed(record, how);
  };
  for (const timestamp of [1, 10, 5, 20, 5]) fold(task, epoch, timestamp);
  expect(told).toEqual(['2 late in some windows', '4 late']);
  expect(ends(stage)).toEqual([
    [10, 1],
    [20, 3],
  ]);
});

test('a record that belongs to no window is released, and told', () => {
  const epoch = partition();
  const task = taskOf([epoch], [summing(10, { shape: { kind: 'custom', name: 'none', assign: () => [] } })]);
  fold(task, epoch, 1);
  expect(epoch.inFlight).toBe(0);
  expect(epoch.oldest).toBeUndefined();
  expect(task.lateRecords).toHaveLength(1);
});

test('a result that goes into several windows is released when all of them are', () => {
  const epoch = partition();
  const last = overlapping();
  const first = summing(10, {
    onGiven: ({ key, value, window, share }) => task.stages[1]?.fold(share, window.end - 1, key, value),
  });
  const task = taskOf([epoch], [first, last]);
  fold(task, epoch, 5);
  fold(task, epoch, 10); // [0, 10) closes: its result goes into the windows that end at 10 and at 20
  expect(ends(last)).toEqual([[10, 1]]);
  last.given[0]?.share.release();
  expect(task.progress(epoch)?.offset).toBe(0);
  fold(task, epoch, 20);
  expect(ends(last)).toEqual([
    [10, 1],
    [20, 2],
  ]);
  last.given[1]?.share.release();
  expect(task.progress(epoch)?.offset).toBe(1);
});

test('windows of the same start and another end are different windows', () => {
  const epoch = partition();
  const stage = summing(10, {
    shape: {
      kind: 'custom',
      name: 'long and short',
      assign: (timestamp) => [10, 20].filter((end) => timestamp < end).map((end) => ({ start: 0, end })),
    },
  });
  const task = taskOf([epoch], [stage]);
  fold(task, epoch, 5);
  expect([task.stages[0]?.table.firstEnd, task.stages[0]?.table.lastEnd]).toEqual([10, 20]);
  fold(task, epoch, 10);
  expect(ends(stage)).toEqual([[10, 1]]);
});
