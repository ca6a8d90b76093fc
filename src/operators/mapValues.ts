import { map, type OperatorFunction } from 'rxjs';
import type { StreamRecord, WithValue } from '../records';
import { callbackFailed } from './callbackFailed';
import { withValue } from './withValue';

/**
 * Changes the value of each record; key, timestamp, headers, place or window, and provenance stay.
 *
 * Does nothing to offsets and keeps no state. A record made by hand in a plain `map` would lose its provenance; this does not.
 *
 * @param project - gives the new value; a throw is `CALLBACK_FAILED` with the record's place. Called again when records are read again after a crash
 * @since 0.1.0
 * @example
 * ```ts
 * import { fromTopic, mapValues, print, text } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('lines', [{ value: 'to be' }]);
 * fromTopic(kafka, 'lines', { value: text, until: 'latest' })
 *   .pipe(mapValues((line) => line.length), print())
 *   .subscribe();
 * ```
 */
export function mapValues<R extends StreamRecord, U>(project: (value: R['value'], record: R) => U): OperatorFunction<R, WithValue<R, U>> {
  return map((record) => {
    let value: U;
    try {
      value = project(record.value, record);
    } catch (error) {
      throw callbackFailed('mapValues', record, error);
    }
    return withValue(record, value);
  });
}
