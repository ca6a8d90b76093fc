import type { KafkaRecord, Provenance, StreamRecord, WindowedRecord, WithKey, WithValue } from '../records';

type AnyRecord = WindowedRecord<unknown, unknown> | KafkaRecord<unknown, unknown>;

/**
 * The record with another key, value and time; headers, place or window stay.
 *
 * Written out, and not spread: this runs for each element of each operator, and objects of one literal share one shape.
 */
function rebuilt(record: AnyRecord, key: unknown, value: unknown, timestamp: number, provenance: Provenance): AnyRecord {
  const { headers } = record;
  if ('window' in record) return { key, value, timestamp, headers, window: record.window, final: record.final, '~provenance': provenance };
  const { topic, partition, offset } = record;
  return { key, value, timestamp, headers, topic, partition, offset, '~provenance': provenance };
}

/** The record with another value; `provenance` is given where the new record has a share of its own. */
export function withValue<R extends StreamRecord, U>(record: R, value: U, provenance: Provenance = record['~provenance']): WithValue<R, U> {
  const given: StreamRecord = record;
  return rebuilt(given as AnyRecord, record.key, value, record.timestamp, provenance) as WithValue<R, U>;
}

/** The record with another key; all else stays. */
export function withKey<R extends StreamRecord, K>(record: R, key: K): WithKey<R, K> {
  const given: StreamRecord = record;
  return rebuilt(given as AnyRecord, key, record.value, record.timestamp, record['~provenance']) as WithKey<R, K>;
}

/** The record at another time; all else stays. */
export function withTimestamp<R extends StreamRecord>(record: R, timestamp: number): R {
  const given: StreamRecord = record;
  return rebuilt(given as AnyRecord, record.key, record.value, timestamp, record['~provenance']) as StreamRecord as R;
}
