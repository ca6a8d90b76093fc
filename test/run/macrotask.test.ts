import { asyncScheduler, VirtualTimeScheduler } from 'rxjs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { macrotask } from '../../src/run/macrotask';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** One after the other, until a timer has had its turn; gives up in the end, for a microtask would never let it. */
function untilTimer(): Promise<boolean> {
  return new Promise((resolve) => {
    let fired = false;
    let turns = 0;
    setTimeout(() => (fired = true), 0);
    const again = () => {
      if (fired || ++turns === 1_000_000) resolve(fired);
      else macrotask(asyncScheduler, again);
    };
    again();
  });
}

describe('timers have their turn between two of them', () => {
  test('where there is setImmediate', async () => {
    expect(await untilTimer()).toBe(true);
  });

  test('where there is none, as in browsers', async () => {
    vi.stubGlobal('setImmediate', undefined);
    expect(await untilTimer()).toBe(true);
  });
});

test('L9: under a virtual clock it waits for that clock', () => {
  const clock = new VirtualTimeScheduler();
  const work = vi.fn();
  macrotask(clock, work);
  expect(work).not.toHaveBeenCalled();
  clock.flush();
  expect(work).toHaveBeenCalledTimes(1);
  expect(clock.now()).toBe(0);
});
