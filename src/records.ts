import type { StreamError } from './errors';

/** Bytes as they come from Kafka. (An interface only so that messages say `Bytes` and not `Uint8Array<ArrayBufferLike>`.) */
export interface Bytes extends Uint8Array {}

/** What a key must be before state is kept for it: not null, not undefined. Compared by value: bytes by content, tuples and plain objects by structure. */
export type Key = string | number | bigint | boolean | object;

/** Headers by name, in the shape kafkajs uses: an array where a name occurs more than once. Has no prototype, so any name is safe. */
export interface RecordHeaders {
  readonly [name: string]: Bytes | string | readonly (Bytes | string)[] | undefined;
}

/** A stretch of event time, `[start, end)`, in ms since the epoch. */
export interface TimeWindow {
  /** First timestamp inside, ms; `-Infinity` for the window that has no start. */
  readonly start: number;
  /** First timestamp after it, ms; `Infinity` for the window that has no end. */
  readonly end: number;
}

/** A place in a topic, written `topic[partition]@offset`. */
export interface Place {
  readonly topic: string;
  /** From 0. */
  readonly partition: number;
  /** From 0; an offset that is not a safe integer is refused, never rounded. */
  readonly offset: number;
}

/** Which source records an element stands for. Opaque: our operators carry it, `{ ...record }` keeps it, building a record by hand loses it. */
export interface Provenance {
  readonly kind: 'millrace';
}

/** What every record has; the operators accept anything that extends it. */
export interface StreamRecord<out K = unknown, out V = unknown> {
  readonly key: K;
  readonly value: V;
  /** Event time, ms since the epoch. A window's result has `end - 1`. */
  readonly timestamp: number;
  readonly headers: RecordHeaders;
  /** Set by sources, carried by operators; never read or written by users. */
  readonly '~provenance': Provenance;
}

/** A record that was read from a topic, or made from exactly one such record. */
export interface KafkaRecord<out K, out V> extends StreamRecord<K, V>, Place {}

/** The result of a window: it stands for many records, so it has a window and no offset. */
export interface WindowedRecord<out K, out V> extends StreamRecord<K, V> {
  /** The window this is the result of; unbounded if the operator was given none. */
  readonly window: TimeWindow;
  /** Whether this is the last word on this key and window (always with `emit: 'onClose'`). */
  readonly final: boolean;
}

/** A record that came after its window had closed, as given to `late`, or marked by `late: 'emit'`. */
export type LateRecord<R> = R & { readonly late: Lateness };

/** How late a record was. */
export interface Lateness {
  /** The closed window it belonged to (the last one, if there were several). */
  readonly window: TimeWindow;
  /** How far the partition's watermark was past the moment by which the record would have had to come, ms. */
  readonly by: number;
}

/** A record that could not be decoded, as given to `onInvalid`. */
export interface InvalidRecord extends KafkaRecord<Bytes | null, Bytes | null> {
  readonly error: StreamError;
}

/** `R` with another value; key, time, headers, place or window, and provenance stay. */
export type WithValue<R, U> =
  R extends WindowedRecord<infer K, unknown>
    ? WindowedRecord<K, U>
    : R extends KafkaRecord<infer K, unknown>
      ? KafkaRecord<K, U>
      : R extends StreamRecord<infer K, unknown>
        ? StreamRecord<K, U>
        : never;

/** `R` with another key. */
export type WithKey<R, K> =
  R extends WindowedRecord<unknown, infer V>
    ? WindowedRecord<K, V>
    : R extends KafkaRecord<unknown, infer V>
      ? KafkaRecord<K, V>
      : R extends StreamRecord<unknown, infer V>
        ? StreamRecord<K, V>
        : never;
