// Pipelines as users write them: no type annotation inside any `.pipe(…)`.
import { Kafka } from 'kafkajs';
import {
  ack,
  aggregate,
  aggregateByKey,
  collectByWindow,
  countByValue,
  countByWindow,
  countOf,
  type CustomWindow,
  distinctOf,
  firstOf,
  global,
  hopping,
  lastOf,
  maxOf,
  meanOf,
  minOf,
  calendar,
  reduceByWindow,
  session,
  sliding,
  summarizeByKey,
  sumOf,
  topK,
  type TimeWindow,
  type WindowShape,
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
  type Emitted,
  type LateRecord,
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
  groupBy,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  type OperatorFunction,
  pipe,
  retry,
  take,
  throttleTime,
  toArray,
  VirtualTimeScheduler,
  windowTime,
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

// Windows of RxJS: without a window of its own it reduces until its source completes.
expectTypeOf(
  orders$.pipe(
    amounts(),
    windowTime(60_000),
    mergeMap((part$) => part$.pipe(reduceByKey((a, b) => a + b))),
    commitOffsets(),
  ),
).toEqualTypeOf<Observable<WindowedRecord<string, number>>>();
expectTypeOf(
  orders$.pipe(
    groupBy((record) => record.value.region),
    mergeMap((group$) => group$.pipe(take(100), countByKey())),
  ),
).toEqualTypeOf<Observable<WindowedRecord<string, number>>>();

// Late records go to a topic of their own.
orders$
  .pipe(
    mapValues((order) => order.amount),
    reduceByKey((a, b) => a + b, {
      window: hopping('1h', { every: '1m' }),
      grace: '5m',
      inverse: (total, leaving) => total - leaving,
      late: (late$) =>
        late$.pipe(
          tapRecords((amount, record) => {
            expectTypeOf(amount).toBeNumber();
            expectTypeOf(record.late.by).toBeNumber();
            expectTypeOf(record.late.window).toEqualTypeOf<TimeWindow>();
            console.log(`${record.topic}[${record.partition}]@${record.offset}`, record.key);
          }),
          mapValues((amount, record) => ({ amount, lateBy: record.late.by })),
          toTopic(kafka, 'late-orders', { key: text, value: json() }),
        ),
    }),
    commitOffsets(),
  )
  .subscribe();

// Late records down the pipe, marked.
orders$
  .pipe(
    countByKey({ window: tumbling('1d'), late: 'emit' }),
    tapRecords((value, record) => {
      if ('late' in record) {
        expectTypeOf(record.late.by).toBeNumber();
        expectTypeOf(record.offset).toBeNumber();
        expectTypeOf(record.value).toEqualTypeOf<Order>();
      } else {
        expectTypeOf(record.value).toBeNumber();
        expectTypeOf(record.window.end).toBeNumber();
      }
      expectTypeOf(value).toEqualTypeOf<Order | number>();
    }),
  )
  .subscribe();

// Results while the window is open.
expectTypeOf(
  orders$.pipe(
    countByKey({ window: tumbling('1h'), emit: 'onUpdate' }),
    filterRecords((_, record) => record.final),
    mapValues((n) => `${n}`),
    toTopic(kafka, 'final', { key: text, value: text, windowHeaders: true }),
  ),
).toEqualTypeOf<Observable<WindowedRecord<string, string>>>();
orders$.pipe(countByKey({ window: tumbling('1h'), emit: { every: '10s' }, scheduler: asyncScheduler }), print()).subscribe();

// Several aggregates at once.
const spread = aggregate(
  () => ({ low: Infinity, high: -Infinity }),
  ({ low, high }, order: Order) => ({ low: Math.min(low, order.amount), high: Math.max(high, order.amount) }),
  (a, b) => ({ low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) }),
  ({ low, high }) => high - low,
);
expectTypeOf(
  orders$.pipe(
    summarizeByKey(
      {
        orders: countOf(),
        total: sumOf((order) => order.amount),
        mean: meanOf((order) => order.amount),
        smallest: minOf((order) => order.amount),
        latest: maxOf((order) => order.at),
        first: firstOf((order) => order),
        lastId: lastOf((order) => order.id),
        top: topK(3, (order) => order.amount),
        regions: distinctOf((order) => order.region),
        spread,
        inPlace: aggregate(
          () => 0,
          (n, order) => n + order.amount,
          (a, b) => a + b,
          (n) => n.toFixed(2),
        ),
      },
      { window: tumbling('1h') },
    ),
  ),
).toEqualTypeOf<
  Observable<
    WindowedRecord<
      string,
      {
        orders: number;
        total: number;
        mean: number;
        smallest: number;
        latest: string;
        first: Order;
        lastId: string;
        top: readonly Order[];
        regions: readonly ('eu' | 'us')[];
        spread: number;
        inPlace: string;
      }
    >
  >
