import { StreamError } from '../errors';
import type { StreamRecord, TimeWindow } from '../records';
import { keyText } from './keyText';
import type { SessionWindow } from './session';
import { checkedWindows, type CustomWindow } from './windowShape';

/**
 * A function that gives the stretches of time that a record is a session of if it is alone: from its timestamp to its timestamp plus its gap, or what `assign`
 * of a custom window gave. Each covers the timestamp, so all of one record overlap.
 *
 * @throws StreamError `INVALID_OPTION` from that function: for a gap that is not greater than 0 or not finite, one that is too small to count beside the
 *   timestamp, and windows that `checkedWindows` refuses
 */
export function reachesOf<R>(shape: SessionWindow<R> | CustomWindow<R>): (timestamp: number, record: R) => readonly TimeWindow[] {
  if (shape.kind === 'custom') return (timestamp, record) => checkedWindows(shape.name, timestamp, shape.assign(timestamp, record));
  const { gap: fixed } = shape;
  return (timestamp, record) => {
    const gap = fixed ?? shape.gapOf(record);
    const end = timestamp + gap;
    if (timestamp < end && Number.isFinite(end)) return [{ start: timestamp, end }];
    throw new StreamError(
      'INVALID_OPTION',
      `the gap of a session is ${String(gap)} for the key ${keyText((record as StreamRecord).key)}: it must be a number greater than 0, finite, and large enough to count beside the timestamp ${timestamp}`,
    );
  };
}
