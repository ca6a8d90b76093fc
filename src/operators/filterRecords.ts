import { filter, type Observable, type OperatorFunction } from 'rxjs';
import type { StreamRecord, WithValue } from '../records';
import { shareOf } from '../run/share';
import { callbackFailed } from './callbackFailed';

/**
 * Keeps the records for which `predicate` is true and releases the others, so that offsets can be committed past them.
 *
 * RxJS' own `filter` swallows what it drops: its offset is never released, the commit stays before it, and in the end the stream fails with `STALLED`.
 * A type guard narrows the value.
 *
 * @param predicate - whether to keep the record; a throw is `CALLBACK_FAILED` with the record's place
 * @since 0.1.0
 * @example
 * ```ts
 * import { filterRecords, fromTopic, print, text } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('lines', [{ value: 'to be' }, { value: '' }]);
 * fromTopic(kafka, 'lines', { value: text, until: 'latest' })
 *   .pipe(filterRecords((line) => line !== ''), print())
 *   .subscribe();
 * ```
 */
export function filterRecords<R extends StreamRecord, U extends R['value'] = R['value']>(
  predicate: ((value: R['value'], record: R) => value is U) | ((value: R['value'], record: R) => boolean),
): OperatorFunction<R, WithValue<R, U>> {
  const keeps = (record: R): boolean => {
    try {
      return predicate(record.value, record);
    } catch (error) {
      throw callbackFailed('filterRecords', record, error);
    }
  };
  const released = filter((record: R) => {
    const kept = keeps(record);
    if (!kept) shareOf(record, 'filterRecords').release();
    return kept;
  });
  return (source) => released(source) as Observable<StreamRecord> as Observable<WithValue<R, U>>;
}
