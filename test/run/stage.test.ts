import { describe, expect, test } from 'vitest';
import type { Stage } from '../../src/run/stage';
import { reducing } from '../time/reducing';
import type { WindowTable } from '../../src/run/tables/windowTable';
import { fold, type Given, partition, summing, type Summing, taskOf } from './pieces';

const values = (stage: Summing): [start: number, key: unknown, value: unknown][] =>
  stage.given.map(({ key, value, window }) => [window.start, key, value]);

describe('folding', () => {
  test('gives the credit back at once, and holds the offset in the window', () => {
    const epoch = partition({ offset: 4 });
    const task = taskOf([epoch], [summing(10)]);
    fold(task, epoch, 3);
    expect(epoch.inFlight).toBe(0);
    const { table } = task.stages[0] as Stage;
    expect([table.firstEnd, table.lastEnd, table.holdOf(0)]).toEqual([10, 10, 4]);
  });

  test('drops a record whose window has closed by its own stamp, and counts it', () => {
    const epoch = partition();
    const stage = summing(10, { grace: 2 });
    const task = taskOf([epoch], [stage]);
    for (const timestamp of [1, 11, 2, 12, 3]) fold(task, epoch, timestamp);
    expect(task.lateRecords.map(({ offset }) => offset)).toEqual([4]);
    expect(values(stage)).toEqual([[0, 'k', 2]]);
    expect(epoch.inFlight).toBe(0);
  });

  test('judges by the stamp, not by when the element arrives', () => {
    const epoch = partition();
    const stage = summing(10);
    const task = taskOf([epoch], [stage]);
    const delayed = epoch.deliver(0, 5, 1);
    fold(task, epoch, 100);
    expect(stage.given).toEqual([]);
    task.stages[0]?.fold(delayed, 5, 'k', 1);
    expect(values(stage)).toEqual([[0, 'k', 1]]);
    expect(task.lateRecords).toEqual([]);
  });

  test('passes over what an earlier life has given already', () => {
    const epoch = partition();
    const stage = summing(10);
    const task = taskOf([epoch], [stage], { out: 10 });
    for (const timestamp of [5, 15, 20]) fold(task, epoch, timestamp);
    expect(values(stage)).toEqual([[10, 'k', 1]]);
    expect(task.lateRecords).toEqual([]);
    expect(epoch.inFlight).toBe(0);
  });

  test('L4: does nothing once the epoch has ended', () => {
    const epoch = partition();
    const task = taskOf([epoch], [summing(10)]);
    const share = epoch.deliver(0, 5, 1);
    task.end();
    task.stages[0]?.fold(share, 5, 'k', 1);
    expect(task.stages[0]?.table.size).toBe(0);
  });
});

describe('closing', () => {
  test('gives one result for each key, at end + grace and not before', () => {
    const epoch = partition();
    const stage = summing(10, { grace: 2 });
    const task = taskOf([epoch], [stage]);
    fold(task, epoch, 1, 'a', 1);
    fold(task, epoch, 2, 'b', 10);
    fold(task, epoch, 3, 'a', 2);
    fold(task, epoch, 11);
    expect(stage.given).toEqual([]);
    fold(task, epoch, 12);
    expect(values(stage)).toEqual([
      [0, 'a', 3],
      [0, 'b', 10],
    ]);
  });

  test('orders windows that close by one step by their ends', () => {
    const epoch = partition({}, { outOfOrderness: 50 });
    const stage = summing(10);
    const task = taskOf([epoch], [stage]);
    for (const timestamp of [25, 5, 15, -5, 200]) fold(task, epoch, timestamp);
    expect(values(stage).map(([start]) => start)).toEqual([-10, 0, 10, 20]);
  });
});

