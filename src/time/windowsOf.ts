import type { TimeWindow } from '../records';
import type { CalendarWindow } from './calendar';
import { calendarWindows } from './calendarWindows';
import type { GlobalWindow } from './global';
import { type HoppingWindow, hoppingWindows } from './hopping';
import { type TumblingWindow, windowStart } from './tumbling';
import { checkedWindows, type CustomWindow } from './windowShape';

/** Shapes whose windows follow from one record alone; sessions, sliding and counting windows follow from several. */
export type WindowOfOne<R> = TumblingWindow | HoppingWindow | GlobalWindow | CalendarWindow | CustomWindow<R>;

const everything: readonly TimeWindow[] = [{ start: -Infinity, end: Infinity }];

/**
 * A function that gives the windows a record belongs to, ordered by end, then start. Make it once per operator: it remembers the window it gave last, since
 * the next record mostly falls into the same one.
 */
export function windowsOf<R>(shape: WindowOfOne<R>): (timestamp: number, record: R) => readonly TimeWindow[] {
  switch (shape.kind) {
    case 'tumbling':
      return remembering((timestamp) => {
        const start = windowStart(shape, timestamp);
        // Rounded up to the edge, if it lies less before it than a number can say.
        return start > timestamp ? { start: start - shape.size, end: start } : { start, end: start + shape.size };
      });
    case 'hopping':
      return (timestamp) => hoppingWindows(shape, timestamp);
    case 'global':
      return () => everything;
    case 'calendar':
      return remembering(calendarWindows(shape));
    case 'custom':
      return (timestamp, record) => checkedWindows(shape.name, timestamp, shape.assign(timestamp, record));
  }
}

function remembering(find: (timestamp: number) => TimeWindow): (timestamp: number) => readonly TimeWindow[] {
  let start = NaN;
  let end = NaN;
  let windows: readonly TimeWindow[] = [];
  return (timestamp) => {
    if (timestamp >= start && timestamp < end) return windows;
    const window = find(timestamp);
    ({ start, end } = window);
    return (windows = [window]);
  };
}
