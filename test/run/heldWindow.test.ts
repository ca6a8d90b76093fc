import { expect, test } from 'vitest';
import { HeldWindow } from '../../src/run/heldWindow';
import type { Stage } from '../../src/run/stage';
import { WindowContents } from '../../src/time/windowContents';
import { fold, partition, summing, taskOf } from './pieces';

function windowOf(partitions = 2): HeldWindow {
  const stage = taskOf([partition()], [summing(10)]).stages[0] as Stage;
  return new HeldWindow(0, 10, 10, new WindowContents(), stage, partitions);
}

test('a window holds the smallest offset of each partition, with the stamp of that record', () => {
  const window = windowOf();
  window.hold(1, 7, 70);
  window.hold(1, 5, 50);
  window.hold(1, 6, 60);
  expect([window.holdOf(1), window.stampOf(1)]).toEqual([5, 50]);
});

test('a partition that gave no record is not held', () => {
  const window = windowOf();
  window.hold(1, 7, 70);
  expect([window.holdOf(0), window.stampOf(0)]).toEqual([Infinity, -Infinity]);
});

test('results that went into a later window need no credit', () => {
  const former = windowOf();
  const later = windowOf();
  former.shares = 3;
  later.takeIn(former);
  later.takeIn(former);
  expect(former.untaken).toBe(1);
  expect(later.from).toEqual(new Map([[former, 2]]));
});

test('for errors a window is named by its operator and its bounds', () => {
  const stage = summing(10);
  const epoch = partition();
  const task = taskOf([epoch], [stage]);
  fold(task, epoch, 3);
  fold(task, epoch, 10);
  expect(stage.given[0]?.share.root.where).toBe('the result of sum of 10 ms for [0, 10)');
});
