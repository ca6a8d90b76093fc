import { StreamError } from '../errors';
import type { TimeWindow } from '../records';
import type { CalendarWindow } from './calendar';
import { wallClock } from './wallClock';

const hour = 3_600_000;
const day = 24 * hour;
/** No clock was ever further from UTC: Manila's was 15:56:08 behind until 1844. */
const furthest = 16 * hour;
/** Clocks change at most once in such a stretch. */
const stretch = 4 * hour;
/** What `Date` reaches, less a month and two days for the edges of the window. */
const reach = 8.64e15 - 33 * day;
const mostKnown = 1_024;

/** A function that gives the window of a timestamp; it remembers windows, since learning one takes some ten questions to `Intl`. */
export function calendarWindows({ unit, timeZone }: CalendarWindow): (timestamp: number) => TimeWindow {
  const shown = wallClock(timeZone);
  const known: TimeWindow[] = []; // in order of time

  return (timestamp) => {
    let index = known.length;
    for (let low = 0; low < index;) {
      const middle = (low + index) >> 1;
      if ((known[middle]?.start ?? Infinity) > timestamp) index = middle;
      else low = middle + 1;
    }
    const candidate = known[index - 1];
    if (candidate && timestamp < candidate.end) return candidate;
    if (!(Math.abs(timestamp) <= reach))
      throw new StreamError('BAD_TIMESTAMP', `a calendar has no date for the timestamp ${timestamp}: check that it is in milliseconds`);

    let date = dateOf(unit, shown(timestamp));
    let start = firstInstant(shown, date);
    let end = firstInstant(shown, (date = nextDate(unit, date)));
    // Clocks that go back over midnight show the old date once more. Its window ended when the new one was first reached.
    while (end <= timestamp) {
      start = end;
      end = firstInstant(shown, (date = nextDate(unit, date)));
    }
    const window = { start, end };
    if (known.length < mostKnown) known.splice(index, 0, window);
    else known.splice(0, mostKnown, window);
    return window;
  };
}

/** The first midnight, as shown, of the unit that `wall` is in. */
function dateOf(unit: CalendarWindow['unit'], wall: number): number {
  const days = Math.floor(wall / day);
  if (unit === 'day') return days * day;
  if (unit === 'week') return (days - ((((days + 3) % 7) + 7) % 7)) * day; // 1970 began on a Thursday
  return new Date(days * day).setUTCDate(1);
}

function nextDate(unit: CalendarWindow['unit'], date: number): number {
  if (unit === 'day') return date + day;
  if (unit === 'week') return date + 7 * day;
  return new Date(date).setUTCMonth(new Date(date).getUTCMonth() + 1);
}

/** The first instant at which clocks show `date` or later: later if that midnight, or the whole day, was skipped. */
function firstInstant(shown: (instant: number) => number, date: number): number {
  let from = date - furthest;
  let ahead = shown(from) - from;
  for (;;) {
    const to = from + stretch;
    const aheadThen = shown(to) - to;
    if (Math.min(date - ahead, date - aheadThen) < to) {
      // Before the clocks change, and from then on.
      const change = aheadThen === ahead ? to : changeIn(shown, from, to, ahead);
      const before = Math.max(from, date - ahead);
      if (before < change) return before;
      const after = Math.max(change, date - aheadThen);
      if (after < to) return after;
    }
    from = to;
    ahead = aheadThen;
  }
}

/** The first whole second in `(from, to]` at which clocks are not `ahead` of UTC any more. */
function changeIn(shown: (instant: number) => number, from: number, to: number, ahead: number): number {
  while (to - from > 1_000) {
    const middle = from + Math.floor((to - from) / 2_000) * 1_000;
    if (shown(middle) - middle === ahead) from = middle;
    else to = middle;
  }
  return to;
}
