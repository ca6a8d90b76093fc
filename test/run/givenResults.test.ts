import { expect, test } from 'vitest';
import { ClosedWindow } from '../../src/run/closedWindow';
import { Holds } from '../../src/run/holds';
import { Share } from '../../src/run/share';
import type { Stage } from '../../src/run/stage';
import { Updates } from '../../src/run/updates';
import { partition, summing, taskOf } from './pieces';

test('the stage counts results that the sink has not taken, whether final or early', () => {
  const stage = taskOf([partition()], [summing(10)]).stages[0] as Stage;
  const roots = [new ClosedWindow(0, 10, 10, new Holds(1), stage), new Updates(stage, 1)];
  const shares = roots.map((root) => new Share(root));
  expect(stage.untaken).toBe(2);
  for (const root of roots) root.absorb();
  expect([stage.untaken, ...roots.map(({ untaken }) => untaken)]).toEqual([2, 1, 1]);
  for (const share of shares) share.release();
  expect([stage.untaken, ...roots.map(({ untaken, shares: left }) => [untaken, left])]).toEqual([0, [0, 1], [0, 1]]);
  for (const root of roots) root.unabsorb(1);
  expect([stage.untaken, ...roots.map(({ shares: left }) => left)]).toEqual([0, 0, 0]);
});
