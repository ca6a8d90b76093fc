import { keyText } from '../time/keyText';
import type { ClosedWindow } from './closedWindow';
import type { Delivered } from './partitionEpoch';
import type { Holder } from './tables/windowTable';

/** What keeps the commit of a partition where it is. */
export interface Pin {
  /** The offset that it holds. */
  readonly offset: number;
  /** In words, as after "held by". */
  readonly what: string;
  /** What to check: whole sentences, most of them questions. */
  readonly check: string;
}

/** A record that has been delivered and is not released. */
export function pinOfRecord({ offset, where }: Delivered): Pin {
  return {
    offset,
    what: `the un-released record ${where}`,
    check:
      'Does an operator swallow records without releasing them (filter, take, bufferCount, distinct, debounceTime), or does something never answer for it? Use filterRecords; ack() or commitOffsets() belongs at the end.',
  };
}

/** An open window of an operator; undefined where the table cannot tell which. */
export function pinOfOpen(offset: number, operator: string, holder: Holder | undefined): Pin {
  if (!holder) return { offset, what: `a window of ${operator}`, check: `Are the windows of ${operator} long?` };
  const { window, key } = holder;
  if (window.end === Infinity) {
    return {
      offset,
      what: `the window over everything of ${operator}`,
      check: `It closes when its source ends, and this one goes on: give ${operator} a window, or the source an end (until: 'latest').`,
    };
  }
  const whose = key === undefined || key === null ? '' : ` of the key ${keyText(key)}`;
  return {
    offset,
    what: `the open window [${window.start}, ${window.end})${whose} of ${operator}`,
    check:
      'Is the window, its grace or outOfOrderness long for the records there are, or does event time stand still since one partition lags (maxSkew) or is silent (idleAfter)?',
  };
}

/** A window that has closed: its results are not released, or those of a window that ends no later, or a part of it that was given early. */
export function pinOfClosed(offset: number, { state, where }: ClosedWindow): Pin {
  return state === 'released'
    ? {
        offset,
        what: `${where}, until windows that end before it, and parts given early, are released too`,
        check: 'Is a result of one of them never acked?',
      }
    : {
        offset,
        what: where,
        check: 'Is the sink slow, does an operator swallow results, or is ack() or commitOffsets() missing at the end?',
      };
}
