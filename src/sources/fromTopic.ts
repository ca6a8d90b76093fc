import { asyncScheduler, Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import { bytes } from '../codecs/bytes';
import type { Decoder } from '../codecs/codec';
import { decodeWith } from '../codecs/decodeWith';
import { placeOf, StreamError } from '../errors';
import type { ClientOptions, KafkaClient, KafkaConsumerConfig, KafkaMessage } from '../kafka/client';
import type { Bytes, InvalidRecord, KafkaRecord, Place, RecordHeaders } from '../records';
import { openSideOutput, type SideOutput } from '../operators/sideOutput';
import type { PartitionEpoch } from '../run/partitionEpoch';
import { Run } from '../run/run';
import { participantsDownstream } from '../run/scope';
import type { Share } from '../run/share';
import { type Duration, toMillis } from '../time/duration';

/** Where a partition without a commit starts; `'committed'` is an error then. Partitions that `offsets` does not name start at `'earliest'`. */
export type From =
  'earliest' | 'latest' | 'committed' | { /** ms since the epoch */ readonly timestamp: number } | { readonly offsets: readonly Place[] };

/** Where a bounded source ends, exclusive; `'latest'` is the end at the moment of subscription. Partitions that `offsets` does not name end at `'latest'`. */
export type Until = 'latest' | { /** ms since the epoch */ readonly timestamp: number } | { readonly offsets: readonly Place[] };

/** kafkajs' own consumer options, from the client that was passed in, without those that millrace sets itself. */
export type ConsumerOptions<C extends KafkaClient> = ClientOptions<
  Parameters<C['consumer']>[0],
  'groupId' | 'readUncommitted' | 'partitionAssigners'
>;

/** Options of `fromTopic`. */
export interface FromTopicOptions<C extends KafkaClient, K, V> {
  /** The consumer group whose offsets are read and committed. Default: none; nothing is committed, and a record is released when it has been delivered. */
  readonly groupId?: string | undefined;
  /** How keys are decoded. Default `bytes`. */
  readonly key?: Decoder<K> | undefined;
  /** How values are decoded. Default `bytes`. */
  readonly value?: Decoder<V> | undefined;
  /** Where a partition without a commit starts. Default `'earliest'`, so that nothing is lost; kafkajs starts at the latest record. */
  readonly from?: From | undefined;
  /** Where to end: closes windows, commits and completes. Default: never. */
  readonly until?: Until | undefined;
  /** What becomes of open windows at `until`: close them, or hold them for the next run. Default `'close'`. */
  readonly atEnd?: 'close' | 'hold' | undefined;
  /** Un-released records at most, per partition; also the results of a window that the sink has not taken. Default 1,024. */
  readonly maxInFlight?: number | undefined;
  /** Bytes of un-released records at most, per partition; one record may exceed it. Default 4 MiB. */
  readonly maxInFlightBytes?: number | undefined;
  /** Event time of a record, ms since the epoch. Default: the record's own timestamp. */
  readonly timestamp?: ((value: V, record: KafkaRecord<K, V>) => number) | undefined;
  /** How far behind the newest timestamp of its partition a record may come and still be in time, ms or a duration. Default 0. */
  readonly outOfOrderness?: Duration | undefined;
  /** A partition without records for this long, and with none to come as its broker says, no longer holds windows back; ms or a duration. Default '30s'. */
  readonly idleAfter?: Duration | undefined;
  /**
   * How far one partition may run ahead of the others in event time before it waits for them, so that a backlog does not fill windows that cannot close yet; ms
   * or a duration. A partition waits when its newest timestamp is that much newer than the newest of another; idle partitions and those at `until` hold nobody,
   * one that has not spoken yet holds all. Where a partition goes silent the others may wait `idleAfter` for it, so use more than that. Default: no limit.
   */
  readonly maxSkew?: Duration | undefined;
  /**
   * How far ahead of the clock a timestamp is believed, ms or a duration: one record from the year 2106 would otherwise close every window. Default '1h', as
   * brokers have it since Kafka 4.0; no limit on a clock that shows a time before the year 2000, as a virtual one does that nobody has set.
   */
  readonly maxAhead?: Duration | undefined;
  /**
   * What becomes of a record with a timestamp that is negative, no number, or further ahead than `maxAhead`: fail with its place, drop and count it, or go by
   * the newest timestamp of its partition, which fails where there is none yet. Kafka itself has -1 where a producer gave no timestamp. What is too far ahead
   * depends on when it is read: a record that was dropped or moved, and after a crash is read again when its time has come near, counts like any other then; so
   * only with `'fail'` are results exact in all cases. Default `'fail'`.
   */
  readonly onBadTimestamp?: 'fail' | 'skip' | 'partitionTime' | undefined;
  /** No credit and no release for this long is the error `STALLED`; ms or a duration. Default '1m'. */
  readonly stallAfter?: Duration | undefined;
  /**
   * Records at most, counted by their offsets, between what is committed of a partition and its position, so at most as many are read again after a crash; more
   * is the error `REPLAY_TOO_LONG`, which names what holds them: the operator and its window, or the oldest un-released record. Looked at with each commit.
   * Use more than `maxInFlight`. Default: any number, while none is held for longer than half of the topic's `retention.ms`, counted from when this run read it
   * (of a topic that deletes by time, and if the user may describe it); beyond that the record may be deleted before it is committed. That limit holds as well
   * if a number is given; `Infinity` does without both. Without a group nothing is committed, and so nothing is read again.
   */
  readonly maxReplay?: number | undefined;
  /** Abort to drain: stop reading, finish and commit what is in flight, complete. Default: none. */
  readonly signal?: AbortSignal | undefined;
  /** How long a drain may take, ms or a duration; then it is `TIMEOUT`. Default '30s'. */
  readonly drainTimeout?: Duration | undefined;
  /** What becomes of a record that cannot be decoded: fail with its place, drop and count it, or send it elsewhere. Default `'fail'`. */
  readonly onInvalid?: 'fail' | 'skip' | SideOutput<InvalidRecord> | undefined;
  /** What to do when the windows in the code are not those that were committed: fail, or rebuild from the committed offsets, where results may repeat or lack records. Default `'error'`. */
  readonly onChange?: 'error' | 'rebuild' | undefined;
  /**
   * Options for kafkajs' consumer, passed on. Defaults that differ from kafkajs': `maxWaitTimeInMs` 100 (5,000), since a paused partition goes on only after
   * it, `maxBytesPerPartition` 512 KiB (1 MiB), since a fetch is held in memory, `allowAutoTopicCreation` false (true), since a misspelt topic should be an error.
   */
  readonly consumer?: ConsumerOptions<C> | undefined;
  /** The clock for idleness and intervals. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Reads one topic, several, or all whose name matches, as one Observable of decoded records; nothing happens until it is subscribed.
 *
 * Each subscription is a run with a consumer of its own. Records are pulled under backpressure: per partition at most `maxInFlight` are delivered and not yet
 * released, whatever stands downstream, and fetching is paused before memory fills. With a `groupId`, what is released (acked, dropped, or folded into a
 * result that is itself released) is committed every 5 s, or as `commitOffsets` says; the next run begins there. Every rebalance rebuilds each partition from its
 * commit.
 *
 * It completes at `until`, or when `signal` has been aborted and everything in flight is released. Unsubscribing commits what was acked, and nothing else.
 *
 * @param kafka - `new Kafka(…)` of kafkajs, or `new FakeKafka()`
 * @param topic - a name, several, or a pattern, which is matched against the topics there are at subscription; internal topics (`__…`) never match
 * @throws StreamError `INVALID_OPTION` at the call; in the error channel `UNKNOWN_TOPIC`, `BROKER_UNREACHABLE`, `NOT_AUTHENTICATED`, `NOT_AUTHORIZED`,
 *   `CONSUMER_FAILED`, `DECODE_FAILED`, `BAD_TIMESTAMP`, `CALLBACK_FAILED`, `STALLED`, `REPLAY_TOO_LONG`, `TIMEOUT`, `DATA_LOST`, `WINDOWS_CHANGED`,
 *   `METADATA_UNREADABLE`, `PARTITIONS_ELSEWHERE`, `COMMIT_FAILED`
 * @since 0.1.0
 * @example
 * ```ts
 * import { fromTopic, text } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('lines', [{ value: 'to be' }]);
 * fromTopic(kafka, 'lines', { value: text, until: 'latest' }).subscribe((record) => console.log(record.offset, record.value));
 * ```
 */
export function fromTopic<C extends KafkaClient, K = Bytes | null, V = Bytes | null>(
  kafka: C,
  topic: string | readonly string[] | RegExp,
  options: FromTopicOptions<C, K, V> = {},
): Observable<KafkaRecord<K, V>> {
  const {
    from = 'earliest',
    until,
    atEnd = 'close',
    onChange = 'error',
    onInvalid = 'fail',
    groupId,
    signal,
    scheduler = asyncScheduler,
  } = options;
  const topics = typeof topic === 'string' ? [topic] : topic;
  const run = {
    kafka,
    topics,
    groupId,
    from,
    until,
    atEnd,
    onChange,
    scheduler,
    maxInFlight: atLeastOne(options.maxInFlight ?? 1_024, 'maxInFlight'),
    maxInFlightBytes: atLeastOne(options.maxInFlightBytes ?? 4_194_304, 'maxInFlightBytes'),
    outOfOrderness: toMillis(options.outOfOrderness ?? 0, 'outOfOrderness'),
    idleAfter: toMillis(options.idleAfter ?? '30s', 'idleAfter', 1),
    maxAhead: options.maxAhead === undefined ? undefined : toMillis(options.maxAhead, 'maxAhead'),
    onBadTimestamp: options.onBadTimestamp ?? 'fail',
    maxSkew: options.maxSkew === undefined ? Infinity : toMillis(options.maxSkew, 'maxSkew'),
    stallAfter: toMillis(options.stallAfter ?? '1m', 'stallAfter', 1),
    maxReplay: options.maxReplay === undefined ? undefined : atLeastOne(options.maxReplay, 'maxReplay'),
    drainTimeout: toMillis(options.drainTimeout ?? '30s', 'drainTimeout'),
    consumer: (options.consumer ?? {}) as Partial<KafkaConsumerConfig>,
  };
  if (!(topics instanceof RegExp) && !areNames(topics)) {
    throw new StreamError(
      'INVALID_OPTION',
      `the topic of fromTopic is ${JSON.stringify(topic)}: give a name, a list of names, or a RegExp`,
    );
  }
  if (groupId === '') throw new StreamError('INVALID_OPTION', 'groupId is an empty text: leave it out to read without a group');
  oneOf(from, ['earliest', 'latest', 'committed'], 'from');
  if (until !== undefined) oneOf(until, ['latest'], 'until');
  oneOf(atEnd, ['close', 'hold'], 'atEnd');
  oneOf(onChange, ['error', 'rebuild'], 'onChange');
  if (typeof onInvalid !== 'function') oneOf(onInvalid, ['fail', 'skip'], 'onInvalid');
  oneOf(run.onBadTimestamp, ['fail', 'skip', 'partitionTime'], 'onBadTimestamp');
  if (from === 'committed' && groupId === undefined)
    throw new StreamError('INVALID_OPTION', "from is 'committed', but there is no groupId that could have committed");

  const leaving = new Set<Promise<void>>();
  return new Observable<KafkaRecord<K, V>>((subscriber) => {
    const running = new Run(
      run,
      {
        next: (...message) => give(...message),
        error: (error) => subscriber.error(error),
        complete: () => {
          side?.complete();
          subscriber.complete();
        },
      },
      participantsDownstream(),
    );
    const side = typeof onInvalid === 'function' ? openSideOutput(onInvalid, (error) => running.fail(error)) : undefined;
    // It outlives the subscriber where reading ends before what came of the last invalid records is written, which the last commit waits for.
    if (side) void running.left.then(side.close);
    const give = recordsInto(subscriber, (record) => side?.next(record), options, running);
    const stop = () => running.stop();
    signal?.addEventListener('abort', stop);
    subscriber.add(() => {
      signal?.removeEventListener('abort', stop);
      leaving.add(running.left);
      void running.left.then(() => leaving.delete(running.left));
      running.abandon();
    });
    // A second run of the same Observable, by retry or repeat, would otherwise join the group while the first is still a member.
    const started = running.start([...leaving]);
    if (signal?.aborted) void started.then(stop);
  });
}

/** Turns messages into records and gives them to the subscriber; what cannot be decoded goes where `onInvalid` says. */
function recordsInto<C extends KafkaClient, K, V>(
  subscriber: Subscriber<KafkaRecord<K, V>>,
  giveInvalid: (record: InvalidRecord) => void,
  { key: keyDecoder, value: valueDecoder, timestamp: timestampOf, onInvalid = 'fail' }: FromTopicOptions<C, K, V>,
  run: Pick<Run, 'fail' | 'timestamps'>,
): (message: KafkaMessage, epoch: PartitionEpoch, offset: number) => void {
  const keys = (keyDecoder ?? bytes) as Decoder<K>;
  const values = (valueDecoder ?? bytes) as Decoder<V>;
  return (message, epoch, offset) => {
    const { topic, partition } = epoch;
    const place = { topic, partition, offset };
    const size = (message.key?.length ?? 0) + (message.value?.length ?? 0);
    const brokerTime = Number(message.timestamp);
    let part = 'key';
    let key: K;
    let value: V;
    try {
      key = decodeWith(keys, message.key);
      part = 'value';
      value = decodeWith(values, message.value);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const error = new StreamError(
        'DECODE_FAILED',
        `could not decode the ${part} of ${placeOf(place)}: ${reason}. Is it written with another codec? onInvalid: 'skip' goes on without such records, a function sends them elsewhere`,
        { ...place, cause },
      );
      if (onInvalid === 'fail') {
        run.fail(error);
        return;
      }
      const share = epoch.deliver(offset, -Infinity, size); // its timestamp may be as wrong as the rest: it moves no watermark
      if (onInvalid === 'skip') share.release();
      else
        giveInvalid({
          key: message.key,
          value: message.value,
          timestamp: brokerTime,
          headers: headersOf(message),
          ...place,
          error,
          '~provenance': share,
        });
      return;
    }
    const stamped = (share: Share | undefined, timestamp: number): KafkaRecord<K, V> => ({
      key,
      value,
      timestamp,
      headers: headersOf(message),
      topic,
      partition,
      offset,
      '~provenance': share ?? unknownYet,
    });
    let timestamp = brokerTime;
    if (timestampOf) {
      try {
        timestamp = timestampOf(value, stamped(undefined, brokerTime));
      } catch (cause) {
        run.fail(
          new StreamError(
            'CALLBACK_FAILED',
            `timestamp of fromTopic threw at ${placeOf(place)}: ${cause instanceof Error ? cause.message : String(cause)}`,
            { ...place, cause },
          ),
        );
        return;
      }
    }
    let time: number | undefined = timestamp;
    try {
      // Where time is assigned on the way, this one moves nothing, and may be anything.
      if (!epoch.assigned) time = run.timestamps.timeOf(timestamp, epoch, offset, timestampOf ? 'that the callback gave for' : 'of', 0);
    } catch (error) {
      run.fail(error);
      return;
    }
    if (time === undefined) {
      epoch.deliver(offset, -Infinity, size).release();
      return;
    }
    const share = epoch.deliver(offset, time, size);
    subscriber.next(stamped(share, time));
    if (epoch.autoRelease) releaseAll(share);
  };
}

const unknownYet = Object.freeze({ kind: 'millrace' as const });
const noHeaders: RecordHeaders = Object.freeze(Object.create(null) as RecordHeaders);

/** Without a prototype, so that a header named `__proto__` is only a header. Most records have none, and share one object. */
function headersOf({ headers }: KafkaMessage): RecordHeaders {
  if (headers === undefined) return noHeaders;
  for (const _name in headers) return Object.assign(Object.create(null) as RecordHeaders, headers);
  return noHeaders;
}

/** Without a group there is nothing to commit: a record is done when it has been delivered, whatever becomes of it. */
function releaseAll(share: Share): void {
  const { root } = share;
  root.shares = 0;
  root.spent();
}

function areNames(topics: unknown): boolean {
  return Array.isArray(topics) && topics.length > 0 && topics.every((name) => typeof name === 'string' && name !== '');
}

function atLeastOne(value: number, name: string): number {
  if (value >= 1) return value;
  throw new StreamError('INVALID_OPTION', `${name} is ${value}: it must be 1 or more`);
}

function oneOf(value: unknown, allowed: readonly string[], name: string): void {
  if (typeof value === 'object' && value !== null) return;
  if (!allowed.includes(value as string))
    throw new StreamError(
      'INVALID_OPTION',
      `${name} is ${JSON.stringify(value)}: it can be ${allowed.map((text) => `'${text}'`).join(', ')}`,
    );
}
