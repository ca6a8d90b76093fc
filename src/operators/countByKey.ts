import type { OperatorFunction } from 'rxjs';
import type { StreamRecord, WindowedRecord } from '../records';
import { counting, type Emitted, type KeyedRecord, windowed } from './windowed';
import type { ByKeyOptions } from './windowOptions';

/**
 * Counts the records of each key and window, and gives the count when the window closes.
 *
 * As `reduceByKey`, whose page says when windows close, what is late, and what happens to offsets and memory; keys without records give nothing.
 *
 * @param options - `window` (required), `grace` (ms or a duration, default 0), `emit` (`'onClose'`)
 * @throws StreamError `INVALID_OPTION` for a bad window, grace or emit; in the error channel `NULL_KEY`
 * @since 0.1.0
 * @example
 * ```ts
 * import { countByKey, fromTopic, print, text, tumbling } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('visits', [{ key: 'ann', value: '/', timestamp: 1 }, { key: 'bob', value: '/', timestamp: 2 }, { key: 'ann', value: '/docs', timestamp: 3 }]);
 * fromTopic(kafka, 'visits', { key: text, value: text, until: 'latest' })
 *   .pipe(countByKey({ window: tumbling('1m') }), print())
 *   .subscribe();
 * ```
 */
export function countByKey<R extends StreamRecord, L extends 'emit' | undefined = undefined>(
  options: ByKeyOptions<R, L> = {},
): OperatorFunction<R & KeyedRecord, WindowedRecord<R['key'], number> | Emitted<R, L>> {
  return windowed({ name: 'countByKey', by: 'key', folding: counting }, options);
}
