import { StreamError } from '../errors';
import type { KafkaRecord, RecordHeaders } from '../records';
import { type AssignedTime, PartitionEpoch } from '../run/partitionEpoch';

/** What of a record can be chosen in a test. */
export interface RecordInit {
  /** Event time, ms since the epoch. Default 0. */
  readonly timestamp?: number | undefined;
  /** Default 'test'. */
  readonly topic?: string | undefined;
  /** From 0. Default 0. */
  readonly partition?: number | undefined;
  /** From 0. Default 0. */
  readonly offset?: number | undefined;
  /** Default none. */
  readonly headers?: RecordHeaders | undefined;
}

/**
 * Makes a record as a source gives it, with provenance of its own, to feed operators without a source.
 *
 * It can be acked, once, by `ack`; a second time is `ACKED_TWICE`, as in a pipeline. What needs a run, which a single record has not, works in `marbles` or
 * `runPipeline`: windows, which have to know when to close, and `commitOffsets`, which has nowhere to commit to but acks it all the same.
 *
 * @throws StreamError `INVALID_OPTION` for a partition or an offset that is no whole number from 0, or a timestamp that is no number
 * @since 0.1.0
 * @example
 * ```ts
 * import { mapValues } from 'millrace';
 * import { record } from 'millrace/testing';
 * import { of } from 'rxjs';
 *
 * of(record('ann', 'to be', { offset: 7 }))
 *   .pipe(mapValues((line) => line.length))
 *   .subscribe(({ key, value, offset }) => console.log(key, value, offset)); // ann 5 7
 * ```
 */
export function record<K, V>(key: K, value: V, init: RecordInit = {}): KafkaRecord<K, V> {
  const { timestamp = 0, topic = 'test', partition = 0, offset = 0, headers } = init;
  for (const [name, number] of Object.entries({ partition, offset })) {
    if (!Number.isSafeInteger(number) || number < 0)
      throw new StreamError('INVALID_OPTION', `${name} of the record is ${number}: it must be a whole number from 0`);
  }
  if (!Number.isFinite(timestamp))
    throw new StreamError('INVALID_OPTION', `timestamp of the record is ${timestamp}: give milliseconds since the epoch`);
  const epoch = new PartitionEpoch(
    topic,
    partition,
    0,
    { offset, watermark: -Infinity, steps: [], ackedThrough: offset },
    0,
    false,
    undefined,
    anyTime,
  );
  return recordOf(key, value, { timestamp, headers, offset }, epoch);
}

/** Without a run any operator may assign time: nothing goes by it. */
export const anyTime: AssignedTime = { timeOf: (timestamp) => timestamp, moved: () => undefined };

/** The record at the next offset of the epoch, which takes a credit for it. */
export function recordOf<K, V>(
  key: K,
  value: V,
  { timestamp, headers, offset }: RecordInit & { readonly timestamp: number; readonly offset: number },
  epoch: PartitionEpoch,
): KafkaRecord<K, V> {
  const { topic, partition } = epoch;
  return {
    key,
    value,
    timestamp,
    headers: Object.assign(Object.create(null) as RecordHeaders, headers),
    topic,
    partition,
    offset,
    '~provenance': epoch.deliver(offset, timestamp, 1),
  };
}
