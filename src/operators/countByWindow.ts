import type { OperatorFunction } from 'rxjs';
import { StreamError } from '../errors';
import type { StreamRecord, WindowedRecord } from '../records';
import { counting, type Emitted, windowed } from './windowed';
import type { ByWindowOptions } from './windowOptions';

/** Options of `countByWindow`. */
export interface CountByWindowOptions<
  R extends StreamRecord = StreamRecord,
  L extends 'emit' | undefined = undefined,
> extends ByWindowOptions<R, L> {
  /** Also give the zeros of windows between two that have records, when the later of them closes. For tumbling, hopping and calendar windows, and not with another window behind, which may have closed before the zeros are known. Default false. */
  readonly emptyWindows?: boolean | undefined;
}

/**
 * Counts the records of each window, whatever their key, and gives the number when the window closes, earlier too, if `emit` says so; its key is null.
 *
 * The window is one over all partitions, so one instance must own them all. When windows close, what is late, and what it does to offsets is said at `reduceByKey`;
 * memory is one number for each open window and partition. After the last record there are no zeros: that there are no records is not known from records.
 *
 * @param options - `window` (required), `grace` (ms or a duration, default 0), `emit` (default `'onClose'`), `late` (default: dropped and counted), `clock` (default
 *   `'event'`), `scheduler`, `maxBytes` (256 MiB), `onFull` (default `'error'`), `emptyWindows` (default false); `ByWindowOptions` says more
 * @throws StreamError `INVALID_OPTION` at the call, for options that make no sense, such as `emptyWindows` where windows do not follow one another. In the error channel `CALLBACK_FAILED`, `STATE_FULL`, and `UNSUPPORTED` where
 *   windows could not be rebuilt after a crash, for results that are not final, for `emptyWindows` with another window behind, and as `reduceByKey` says
 * @since 0.1.0
 * @example
 * ```ts
 * import { countByWindow, fromTopic, print, text, tumbling } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('words', [{ value: 'to', timestamp: 1 }, { value: 'be', timestamp: 2 }, { value: 'or', timestamp: 30_000 }]);
 * fromTopic(kafka, 'words', { value: text, until: 'latest' })
 *   .pipe(countByWindow({ window: tumbling('10s'), emptyWindows: true }), print()) // 2, 0, 0, 1
 *   .subscribe();
 * ```
 */
export function countByWindow<R extends StreamRecord, L extends 'emit' | undefined = undefined>(
  options: CountByWindowOptions<R, L>,
): OperatorFunction<R, WindowedRecord<null, number> | Emitted<R, L>> {
  const { emptyWindows = false, window } = options;
  if (emptyWindows && !['tumbling', 'hopping', 'calendar'].includes(window.kind))
    throw new StreamError(
      'INVALID_OPTION',
      `emptyWindows of countByWindow is true, but ${window.kind} windows are where records are: give it tumbling, hopping or calendar`,
    );
  return windowed(
    {
      name: 'countByWindow',
      by: 'window',
      folding: counting,
      empty: emptyWindows ? 0 : undefined,
    },
    options,
  );
}
