import { StreamError } from '../../errors';
import { reachesOf } from '../../time/reachesOf';
import type { SessionWindow } from '../../time/session';
import { type WindowOfOne, windowsOf } from '../../time/windowsOf';
import type { CustomWindow, WindowShape } from '../../time/windowShape';
import { FillingTable } from './fillingTable';
import { GridTable } from './gridTable';
import { SessionTable } from './sessionTable';
import { SliceTable } from './sliceTable';
import { SlidingTable } from './slidingTable';
import type { TableOptions, WindowTable } from './windowTable';

/** What an operator does with results that bears on how windows are kept. */
export interface TableHints {
  /** Results are asked for before windows close. */
  readonly early?: boolean | undefined;
  /** The values of a window are folded in the order of offsets, though windows overlap. */
  readonly byOffset?: boolean | undefined;
  /** The result of a window that no record fell into, between two that have some. Undefined: there is none. */
  readonly empty?: unknown;
}

/**
 * The table that windows of this shape are kept in.
 *
 * Hopping windows share slices, unless someone asks what an open window came to so far, which would be a merge for each record and window, or needs the values
 * in the order of offsets.
 */
export function tableFor<R>(shape: WindowShape<R>, options: TableOptions, hints: TableHints = {}): WindowTable {
  const table = recordTableFor(shape, options, hints);
  const regular = shape.kind === 'tumbling' || shape.kind === 'hopping' || shape.kind === 'calendar';
  return regular && hints.empty !== undefined ? new FillingTable(shape, table, options, hints.empty) : table;
}

function recordTableFor<R>(shape: WindowShape<R>, options: TableOptions, { early = false, byOffset = false }: TableHints): WindowTable {
  switch (shape.kind) {
    case 'hopping':
      return shape.every < shape.size && !early && !byOffset ? new SliceTable(shape, options) : gridOf(shape, options);
    case 'tumbling':
    case 'calendar':
    case 'global':
    case 'custom':
      return shape.kind === 'custom' && shape.merge ? sessionsFor(shape, options) : gridOf(shape, options);
    case 'session':
      return sessionsFor(shape, options);
    case 'sliding':
      return new SlidingTable(shape.span, options);
    default:
      throw new StreamError('UNSUPPORTED', `${options.name} has no table for ${shape.kind}`);
  }
}

function gridOf<R>(shape: WindowOfOne<R>, options: TableOptions): GridTable {
  const assign = windowsOf<R>(shape);
  return new GridTable((timestamp, record) => assign(timestamp, record as R), options);
}

function sessionsFor<R>(shape: SessionWindow<R> | CustomWindow<R>, options: TableOptions): WindowTable {
  const reaches = reachesOf(shape);
  return new SessionTable((timestamp, record) => reaches(timestamp, record as R), options);
}

/** The last end of the windows that a value with this timestamp comes into; undefined where that does not follow from the timestamp. */
export function lastEndOf<R>(shape: WindowShape<R>): ((timestamp: number) => number) | undefined {
  if (shape.kind === 'sliding') return (timestamp) => Math.floor(timestamp) + shape.span + 2; // until the first window without it is out
  if (shape.kind !== 'tumbling' && shape.kind !== 'hopping' && shape.kind !== 'calendar') return undefined;
  const assign = windowsOf<undefined>(shape);
  return (timestamp) => assign(timestamp, undefined).at(-1)?.end ?? timestamp;
}
