import type { OperatorFunction } from 'rxjs';
import type { StreamRecord, WithValue } from '../records';
import { shareOf } from '../run/share';
import { callbackFailed } from './callbackFailed';
import { operate } from './operate';
import { withValue } from './withValue';

/**
 * Makes a record of each value that `project` gives; none drops the record.
 *
 * The share of the record is split among what is made from it: its offset is released when all of them are. Keeps no state. The values are taken one at a
 * time, so a generator may give many without holding them.
 *
 * @param project - gives the values; a throw, while iterating too, is `CALLBACK_FAILED` with the record's place
 * @since 0.1.0
 * @example
 * ```ts
 * import { flatMapValues, fromTopic, print, text } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('lines', [{ value: 'to be or not to be' }]);
 * fromTopic(kafka, 'lines', { value: text, until: 'latest' })
 *   .pipe(flatMapValues((line) => line.split(' ')), print())
 *   .subscribe();
 * ```
 */
export function flatMapValues<R extends StreamRecord, U>(
  project: (value: R['value'], record: R) => Iterable<U>,
): OperatorFunction<R, WithValue<R, U>> {
  return operate((destination) => ({
    next: (record: R) => {
      const share = shareOf(record, 'flatMapValues');
      try {
        for (const value of project(record.value, record)) {
          destination.next(withValue(record, value, share.fork()));
          if (destination.closed) return;
        }
      } catch (error) {
        throw callbackFailed('flatMapValues', record, error); // what is thrown further down has gone into the error channel there
      }
      share.release();
    },
  }));
}
