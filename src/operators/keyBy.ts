import type { OperatorFunction } from 'rxjs';
import { StreamError } from '../errors';
import type { Key, StreamRecord, WithKey } from '../records';
import { callbackFailed, whereOf } from './callbackFailed';
import { operate } from './operate';
import { withKey } from './withValue';

/**
 * Changes the key of each record; value, timestamp, headers, place or window, and provenance stay.
 *
 * Records of one new key may come from several partitions. So windows after `keyBy` merge over partitions, and one instance must own them all: others of the
 * same group stand by. Does nothing to offsets and keeps no state.
 *
 * @param select - gives the new key: not null; compared by value (bytes by content, tuples and plain objects by structure, which costs a walk a record). A
 *   throw is `CALLBACK_FAILED`, null or undefined is `NULL_KEY`, both with the record's place
 * @since 0.1.0
 * @example
 * ```ts
 * import { countByKey, fromTopic, keyBy, print, text, tumbling } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('words', [{ value: 'to', timestamp: 1 }, { value: 'be', timestamp: 2 }, { value: 'to', timestamp: 3 }]);
 * fromTopic(kafka, 'words', { value: text, until: 'latest' })
 *   .pipe(keyBy((word) => word), countByKey({ window: tumbling('10s') }), print())
 *   .subscribe();
 * ```
 */
export function keyBy<R extends StreamRecord, const K extends Key>(
  select: (value: R['value'], record: R) => K,
): OperatorFunction<R, WithKey<R, K>> {
  return operate((destination) => ({
    participant: { name: 'keyBy', rekeys: true },
    next: (record: R) => {
      let key: K | null | undefined;
      try {
        key = select(record.value, record);
      } catch (error) {
        throw callbackFailed('keyBy', record, error);
      }
      if (key === null || key === undefined) {
        throw new StreamError(
          'NULL_KEY',
          `the callback of keyBy gave ${String(key)} as the key of ${whereOf(record)}: drop such records with filterRecords before, or give them a key of their own`,
        );
      }
      destination.next(withKey(record, key));
    },
  }));
}
