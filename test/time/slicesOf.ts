import type { TimeWindow } from '../../src/records';
import type { HoppingWindow } from '../../src/time/hopping';
import { sliceOf } from '../../src/time/slices';

/** The slices that make up a window of `shape`, in order of time. */
export function slicesOf(shape: HoppingWindow, window: TimeWindow): TimeWindow[] {
  const slices: TimeWindow[] = [];
  for (let at = window.start; at < window.end;) {
    const slice = sliceOf(shape, at);
    slices.push(slice);
    at = slice.end;
  }
  return slices;
}