>();

// The type of a state is that of its seed.
expectTypeOf(
  orders$.pipe(
    aggregateByKey(
      () => ({ n: 0, total: 0 }),
      (state, order, record) => ({ n: state.n + 1, total: state.total + order.amount + record.timestamp * 0 }),
      (a, b) => ({ n: a.n + b.n, total: a.total + b.total }),
      { window: sliding('5m') },
    ),
    mapValues(({ n, total }) => total / n),
  ),
).toEqualTypeOf<Observable<WindowedRecord<string, number>>>();

// A union of records is reduced by what its values have in common.
expectTypeOf(
  merge(orders$, payments$).pipe(
    mapValues((value) => ('paid' in value ? -value.paid : value.amount)),
    reduceByKey((a, b) => a + b, { window: session({ gap: '30m' }) }),
  ),
).toEqualTypeOf<Observable<WindowedRecord<string, number>>>();

// Windows of one's own, as a value and in place; what is computed from the record knows the record.
const shifts: CustomWindow = {
  kind: 'custom',
  name: 'shifts of 8 hours',
  assign: (timestamp) => [{ start: timestamp - (timestamp % 28_800_000), end: timestamp - (timestamp % 28_800_000) + 28_800_000 }],
};
orders$.pipe(countByKey({ window: shifts }), commitOffsets()).subscribe();
orders$
  .pipe(
    countByKey({
      window: {
        kind: 'custom',
        name: 'large orders',
        assign: (timestamp, record) => (record.value.amount > 100 ? [{ start: timestamp, end: timestamp + 1 }] : []),
      },
    }),
    commitOffsets(),
  )
  .subscribe();
orders$
  .pipe(
    countByKey({
      window: session({ gap: (order, record) => (order.region === 'eu' && record.key !== '' ? '10m' : 60_000) }),
      clock: 'event',
      maxKeys: 1e5,
      maxBytes: 2 ** 20,
      onFull: 'error',
    }),
  )
  .subscribe();

// Windows are values of one type.
const shapes: readonly WindowShape[] = [
  tumbling('10s', { offset: '3s' }),
  hopping(60_000, { every: '10s' }),
  sliding('1m'),
  session({ gap: '30s' }),
  global(),
  calendar('day', { timeZone: 'Europe/Berlin' }),
  shifts,
];
for (const window of shapes) {
  orders$.pipe(countByKey({ window })).subscribe();
  orders$.pipe(countByWindow({ window })).subscribe();
}

// Windows of windows, with the best of each.
expectTypeOf(
  orders$.pipe(
    keyBy((order) => [order.region, order.customer]),
    countByKey({ window: tumbling('10s') }),
    keyBy((_, record) => record.key[0]),
    summarizeByKey({ top: topK(10, (n) => n) }, { window: tumbling('1m') }),
  ),
).toEqualTypeOf<Observable<WindowedRecord<'eu' | 'us', { top: readonly number[] }>>>();

// Without a key: numbers of records with zeros, totals, the records themselves.
expectTypeOf(orders$.pipe(countByWindow({ window: tumbling('1s'), emptyWindows: true }), commitOffsets())).toEqualTypeOf<
  Observable<WindowedRecord<null, number>>
>();
expectTypeOf(
  orders$.pipe(
    amounts(),
    reduceByWindow((a, b) => a + b, { window: tumbling('1s') }),
    toTopic(kafka, 'totals', { value: float64 }),
  ),
).toEqualTypeOf<Observable<WindowedRecord<null, number>>>();
expectTypeOf(orders$.pipe(collectByWindow({ window: tumbling('1s'), maxRecords: 100 }))).toEqualTypeOf<
  Observable<WindowedRecord<null, readonly KafkaRecord<string, Order>[]>>
>();

// The value becomes the key.
expectTypeOf(
  orders$.pipe(
    mapValues((order) => order.region),
    countByValue({ window: tumbling('1h') }),
  ),
).toEqualTypeOf<Observable<WindowedRecord<'eu' | 'us', number>>>();

// More than nine operators are two pipes.
expectTypeOf(
  orders$
    .pipe(
      assignTimestamps((order) => Date.parse(order.at)),
      filterRecords((order) => order.amount > 0),
      keyBy((order) => order.customer),
      mapValues((order) => order.amount),
      logged('a'),
      ack(),
    )
    .pipe(
      reduceByKey((a, b) => a + b, { window: tumbling('1m') }),
      mapValues((n) => n.toFixed(2)),
      logged('b'),
      toTopic(kafka, 't', { key: text, value: text }),
      commitOffsets(),
      throttleTime(1_000),
    ),
).toEqualTypeOf<Observable<WindowedRecord<string, string>>>();

