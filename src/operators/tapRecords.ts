import { type MonoTypeOperatorFunction, map } from 'rxjs';
import type { StreamRecord } from '../records';
import { callbackFailed } from './callbackFailed';

/**
 * Does something for each record, and passes it on unchanged.
 *
 * Does nothing to offsets and keeps no state. As RxJS' `tap`, but the callback gets value and record, and a throw says at which record it happened.
 *
 * @param effect - called with each record; a throw is `CALLBACK_FAILED` with the record's place
 * @since 0.1.0
 * @example
 * ```ts
 * import { fromTopic, tapRecords, text } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('lines', [{ value: 'to be' }]);
 * fromTopic(kafka, 'lines', { value: text, until: 'latest' })
 *   .pipe(tapRecords((line, record) => console.log(record.offset, line)))
 *   .subscribe();
 * ```
 */
export function tapRecords<R extends StreamRecord>(effect: (value: R['value'], record: R) => void): MonoTypeOperatorFunction<R> {
  return map((record) => {
    try {
      effect(record.value, record);
    } catch (error) {
      throw callbackFailed('tapRecords', record, error);
    }
    return record;
  });
}
