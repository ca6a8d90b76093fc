// Pipelines as users write them: no type annotation inside any `.pipe(…)`.
import { Kafka } from 'kafkajs';
import {
  ack,
  assignTimestamps,
  type ByKeyOptions,
  bytes,
  type Bytes,
  type Codec,
  commitOffsets,
  type ConsumerOptions,
  countByKey,
  type Duration,
  filterRecords,
  flatMapValues,
  float64,
  fromTopic,
  int32,
  type InvalidRecord,
  isStreamError,
  json,
  type KafkaClient,
  type KafkaRecord,
  type Key,
  keyBy,
  mapValues,
  nullable,
  print,
  reduceByKey,
  type StreamErrorCode,
  type StreamRecord,
  tapRecords,
  text,
  toTopic,
  tumbling,
  type WindowedRecord,
} from 'millrace';
import { FakeKafka } from 'millrace/testing';
import {
  asyncScheduler,
  catchError,
  EMPTY,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  type OperatorFunction,
  pipe,
  retry,
  throttleTime,
  toArray,
  VirtualTimeScheduler,
} from 'rxjs';
import { expectTypeOf } from 'vitest';

interface Order {
  readonly id: string;
  readonly customer: string;
  readonly amount: number;
  readonly region: 'eu' | 'us';
  readonly at: string;
}
interface Payment {
  readonly order: string;
  readonly paid: number;
}
declare function parseOrder(value: unknown): Order;

const kafka = new Kafka({ clientId: 'usage', brokers: ['localhost:9092'] });
const orders$ = fromTopic(kafka, 'orders', { groupId: 'g', key: text, value: json(parseOrder) });
expectTypeOf(orders$).toEqualTypeOf<Observable<KafkaRecord<string, Order>>>();

// Word count, the program everything serves.
fromTopic(kafka, 'lines', { groupId: 'word-count', value: text })
  .pipe(
    flatMapValues((line) => line.toLowerCase().match(/\p{L}+/gu) ?? []),
    keyBy((word) => word),
    mapValues(() => 1),
    reduceByKey((a, b) => a + b, { window: tumbling('10s'), grace: '2s' }),
    toTopic(kafka, 'counts', { key: text, value: json() }),
    commitOffsets({ every: '5s' }),
  )
  .subscribe((result) => {
    expectTypeOf(result).toEqualTypeOf<WindowedRecord<string, number>>();
    expectTypeOf(result.window.start).toBeNumber();
    expectTypeOf(result.final).toBeBoolean();
  });

// Bytes as they are; topics by pattern; the topic is on the record, and may choose where it goes.
expectTypeOf(fromTopic(kafka, 'lines')).toEqualTypeOf<Observable<KafkaRecord<Bytes | null, Bytes | null>>>();
expectTypeOf(fromTopic(kafka, 'lines', { key: bytes, value: bytes })).toEqualTypeOf<Observable<KafkaRecord<Bytes | null, Bytes | null>>>();
fromTopic(kafka, /^events\./, { groupId: 'audit' })
  .pipe(
    filterRecords((value) => value !== null),
    tapRecords((value, record) => {
      expectTypeOf(record.key).toEqualTypeOf<Bytes | null>();
      console.log(record.topic, value);
    }),
    toTopic(kafka, (_, record) => `copy.${record.topic}`, {}),
    commitOffsets(),
  )
  .subscribe();

// Several topics, a bounded read from a timestamp.
expectTypeOf(
  fromTopic(kafka, ['orders-eu', 'orders-us'], {
    groupId: 'report',
    key: text,
    value: json(parseOrder),
    from: { timestamp: 1_700_000_000_000 },
    until: 'latest',
    atEnd: 'hold',
  }).pipe(toArray()),
).toEqualTypeOf<Observable<KafkaRecord<string, Order>[]>>();

// From and until offsets.
fromTopic(kafka, 'orders', {
  groupId: 'repair',
  from: { offsets: [{ topic: 'orders', partition: 0, offset: 1_042 }] },
  until: { offsets: [{ topic: 'orders', partition: 0, offset: 2_000 }] },
})
  .pipe(print())
  .subscribe();

// Stop by signal, time from the value, kafkajs' own options.
const stop = new AbortController();
fromTopic(kafka, 'orders', {
  groupId: 'g',
  key: text,
  value: json(parseOrder),
  timestamp: (order, record) => Date.parse(order.at) + record.offset * 0,
  outOfOrderness: '10s',
  idleAfter: '5s',
  maxSkew: '1m',
  maxAhead: '5m',
  onBadTimestamp: 'partitionTime',
  maxInFlight: 1_000,
  maxInFlightBytes: 2 ** 20,
  stallAfter: 60_000,
  signal: stop.signal,
  drainTimeout: '1m',
  onChange: 'rebuild',
  consumer: { sessionTimeout: 10_000, retry: { retries: 8 }, maxWaitTimeInMs: 100 },
  scheduler: asyncScheduler,
})
  .pipe(ack(), commitOffsets({ every: '1s', count: 500 }))
  .subscribe();