// Windowed operators inside operators of users, generic in key and value.
function topPerWindow<K, V>(
  n: number,
  score: (value: V) => number,
): OperatorFunction<WindowedRecord<K, V>, WindowedRecord<'all', readonly V[]>> {
  return (source) =>
    source.pipe(
      keyBy(() => 'all'),
      aggregateByKey(
        (): readonly V[] => [],
        (best, value) => [...best, value].sort((a, b) => score(b) - score(a)).slice(0, n),
        (a, b) => [...a, ...b].slice(0, n),
        { window: tumbling('1m') },
      ),
    );
}
function hoppingCount<K extends Key, V>(span: Duration): OperatorFunction<KafkaRecord<K, V>, WindowedRecord<K, number>> {
  return (source) => source.pipe(countByKey({ window: hopping(span, { every: '1s' }) }));
}
expectTypeOf(
  fromTopic(kafka, 'lines', { groupId: 'g', value: text }).pipe(
    words(),
    logged('words'),
    hoppingCount('1m'),
    topPerWindow(10, (n) => n),
    logged('top'),
  ),
).toEqualTypeOf<Observable<WindowedRecord<'all', readonly number[]>>>();

// An operator made apart from its pipe is told the record.
const perMinute = countByKey<KafkaRecord<string, Order>>({ window: session({ gap: (order) => order.amount }), grace: '5s' });
expectTypeOf(orders$.pipe(perMinute)).toEqualTypeOf<Observable<WindowedRecord<string, number>>>();
const total = reduceByKey<KafkaRecord<string, number>>((a, b) => a + b, { inverse: (a, b) => a - b });
expectTypeOf(orders$.pipe(amounts(), total)).toEqualTypeOf<Observable<WindowedRecord<string, number>>>();
const marked = countByKey<KafkaRecord<string, Order>, 'emit'>({ window: tumbling('1m'), late: 'emit' });
expectTypeOf(orders$.pipe(marked)).toEqualTypeOf<Observable<WindowedRecord<string, number> | LateRecord<KafkaRecord<string, Order>>>>();

// So are options that look at it; others are any record's.
const byAmount: ByKeyOptions<KafkaRecord<string, Order>> = { window: session({ gap: (order) => order.amount }) };
const anyRecord = { window: tumbling('1m'), emit: 'onUpdate', onFull: 'emitEarly' } satisfies ByKeyOptions;
const lateToo = { window: tumbling('1m'), late: 'emit' } as const;
expectTypeOf(orders$.pipe(countByKey(byAmount))).toEqualTypeOf<Observable<WindowedRecord<string, number>>>();
expectTypeOf(
  orders$.pipe(
    amounts(),
    reduceByKey((a, b) => a + b, anyRecord),
  ),
).toEqualTypeOf<Observable<WindowedRecord<string, number>>>();
expectTypeOf(orders$.pipe(collectByWindow(anyRecord))).toEqualTypeOf<
  Observable<WindowedRecord<null, readonly KafkaRecord<string, Order>[]>>
>();
expectTypeOf(orders$.pipe(countByKey(lateToo))).toEqualTypeOf<
  Observable<WindowedRecord<string, number> | LateRecord<KafkaRecord<string, Order>>>
>();
expectTypeOf(
  orders$.pipe(
    aggregateByKey(
      () => 0,
      (n, order) => n + order.amount,
      (a, b) => a + b,
      lateToo,
    ),
  ),
).toEqualTypeOf<Observable<WindowedRecord<string, number> | LateRecord<KafkaRecord<string, Order>>>>();

// A late record goes through record-wise operators as what it is.
expectTypeOf(
  orders$.pipe(
    countByKey({
      late: (late$) =>
        late$.pipe(
          tapRecords((_, { late: { window, by } }) => console.log(window.end, by)),
          toTopic(kafka, 'late', { key: text, value: json<Order>() }),
        ),
    }),
  ),
).toEqualTypeOf<Observable<WindowedRecord<string, number>>>();

// The same options for all operators; a wrapper takes them from its user.
function minutely<K extends Key, V, L extends 'emit' | undefined = undefined>(
  options?: Omit<ByKeyOptions<KafkaRecord<K, V>, L>, 'window'>,
): OperatorFunction<KafkaRecord<K, V>, WindowedRecord<K, number> | Emitted<KafkaRecord<K, V>, L>> {
  return (source) => source.pipe(countByKey({ ...options, window: tumbling('1m') }));
}
expectTypeOf(orders$.pipe(minutely({ grace: '1s' }))).toEqualTypeOf<Observable<WindowedRecord<string, number>>>();
