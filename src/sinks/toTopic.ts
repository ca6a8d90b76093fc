import { asyncScheduler, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';
import { bytes } from '../codecs/bytes';
import type { Encoded, Encoder } from '../codecs/codec';
import { encodeWith } from '../codecs/encodeWith';
import { StreamError } from '../errors';
import type { ClientOptions, KafkaClient } from '../kafka/client';
import type { OutgoingMessage } from '../kafka/partitionWriter';
import { TopicWriter } from '../kafka/topicWriter';
import { callbackFailed, whereOf } from '../operators/callbackFailed';
import { operate } from '../operators/operate';
import type { RecordHeaders, StreamRecord, TimeWindow } from '../records';
import type { Clock } from '../time/clock';
import { type Duration, toMillis } from '../time/duration';

/** kafkajs' own producer options, from the client that was passed in, without those that millrace sets itself. */
export type ProducerOptions<C extends KafkaClient> = ClientOptions<
  NonNullable<Parameters<C['producer']>[0]>,
  'idempotent' | 'transactionalId' | 'createPartitioner'
>;

/** The codec for one part: may be left out where that part is already bytes or null. */
export type CodecOption<Part extends 'key' | 'value', T> = [T] extends [Uint8Array | null]
  ? { readonly [N in Part]?: Encoder<T> | undefined }
  : { readonly [N in Part]: Encoder<T> };

/** What every sink that produces takes. */
export interface ProduceOptions<C extends KafkaClient, R extends StreamRecord> {
  /** Headers to write. Default: the record's own. */
  readonly headers?: ((value: R['value'], record: R) => RecordHeaders) | undefined;
  /** Also write `window-start` and `window-end` (ms as text) for a window's result; two headers cost as much as the rest of the record. Default false. */
  readonly windowHeaders?: boolean | undefined;
  /** Event time to write, ms since the epoch; a fraction is cut off. Default: the record's. */
  readonly timestamp?: ((value: R['value'], record: R) => number) | undefined;
  /** Partition to write to, from 0. Default: by the key, as kafkajs and Kafka do; without a key, one partition for each batch in turn. */
  readonly partition?: ((value: R['value'], record: R) => number) | undefined;
  /** kafkajs' `CompressionTypes`. Default 0, none. */
  readonly compression?: number | undefined;
  /** How long a batch waits for more records, ms or a duration; a full one, of 500 records or 900 kB (text counts as 3 bytes a character), does not wait. Default '5ms'. */
  readonly linger?: Duration | undefined;
  /** Options for kafkajs' producer, passed on. `allowAutoTopicCreation` is false here (true in kafkajs), since a misspelt topic should be an error. */
  readonly producer?: ProducerOptions<C> | undefined;
  /** The clock for `linger`. Default: the one that the source has. */
  readonly scheduler?: SchedulerLike | undefined;
}

/** What only `toTopic` takes. */
export interface ToTopicOnlyOptions {
  /** Who must have a record before it counts as written: -1, all replicas that are in sync, or 1, the leader alone. Default -1. */
  readonly acks?: -1 | 1 | undefined;
}

/** Options of `toTopic`: those of producing, and the codecs. */
export type ToTopicOptions<C extends KafkaClient, R extends StreamRecord> = ProduceOptions<C, R> &
  ToTopicOnlyOptions &
  CodecOption<'key', R['key']> &
  CodecOption<'value', R['value']>;

/**
 * Produces each record, and passes it on once the broker has acknowledged it; put `commitOffsets` behind it, and nothing is committed before it is written.
 *
 * Releases nothing itself: a record on its way counts as in flight, so what waits here is bounded by `maxInFlight`. Records of one partition are written and
 * passed on in order, and partitions do not wait for each other. After a crash some may be written again (at least once).
 *
 * @param kafka - `new Kafka(…)` of kafkajs, or `new FakeKafka()`
 * @param topic - a name, or a function that gives one for each record
 * @param options - `key` and `value` codecs, unless those are bytes already; the others have defaults
 * @throws StreamError `INVALID_OPTION` at the call; in the error channel `ENCODE_FAILED`, `CALLBACK_FAILED`, `UNKNOWN_TOPIC`, `PRODUCE_FAILED`,
 *   `BROKER_UNREACHABLE`, `NOT_AUTHENTICATED`, `NOT_AUTHORIZED`, and `INVALID_OPTION` for a partition that the topic does not have
 * @since 0.1.0
 * @example
 * ```ts
 * import { commitOffsets, fromTopic, mapValues, text, toTopic } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.createTopic('shouts');
 * kafka.append('lines', [{ key: 'ann', value: 'to be' }]);
 * fromTopic(kafka, 'lines', { groupId: 'g', key: text, value: text, until: 'latest' })
 *   .pipe(
 *     mapValues((line) => line.toUpperCase()),
 *     toTopic(kafka, 'shouts', { key: text, value: text }),
 *     commitOffsets(),
 *   )
 *   .subscribe();
 * ```
 */
export function toTopic<C extends KafkaClient, R extends StreamRecord>(
  kafka: C,
  topic: string | ((value: R['value'], record: R) => string),
  options: ToTopicOptions<C, R>,
): MonoTypeOperatorFunction<R> {
  const { acks = -1, compression, linger = '5ms', producer = {} } = options;
  const lingerMillis = toMillis(linger, 'linger of toTopic');
  if (topic === '' || !['string', 'function'].includes(typeof topic)) {
    throw new StreamError('INVALID_OPTION', `the topic of toTopic is ${JSON.stringify(topic)}: give a name, or a function that gives one`);
  }
  if (acks !== -1 && acks !== 1)
    throw new StreamError(
      'INVALID_OPTION',
      `acks of toTopic is ${String(acks)}: it can be -1 or 1; with 0 nobody would know whether a record was lost`,
    );
  const messageOf = messagesFrom(options);

  return operate((destination) => {
    let clock: Clock | undefined = options.scheduler;
    const writer = new TopicWriter<R>(
      kafka,
      { acks, compression, linger: lingerMillis, clock: () => clock ?? asyncScheduler, producer },
      {
        acknowledged: (records) => {
          for (const record of records) destination.next(record);
        },
        failed: (error) => destination.error(error),
      },
    );
    const next = (record: R) => {
      const name = typeof topic === 'string' ? topic : called('topic', record, () => topic(record.value, record));
      const partition = options.partition && called('partition', record, () => options.partition?.(record.value, record));
      writer.write(name, messageOf(record), record, partition);
    };
    return {
      participant: { name: 'toTopic', busy: () => writer.pending > 0, attach: (run) => void (clock ??= run.clock) },
      next,
      complete: () => void writer.flush().then(() => destination.complete()),
      teardown: () => void writer.close(),
    };
  });
}

/** What is written for a record. */
function messagesFrom<C extends KafkaClient, R extends StreamRecord>(options: ToTopicOptions<C, R>): (record: R) => OutgoingMessage {
  // The type lets a codec be left out where the part is bytes or null.
  const keys = (options.key ?? bytes) as Encoder<R['key']>;
  const values = (options.value ?? bytes) as Encoder<R['value']>;
  return (record) => {
    const { value } = record;
    const timestamp = options.timestamp ? called('timestamp', record, () => options.timestamp?.(value, record) ?? NaN) : record.timestamp;
    if (!Number.isFinite(timestamp)) {
      throw new StreamError(
        'BAD_TIMESTAMP',
        `the timestamp to write for ${whereOf(record)} is ${timestamp}: does the timestamp callback of toTopic give milliseconds since the epoch?`,
      );
    }
    const headers = options.headers ? called('headers', record, () => options.headers?.(value, record) ?? {}) : record.headers;
    return {
      key: encoded(keys, record.key, 'key', record),
      value: encoded(values, value, 'value', record),
      timestamp: Math.floor(timestamp),
      headers: options.windowHeaders ? withWindow(headers, record) : headers,
    };
  };
}

function called<T>(option: string, record: StreamRecord, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw callbackFailed(`${option} of toTopic`, record, error);
  }
}

function encoded<T>(encoder: Encoder<T>, part: T, name: string, record: StreamRecord): Encoded {
  try {
    return encodeWith(encoder, part);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StreamError(
      'ENCODE_FAILED',
      `could not encode the ${name} of ${whereOf(record)} for toTopic: ${reason}. Does the ${name} codec fit what the pipeline makes?`,
      { cause },
    );
  }
}

function withWindow(headers: RecordHeaders, record: StreamRecord): RecordHeaders {
  if (!('window' in record)) return headers;
  const { start, end } = record.window as TimeWindow;
  return { ...headers, 'window-start': String(start), 'window-end': String(end) };
}