// What cannot be decoded goes to a topic of its own, as the bytes it is.
fromTopic(kafka, 'orders', {
  groupId: 'g',
  key: text,
  value: json(parseOrder),
  onInvalid: (invalid$) => {
    expectTypeOf(invalid$).toEqualTypeOf<Observable<InvalidRecord>>();
    return invalid$.pipe(
      tapRecords((_, record) => console.error(record.error.code, record.offset)),
      toTopic(kafka, 'orders-dead', {}),
    );
  },
})
  .pipe(commitOffsets())
  .subscribe();

// FakeKafka in place of Kafka, and either of the two.
const fake = new FakeKafka();
expectTypeOf(fromTopic(fake, 'lines', { groupId: 'g', value: text, scheduler: new VirtualTimeScheduler() })).toEqualTypeOf<
  Observable<KafkaRecord<Bytes | null, string>>
>();
const either = process.env['KAFKA_BROKERS'] ? kafka : fake;
fromTopic(either, 'lines', { groupId: 'g', value: text }).pipe(commitOffsets()).subscribe();
const client: KafkaClient = either;
const wordCount = (any: KafkaClient) =>
  fromTopic(any, 'lines', { groupId: 'g', value: text }).pipe(
    keyBy((line) => line),
    countByKey({ window: tumbling('1s') }),
    toTopic(any, 'counts', { key: text, value: int32 }),
    commitOffsets(),
  );
expectTypeOf(wordCount(client)).toEqualTypeOf<Observable<WindowedRecord<string, number>>>();

// Several sources merged: a union of records goes through record-wise operators.
const payments$ = fromTopic(kafka, 'payments', { groupId: 'g', key: text, value: json<Payment>((value) => value as Payment) });
expectTypeOf(merge(orders$, payments$).pipe(mapValues((value) => ('paid' in value ? value.paid : value.amount)))).toEqualTypeOf<
  Observable<KafkaRecord<string, number>>
>();

// A codec of one's own.
const uuid: Codec<string> = { encode: (id) => id.replaceAll('-', ''), decode: (read) => String(read.length) };
expectTypeOf(
  fromTopic(kafka, 'users', { key: uuid, value: nullable(json<{ name: string }>((value) => value as { name: string })) }),
).toEqualTypeOf<Observable<KafkaRecord<string, { name: string } | null>>>();

// A type guard narrows the value.
expectTypeOf(
  fromTopic(kafka, 'users', { key: uuid, value: nullable(text) }).pipe(filterRecords((user): user is string => user !== null)),
).toEqualTypeOf<Observable<KafkaRecord<string, string>>>();

// Windows of windows; tuple keys keep their parts' types.
expectTypeOf(
  orders$.pipe(
    keyBy((order) => [order.region, order.customer]),
    countByKey({ window: tumbling('10s') }),
    keyBy((_, record) => record.key[0]),
    reduceByKey(Math.max, { window: tumbling('1m', { offset: '-1s' }) }),
  ),
).toEqualTypeOf<Observable<WindowedRecord<'eu' | 'us', number>>>();

// A result of a window keeps it through record-wise operators.
expectTypeOf(
  orders$.pipe(
    countByKey({ window: tumbling('1h') }),
    filterRecords((n) => n > 1),
    mapValues(String),
  ),
).toEqualTypeOf<Observable<WindowedRecord<string, string>>>();

// Nullable keys are given a key before state is kept.
fromTopic(kafka, 'n', { groupId: 'g', key: nullable(text), value: int32 })
  .pipe(
    keyBy((_, record) => record.key ?? 'none'),
    reduceByKey(Math.max, { window: tumbling('1s') }),
    toTopic(kafka, 'm', { key: text, value: int32 }),
    commitOffsets(),
  )
  .subscribe();

