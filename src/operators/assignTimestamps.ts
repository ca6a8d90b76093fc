import type { MonoTypeOperatorFunction } from 'rxjs';
import type { StreamRecord } from '../records';
import { Delivered } from '../run/partitionEpoch';
import { timeAfterWindows, timeAssignedUnforeseen } from '../run/runErrors';
import { shareOf } from '../run/share';
import { callbackFailed } from './callbackFailed';
import { operate } from './operate';
import { withTimestamp } from './withValue';

/**
 * Changes the event time of each record, which windows after it, watermarks and `maxSkew` go by; all else stays.
 *
 * The `timestamp` option of `fromTopic` does the same for the record as it was decoded; this is for a time that is known only further on, such as that of each
 * part that `flatMapValues` has made. The source's own timestamps then move nothing, and are not judged. A record whose parts have several times is judged late or
 * not by what came before the record, as a whole. Records must come here in the order of their offsets. It keeps the newest timestamp of each partition, and
 * does nothing to offsets; that time is assigned is part of what a commit says of windows, so a group that goes on with it, or without, fails with
 * `WINDOWS_CHANGED`.
 *
 * @param timestamp - gives ms since the epoch; before 1970 too, unlike at the source. A throw is `CALLBACK_FAILED`. What is no number, or further ahead of the
 *   clock than `maxAhead` of the source, is treated as its `onBadTimestamp` says: `BAD_TIMESTAMP`, dropped and counted, or at the newest timestamp of the
 *   partition. Called again when records are read again after a crash, and must give the same
 * @throws StreamError in the error channel, `UNSUPPORTED` after a window, for a record that another of its partition has overtaken, or if the source was subscribed before;
 *   `INVALID_OPTION` if it is in a pipeline twice
 * @since 0.1.0
 * @example
 * ```ts
 * import { assignTimestamps, countByKey, flatMapValues, fromTopic, json, print, text, tumbling } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('visits', [{ key: 'ann', value: '[{"at":1000},{"at":2000},{"at":11000}]' }]);
 * fromTopic(kafka, 'visits', { key: text, value: json<{ at: number }[]>(), until: 'latest' })
 *   .pipe(
 *     flatMapValues((visits) => visits),
 *     assignTimestamps((visit) => visit.at),
 *     countByKey({ window: tumbling('10s') }),
 *     print(),
 *   )
 *   .subscribe();
 * ```
 */
export function assignTimestamps<R extends StreamRecord>(timestamp: (value: R['value'], record: R) => number): MonoTypeOperatorFunction<R> {
  return operate((destination) => ({
    participant: { name: 'assignTimestamps', assignsTime: true },
    next: (record: R) => {
      const share = shareOf(record, 'assignTimestamps');
      const delivered = share.root;
      if (!(delivered instanceof Delivered)) throw timeAfterWindows();
      const { topic, partition, assigned } = delivered.epoch;
      if (!assigned) throw timeAssignedUnforeseen({ topic, partition, offset: delivered.offset });
      let given: number;
      try {
        given = timestamp(record.value, record);
      } catch (error) {
        throw callbackFailed('assignTimestamps', record, error);
      }
      const time = delivered.epoch.assignTime(delivered, given);
      if (time === undefined) share.release();
      else destination.next(withTimestamp(record, time));
    },
  }));
}
