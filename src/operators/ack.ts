import type { MonoTypeOperatorFunction } from 'rxjs';
import type { StreamRecord } from '../records';
import { shareOf } from '../run/share';
import { operate } from './operate';

/**
 * Acks each record that arrives, and passes it on: its effect is safe, its offset may be committed.
 *
 * Gives the record's credit back. The run commits what is acked every 5 s; to choose how often, use `commitOffsets`, which acks too.
 *
 * @throws StreamError `ACKED_TWICE`, in the error channel, for an element that was acked before, `NO_SOURCE` for one that does not come from `fromTopic`
 * @since 0.1.0
 * @example
 * ```ts
 * import { ack, fromTopic, tapRecords, text } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('lines', [{ value: 'to be' }]);
 * fromTopic(kafka, 'lines', { groupId: 'g', value: text, until: 'latest' })
 *   .pipe(tapRecords((line) => console.log(line)), ack())
 *   .subscribe();
 * ```
 */
export function ack<R extends StreamRecord>(): MonoTypeOperatorFunction<R> {
  return operate((destination) => ({
    participant: { name: 'ack' },
    next: (record: R) => {
      shareOf(record, 'ack').release();
      destination.next(record);
    },
  }));
}