// Errors, exhaustively.
function advice(code: StreamErrorCode): string {
  switch (code) {
    case 'INVALID_OPTION':
    case 'NO_SOURCE':
    case 'UNSUPPORTED':
      return 'fix the code';
    case 'DECODE_FAILED':
    case 'ENCODE_FAILED':
    case 'CALLBACK_FAILED':
    case 'TIMEOUT':
    case 'NULL_KEY':
    case 'BAD_TIMESTAMP':
      return 'look at the record';
    case 'STALLED':
    case 'ACKED_TWICE':
    case 'REPLAY_TOO_LONG':
    case 'STATE_FULL':
    case 'PARTITIONS_ELSEWHERE':
    case 'WINDOWS_CHANGED':
    case 'METADATA_UNREADABLE':
      return 'look at the pipeline';
    case 'UNKNOWN_TOPIC':
    case 'BROKER_UNREACHABLE':
    case 'NOT_AUTHENTICATED':
    case 'NOT_AUTHORIZED':
    case 'DATA_LOST':
    case 'CONSUMER_FAILED':
      return 'look at the cluster';
    case 'COMMIT_FAILED':
    case 'PRODUCE_FAILED':
    case 'TRANSACTION_FAILED':
    case 'FENCED':
      return 'try again';
    default:
      return code satisfies never;
  }
}
orders$
  .pipe(
    commitOffsets(),
    catchError((error: unknown) => {
      if (!isStreamError(error)) throw error;
      expectTypeOf(error.offset).toEqualTypeOf<number | undefined>();
      return of(advice(error.code));
    }),
  )
  .subscribe();
declare const caught: unknown;
if (isStreamError(caught, 'DATA_LOST')) expectTypeOf(caught.code).toEqualTypeOf<'DATA_LOST'>();

// Operators of users: of given types, generic in key and value, generic in the record.
const words = (): OperatorFunction<KafkaRecord<unknown, string>, KafkaRecord<string, number>> =>
  pipe(
    flatMapValues((line) => line.split(' ')),
    keyBy((word) => word),
    mapValues(() => 1),
  );
function movingCount<K extends Key, V>(span: Duration): OperatorFunction<KafkaRecord<K, V>, WindowedRecord<K, number>> {
  return (source) =>
    source.pipe(
      filterRecords((value) => value !== undefined),
      countByKey({ window: tumbling(span) }),
    );
}
const logged =
  <R extends StreamRecord>(label: string): OperatorFunction<R, R> =>
  (source) =>
    source.pipe(
      tapRecords((value, record) => console.log(label, record.key, value)),
      ack(),
    );
const amounts = <K>(): OperatorFunction<KafkaRecord<K, Order>, KafkaRecord<K, number>> => mapValues((order) => order.amount);
expectTypeOf(
  orders$.pipe(
    amounts(),
    filterRecords((n) => n > 0),
  ),
).toEqualTypeOf<Observable<KafkaRecord<string, number>>>();
expectTypeOf(
  fromTopic(kafka, 'lines', { groupId: 'g', value: text }).pipe(words(), logged('words'), movingCount('1m'), logged('top')),
).toEqualTypeOf<Observable<WindowedRecord<string, number>>>();

// RxJS operators in between: a spread keeps where a record came from, retry and catchError just work.
expectTypeOf(
  orders$.pipe(
    map((record) => ({ ...record, value: record.value.amount })),
    filterRecords((amount) => amount > 10),
    retry({ count: 3, delay: 1_000 }),
    catchError(() => EMPTY),
    commitOffsets(),
    throttleTime(1_000),
    mergeMap((record) => [record.value]),
  ),
).toEqualTypeOf<Observable<number>>();

// A wrapper of the user's own around fromTopic keeps kafkajs' options and types.
function ourTopic<V>(topic: string, value: Codec<V>, consumer?: ConsumerOptions<Kafka>) {
  return fromTopic(kafka, topic, { groupId: 'ours', key: nullable(text), value, consumer });
}
expectTypeOf(ourTopic('n', float64, { maxBytes: 1e6 })).toEqualTypeOf<Observable<KafkaRecord<string | null, number>>>();

// Options built elsewhere; undefined is as good as absent.
declare const configured: { grace?: Duration; every: Duration | undefined };
const options: ByKeyOptions = { window: tumbling(configured.grace ?? '1m'), grace: configured.grace, emit: undefined };
orders$.pipe(countByKey(options), commitOffsets({ every: configured.every, count: undefined })).subscribe();

// A time that is known only further on; the type of the records stays.
expectTypeOf(
  orders$.pipe(
    assignTimestamps((order) => Date.parse(order.at)),
    filterRecords((order) => order.amount > 0),
    keyBy((order) => order.customer),
  ),
).toExtend<Observable<KafkaRecord<string, Order>>>();
expectTypeOf(orders$.pipe(assignTimestamps((order, record) => order.amount + record.offset))).toEqualTypeOf<
  Observable<KafkaRecord<string, Order>>
>();
