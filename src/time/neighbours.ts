import type { TimeWindow } from '../records';
import type { CalendarWindow } from './calendar';
import { calendarWindows } from './calendarWindows';
import type { HoppingWindow } from './hopping';
import type { TumblingWindow } from './tumbling';

/** Shapes whose windows follow one another, whether or not there are records in them. */
export type RegularWindow = TumblingWindow | HoppingWindow | CalendarWindow;

/** How to go from one window of a shape to the others. */
export interface Neighbours {
  endingAt(end: number): TimeWindow;
  /** The one that ends last before this. */
  before(window: TimeWindow): TimeWindow;
  /** The one that begins first after this. */
  after(window: TimeWindow): TimeWindow;
}

/** The windows of a shape beside one another. */
export function neighbours(shape: RegularWindow): Neighbours {
  if (shape.kind === 'calendar') {
    const windowAt = calendarWindows(shape);
    return { endingAt: (end) => windowAt(end - 1), before: ({ start }) => windowAt(start - 1), after: ({ end }) => windowAt(end) };
  }
  const { size } = shape;
  const every = shape.kind === 'hopping' ? shape.every : size;
  const moved = ({ start, end }: TimeWindow, by: number): TimeWindow => ({ start: start + by, end: end + by });
  return {
    endingAt: (end) => ({ start: end - size, end }),
    before: (window) => moved(window, -every),
    after: (window) => moved(window, every),
  };
}
