import type { TimeWindow } from '../records';
import type { HoppingWindow } from './hopping';

/**
 * The slice that `timestamp` falls into. Slices are the longest stretches of time that no window begins or ends within, so each window is a whole number of
 * them and a record is folded once, not once per window.
 *
 * There are one or two in each `every`: windows begin at its edge, and end where `size` leaves off. Slices of the greatest common divisor would do too, but a
 * window of 1h every 1001ms would have 3,600,000 of them instead of 7,193.
 */
export function sliceOf({ size, every, offset }: HoppingWindow, timestamp: number): TimeWindow {
  const start = Math.floor((Math.floor(timestamp) - offset) / every) * every + offset;
  const cut = start + (size % every);
  if (cut === start) return { start, end: start + every };
  return timestamp < cut ? { start, end: cut } : { start: cut, end: start + every };
}

/** When the first and the last of the windows end that a slice is part of; one ends each `every` between them. */
export function endsOfSlice(
  { size, every, offset }: HoppingWindow,
  { start }: TimeWindow,
): { readonly first: number; readonly last: number } {
  const lastStart = Math.floor((start - offset) / every) * every + offset;
  const cut = lastStart + (size % every);
  return { first: start < cut ? cut : cut + every, last: lastStart + size };
}
