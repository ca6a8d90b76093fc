import { expect, test } from 'vitest';
import { ClosedWindow } from '../../src/run/closedWindow';
import { Holds } from '../../src/run/holds';
import { Share } from '../../src/run/share';
import type { Stage } from '../../src/run/stage';
import { fold, partition, summing, taskOf } from './pieces';

function windowOf(): { readonly window: ClosedWindow; readonly stage: Stage } {
  const stage = taskOf([partition()], [summing(10)]).stages[0] as Stage;
  return { stage, window: new ClosedWindow(0, 10, 10, new Holds(2), stage) };
}

test('results that the sink has not taken are counted by the stage too', () => {
  const { window, stage } = windowOf();
  const shares = [new Share(window), new Share(window), new Share(window)];
  shares[0]?.release();
  expect([window.untaken, stage.untaken]).toEqual([2, 2]);
});

test('a result that went into a later window needs no credit, and keeps its window until that one is released', () => {
  const { window, stage } = windowOf();
  const share = new Share(window);
  window.state = 'closed';
  const later = new Holds(1);
  later.take(window);
  share.release();
  expect([window.untaken, stage.untaken, window.state]).toEqual([0, 0, 'closed']);
  window.unabsorb(1);
  expect(window.state).toBe('released');
});

test('for errors a window is named by its operator and its bounds', () => {
  const stage = summing(10);
  const epoch = partition();
  const task = taskOf([epoch], [stage]);
  fold(task, epoch, 3);
  fold(task, epoch, 10);
  expect(stage.given[0]?.share.root.where).toBe('the result of sum of 10 ms for [0, 10)');
});