describe('L2: results', () => {
  function three(onGiven?: (given: Given) => void) {
    const epoch = partition();
    const stage = summing(10, { onGiven });
    const task = taskOf([epoch], [stage], { maxResults: 2 });
    for (const key of ['a', 'b', 'c']) fold(task, epoch, 1, key);
    fold(task, epoch, 10);
    return { epoch, stage, task, windows: task.stages[0] as Stage };
  }

  test('come as far as the sink takes them, and the partition waits meanwhile', () => {
    const { epoch, stage, task, windows } = three();
    expect(values(stage)).toEqual([
      [0, 'a', 1],
      [0, 'b', 1],
    ]);
    expect([windows.untaken, windows.blocked, task.mayDeliver(epoch)]).toEqual([2, true, false]);
    stage.given[1]?.share.release();
    expect(values(stage)).toHaveLength(3);
    stage.given[2]?.share.release();
    expect([windows.untaken, windows.blocked, task.mayDeliver(epoch)]).toEqual([1, false, true]);
  });

  test('come in order to a sink that takes each at once', () => {
    const { stage, windows } = three(({ share }) => share.release());
    expect(values(stage).map(([, key]) => key)).toEqual(['a', 'b', 'c']);
    expect([windows.untaken, windows.blocked, windows.closedWindows]).toEqual([0, false, []]);
  });

  test('come to a sink that takes each at once without a call within a call, however many they are', () => {
    const epoch = partition();
    const stage = summing(10, { onGiven: ({ share }) => share.release() });
    const task = taskOf([epoch], [stage]);
    for (let key = 0; key < 20_000; key++) fold(task, epoch, 1, key);
    fold(task, epoch, 10);
    expect(stage.failures).toEqual([]);
    expect(stage.given).toHaveLength(20_000);
  });

  test('of a window are released only when all are', () => {
    const { stage, task } = three();
    stage.given[0]?.share.release();
    stage.given[1]?.share.release();
    expect(task.out).toBe(-Infinity);
    stage.given[2]?.share.release();
    expect(task.out).toBe(10);
  });

  test('L4: stop when the epoch ends', () => {
    const { stage, task } = three();
    task.end();
    stage.given[0]?.share.release();
    expect(stage.given).toHaveLength(2);
  });

  test('that nobody acks are released when they have been given', () => {
    const epoch = partition();
    const stage = summing(10);
    const task = taskOf([epoch], [stage], { maxResults: 1, autoRelease: true, writeAhead: false });
    for (const key of ['a', 'b']) fold(task, epoch, 1, key);
    fold(task, epoch, 10);
    expect(stage.given).toHaveLength(2);
    expect(task.out).toBe(10);
  });
});

test('L10: a throw while partials are merged goes to the operator, and nothing is emitted past it', () => {
  const stage = {
    ...summing(10),
    folding: reducing<number>(() => {
      throw new Error('no');
    }),
  };
  const [one, other] = [partition(), partition({}, { slot: 1 })];
  const task = taskOf([one, other], [stage]);
  fold(task, one, 1);
  fold(task, other, 1);
  fold(task, one, 10);
  fold(task, other, 10);
  expect(stage.failures).toEqual([new Error('no')]);
  expect(stage.given).toEqual([]);
  expect(task.progress(one)?.offset).toBe(0);
});

describe('a chain of windows', () => {
  function chain(maxResults = 1_000) {
    const epoch = partition();
    const [short, long] = [summing(10), summing(20)];
    const task = taskOf([epoch], [short, long], { maxResults });
    const forward = (given = short.given.splice(0)) => {
      for (const { share, key, value, window } of given) task.stages[1]?.fold(share, window.end - 1, key, value);
    };
    return { epoch, short, long, task, forward };
  }

  test('closes the later window when the results of the former have arrived there', () => {
    const { epoch, short, long, task, forward } = chain();
    for (const timestamp of [5, 15, 20]) fold(task, epoch, timestamp);
    expect(short.given).toHaveLength(2);
    expect(long.given).toEqual([]);
    forward();
    expect(values(long)).toEqual([[0, 'k', 2]]);
  });

  test('keeps the offsets held until the last result is released', () => {
    const { epoch, long, task, forward } = chain();
    for (const timestamp of [5, 15, 20]) fold(task, epoch, timestamp);
    forward();
    expect(task.progress(epoch)?.offset).toBe(0);
    long.given[0]?.share.release();
    expect(task.progress(epoch)).toMatchObject({ offset: 2, out: 20 });
  });

  test('counts no result as taken twice when a later window is released before a former one', () => {
    const { epoch, long, task, forward } = chain();
    for (const timestamp of [5, 25, 45]) fold(task, epoch, timestamp);
    forward();
    long.given[1]?.share.release();
    expect(task.stages.map(({ untaken }) => untaken)).toEqual([0, 1]);
  });

  test('gives the next result when the former has gone into the later window', () => {
    const { epoch, short, task, forward } = chain(1);
    for (const key of ['a', 'b']) fold(task, epoch, 5, key);
    fold(task, epoch, 10);
    expect(short.given.map(({ key }) => key)).toEqual(['a']);
    forward();
    expect(short.given.map(({ key }) => key)).toEqual(['b']);
  });

  test('never finds a result late', () => {
    const { epoch, short, long, task, forward } = chain();
    fold(task, epoch, 5);
    fold(task, epoch, 90);
    forward(short.given.splice(0));
    expect(values(long)).toEqual([[0, 'k', 1]]);
    expect(task.lateRecords).toEqual([]);
  });
});

test('whether windows are due is known without a search, before each record', () => {
  const epoch = partition();
  const stage = summing(10);
  const task = taskOf([epoch], [stage]);
  const table = task.stages[0]?.table as WindowTable;
  let searches = 0;
  Object.defineProperty(table, 'lastEnd', {
    get: () => {
      searches++;
      return table.lastEndBy(Infinity) ?? -Infinity;
    },
  });
  for (const timestamp of [1, 2, 3]) {
    expect(task.mayDeliver(epoch)).toBe(true);
    fold(task, epoch, timestamp);
  }
  expect([searches, stage.given]).toEqual([0, []]);
});
