import type { CalendarWindow } from '../../time/calendar';
import type { HoppingWindow } from '../../time/hopping';
import type { TumblingWindow } from '../../time/tumbling';
import { windowsOf } from '../../time/windowsOf';
import type { CustomWindow } from '../../time/windowShape';
import { GridTable } from './gridTable';
import type { TableOptions, WindowTable } from './windowTable';

/** Windows that follow from one record alone. */
export type AssignedWindow<R> = TumblingWindow | HoppingWindow | CalendarWindow | CustomWindow<R>;

/** The table that windows of this shape are kept in. */
export function tableFor<R>(shape: AssignedWindow<R>, options: TableOptions): WindowTable {
  const assign = windowsOf<R>(shape);
  return new GridTable((timestamp, record) => assign(timestamp, record as R), options);
}

/** The last end of the windows that a value with this timestamp comes into; undefined where that does not follow from the timestamp. */
export function lastEndOf<R>(shape: AssignedWindow<R>): ((timestamp: number) => number) | undefined {
  if (shape.kind === 'custom') return undefined;
  const assign = windowsOf<undefined>(shape);
  return (timestamp) => assign(timestamp, undefined).at(-1)?.end ?? timestamp;
}
