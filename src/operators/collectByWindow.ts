import type { OperatorFunction } from 'rxjs';
import { StreamError } from '../errors';
import type { StreamRecord, WindowedRecord } from '../records';
import type { Folding } from '../time/folding';
import { type Emitted, windowed } from './windowed';
import type { ByWindowOptions } from './windowOptions';

/** Options of `collectByWindow`. */
export interface CollectByWindowOptions<
  R extends StreamRecord = StreamRecord,
  L extends 'emit' | undefined = undefined,
> extends ByWindowOptions<R, L> {
  /** Records in one window at most; more are `STATE_FULL`. Default 100,000. */
  readonly maxRecords?: number | undefined;
}

/**
 * Gives the records of each window when it closes, as one list; the key of the result is null.
 *
 * Records are in offset order within a partition, and partitions follow each other; in sliding windows, and where sessions were joined, they are in order of time
 * as far as they were joined. The records of the list are absorbed: the result is what is acked, and they
 * come into no other operator. The window is one over all partitions, so one instance must own them all. When windows close, what is late, and what it does to
 * offsets is said at `reduceByKey`; memory is the records themselves, up to `maxRecords` for each open window. Since offset order must stay, windows that overlap
 * share no slices: a record is in a list of each.
 *
 * @param options - `window` (required), `grace` (ms or a duration, default 0), `emit` (default `'onClose'`), `late` (default: dropped and counted), `clock` (default
 *   `'event'`), `scheduler`, `maxBytes` (256 MiB), `onFull` (default `'error'`), `maxRecords` (100,000); `ByWindowOptions` says more
 * @throws StreamError `INVALID_OPTION` at the call, for options that make no sense. In the error channel `CALLBACK_FAILED`, `STATE_FULL` (at `maxRecords` too), and `UNSUPPORTED` where
 *   windows could not be rebuilt after a crash, for results that are not final, and as `reduceByKey` says
 * @since 0.1.0
 * @example
 * ```ts
 * import { collectByWindow, fromTopic, print, text, tumbling } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('words', [{ value: 'to', timestamp: 1 }, { value: 'be', timestamp: 2 }]);
 * fromTopic(kafka, 'words', { value: text, until: 'latest' })
 *   .pipe(
 *     collectByWindow({ window: tumbling('10s') }),
 *     print({ format: (words) => words.map(({ value }) => value).join(' ') }),
 *   )
 *   .subscribe();
 * ```
 */
export function collectByWindow<R extends StreamRecord, L extends 'emit' | undefined = undefined>(
  options: CollectByWindowOptions<R, L>,
): OperatorFunction<R, WindowedRecord<null, readonly R[]> | Emitted<R, L>> {
  const { maxRecords = 100_000 } = options;
  if (!(maxRecords >= 1)) throw new StreamError('INVALID_OPTION', `maxRecords of collectByWindow is ${maxRecords}: it must be 1 or more`);
  const bounded = (records: R[]): R[] => {
    if (records.length <= maxRecords) return records;
    throw new StreamError(
      'STATE_FULL',
      `collectByWindow has more than ${maxRecords} records in one window: is the window too long for this topic, or would an aggregate do? maxRecords raises the bound`,
    );
  };
  const folding: Folding<R, R[]> = {
    first: (record) => [record],
    fold: (records, record) => {
      records.push(record);
      return bounded(records);
    },
    merge: (a, b) => bounded([...a, ...b]),
  };
  return windowed({ name: 'collectByWindow', by: 'window', folding, byOffset: true }, options);
}
