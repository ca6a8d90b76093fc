// Misuses that must not compile. Each directive says what the user did wrong; the error falls on the next line.
import { Kafka } from 'kafkajs';
import {
  ack,
  aggregateByKey,
  assignTimestamps,
  type ByKeyOptions,
  calendar,
  collectByWindow,
  countByValue,
  countByWindow,
  type CustomWindow,
  hopping,
  reduceByWindow,
  session,
  sliding,
  summarizeByKey,
  sumOf,
  topK,
  type WindowShape,
  commitOffsets,
  countByKey,
  filterRecords,
  flatMapValues,
  fromTopic,
  int32,
  isStreamError,
  json,
  type KafkaRecord,
  keyBy,
  mapValues,
  nullable,
  reduceByKey,
  type StreamErrorCode,
  tapRecords,
  text,
  toTopic,
  tumbling,
} from 'millrace';
import { FakeKafka } from 'millrace/testing';
import { bufferCount, filter, map, max, type Observable, of, scan, tap } from 'rxjs';

interface Order {
  readonly id: string;
  readonly customer: string | undefined;
  readonly amount: number;
}
const kafka = new Kafka({ brokers: ['localhost:9092'] });
const raw$ = fromTopic(kafka, 'lines', { groupId: 'g' });
const lines$ = fromTopic(kafka, 'lines', { groupId: 'g', value: text });
const orders$ = fromTopic(kafka, 'orders', { groupId: 'g', key: text, value: json((value) => value as Order) });
const counts$ = orders$.pipe(countByKey({ window: tumbling('10s') }));
const ids$ = orders$.pipe(mapValues((order) => order.id));

// Not a record any more

// @ts-expect-error commitOffsets on an Observable that never was Kafka's
of(1, 2).pipe(commitOffsets());

const amount$ = orders$.pipe(map((record) => record.value.amount));
// @ts-expect-error map to the bare value loses what there is to commit: mapValues
amount$.pipe(commitOffsets());

const byHand$ = orders$.pipe(map(({ key, timestamp, headers }) => ({ key, value: 1, timestamp, headers })));
// @ts-expect-error a record built by hand has no provenance
byHand$.pipe(commitOffsets());

// @ts-expect-error bufferCount makes arrays
orders$.pipe(bufferCount(100), ack());

const count$ = orders$.pipe(scan((n) => n + 1, 0));
// @ts-expect-error scan to a number: reduceByKey
count$.pipe(ack());

// Keys

// @ts-expect-error the key may be null: keyBy first, or decode the key
lines$.pipe(countByKey({ window: tumbling('10s') }));

// @ts-expect-error the same with a reducer
lines$.pipe(reduceByKey((a, b) => a + b, { window: tumbling('10s') }));

// @ts-expect-error a key that may be undefined is refused where it is made
orders$.pipe(keyBy((order) => order.customer));

// @ts-expect-error a key that may be null likewise
raw$.pipe(keyBy((value) => value));

// @ts-expect-error values that may be null cannot become keys
raw$.pipe(countByValue({ window: tumbling('1s') }));

// Values

// @ts-expect-error the value is a string, not a number
lines$.pipe(mapValues((line: number) => line + 1));

// @ts-expect-error no such property
orders$.pipe(mapValues((order) => order.amuont));

// @ts-expect-error without a codec values are bytes or null
raw$.pipe(mapValues((value) => value.toUpperCase()));

// @ts-expect-error reduce must give back what it takes
orders$.pipe(reduceByKey((a, b) => a.amount + b.amount, { window: tumbling('1m') }));

// @ts-expect-error the same without a key
orders$.pipe(reduceByWindow((a, b) => a.amount + b.amount, { window: tumbling('1m') }));

const joined = (a: string, b: string) => a + b;
const lengths = (a: string, b: string) => a.length - b.length;
// @ts-expect-error inverse takes one value out of another, and gives such a value
ids$.pipe(reduceByKey(joined, { window: hopping('1m', { every: '10s' }), inverse: lengths }));

const none = () => '';
// @ts-expect-error fold and seed disagree
ids$.pipe(aggregateByKey(none, (total, id) => total.length + id.length, joined, { window: tumbling('1m') }));

// @ts-expect-error sum of something that is no number
orders$.pipe(summarizeByKey({ ids: sumOf((order) => order.id) }, { window: tumbling('1m') }));

// @ts-expect-error a score is a number
orders$.pipe(summarizeByKey({ top: topK(3, (order) => order.id) }, { window: tumbling('1m') }));

// @ts-expect-error RxJS' max is not an aggregate: maxOf
orders$.pipe(summarizeByKey({ most: max() }, { window: tumbling('1m') }));

// @ts-expect-error flatMapValues wants something to iterate over
orders$.pipe(flatMapValues((order) => order.amount));

const promised$ = orders$.pipe(mapValues(async (order) => order.amount));
// @ts-expect-error an async callback in mapValues gives a promise, which no codec takes
promised$.pipe(toTopic(kafka, 't', { key: text, value: int32 }));

// @ts-expect-error records cannot be changed in place
orders$.pipe(tapRecords((order, record) => (record.value = order)));

// Windows

// @ts-expect-error a window's result stands for many records: no offset
counts$.pipe(mapValues((_, record) => record.offset));

// @ts-expect-error a record from a topic has no window
orders$.pipe(mapValues((_, record) => record.window.end));

// @ts-expect-error a duration is '10s', 10_000, …
orders$.pipe(countByKey({ window: tumbling('10 seconds') }));

// @ts-expect-error nor is it a word
commitOffsets({ every: 'soon' });

// @ts-expect-error a window is a value, not a duration
orders$.pipe(countByKey({ window: '10s' }));

// @ts-expect-error windowed operators without a key have no default window
orders$.pipe(countByWindow({}));

// @ts-expect-error there is no window to collect
orders$.pipe(collectByWindow({}));

// @ts-expect-error collectByWindow without options, likewise
orders$.pipe(collectByWindow());

// @ts-expect-error nor without options
orders$.pipe(reduceByWindow((a) => a));

// @ts-expect-error hopping needs to know how often
hopping('1m');

// @ts-expect-error the gap is named
session('30s');

// @ts-expect-error a span needs a unit
sliding('5');

// @ts-expect-error years are not cut out
calendar('year');

// @ts-expect-error a window of one's own has a name
export const nameless: CustomWindow = { kind: 'custom', assign: () => [] };

// @ts-expect-error and gives windows with a start and an end
export const halfOpen: WindowShape = { kind: 'custom', name: 'w', assign: (t) => [{ start: t }] };

// @ts-expect-error orders have no total
orders$.pipe(countByKey({ window: session({ gap: (order) => order.total }) }));

const totals: ByKeyOptions<KafkaRecord<string, { total: number }>> = { window: session({ gap: ({ total }) => total }) };
// @ts-expect-error a window that looks at other records
orders$.pipe(countByKey(totals));

// @ts-expect-error a clock that does not exist
orders$.pipe(countByKey({ window: tumbling('10s'), clock: 'wall' }));

// @ts-expect-error what is to happen when state is full
orders$.pipe(countByKey({ window: tumbling('10s'), onFull: 'drop' }));

// @ts-expect-error keys are no option where there are none
orders$.pipe(countByWindow({ window: tumbling('10s'), maxKeys: 10 }));

// @ts-expect-error only countByWindow gives what is empty
orders$.pipe(countByKey({ window: tumbling('10s'), emptyWindows: true }));

// @ts-expect-error only what is reduced by key has an inverse
orders$.pipe(countByKey({ window: tumbling('10s'), inverse: () => 0 }));

// @ts-expect-error how often early results come is a duration
orders$.pipe(countByKey({ window: tumbling('10s'), emit: { every: 'often' } }));

// @ts-expect-error results come when the window closes, or before
orders$.pipe(countByKey({ window: tumbling('10s'), emit: 'now' }));

// @ts-expect-error late records are sent elsewhere, or down the pipe
orders$.pipe(countByKey({ window: tumbling('10s'), late: 'drop' }));

// @ts-expect-error late wants a pipeline, not a callback per record
orders$.pipe(countByKey({ window: tumbling('10s'), late: (late$) => console.log(late$) }));

// @ts-expect-error a side output knows what is in it
orders$.pipe(countByKey({ window: tumbling('10s'), late: (late$) => late$.pipe(mapValues((order) => order.total)) }));

const marked$ = orders$.pipe(countByKey({ window: tumbling('1s'), late: 'emit' }));
// @ts-expect-error with late: 'emit' a result is not alone: ask which it is
marked$.pipe(mapValues((n) => n.toFixed()));

// @ts-expect-error without late: 'emit' no result is marked
counts$.pipe(mapValues((count, { late }) => [count, late]));

// Options

// @ts-expect-error a date is no number of ms
orders$.pipe(assignTimestamps((order) => order.id));

// @ts-expect-error misspelt option
orders$.pipe(countByKey({ window: tumbling('10s'), grase: '2s' }));

// @ts-expect-error misspelt emit mode
orders$.pipe(countByKey({ window: tumbling('10s'), emit: 'onClosed' }));

// @ts-expect-error misspelt option of a source
fromTopic(kafka, 'lines', { groupId: 'g', valeu: text });

// @ts-expect-error a duration without a unit
fromTopic(kafka, 'lines', { groupId: 'g', maxSkew: '60' });

// @ts-expect-error a fate of bad timestamps that does not exist
fromTopic(kafka, 'lines', { groupId: 'g', onBadTimestamp: 'drop' });

// @ts-expect-error the group's id alone is no options
fromTopic(kafka, 'lines', 'group');

// @ts-expect-error a start that does not exist
fromTopic(kafka, 'lines', { groupId: 'g', from: 'beginning' });

// @ts-expect-error places name their topic
fromTopic(kafka, 'lines', { groupId: 'g', from: { offsets: [{ partition: 0, offset: 3 }] } });

// @ts-expect-error offsets are numbers here
fromTopic(kafka, 'lines', { groupId: 'g', from: { offsets: [{ topic: 'lines', partition: 0, offset: '3' }] } });

// @ts-expect-error kafkajs has no such consumer option
fromTopic(kafka, 'lines', { groupId: 'g', consumer: { sessionTimeuot: 10_000 } });

// @ts-expect-error the group is ours to set
fromTopic(kafka, 'lines', { groupId: 'g', consumer: { groupId: 'other' } });

// @ts-expect-error the controller instead of its signal
fromTopic(kafka, 'lines', { groupId: 'g', signal: new AbortController() });

// @ts-expect-error not a Kafka client
fromTopic({ brokers: ['localhost:9092'] }, 'lines', { groupId: 'g' });

// Sinks

// @ts-expect-error a number needs a codec
counts$.pipe(toTopic(kafka, 'counts', { key: text }));

const rekeyed$ = raw$.pipe(keyBy(() => 'all'));
// @ts-expect-error so does a string key
rekeyed$.pipe(toTopic(kafka, 'counts', {}));

// @ts-expect-error int32 cannot write text
ids$.pipe(toTopic(kafka, 't', { key: text, value: int32 }));

const customers$ = orders$.pipe(mapValues((order) => order.customer ?? null));
// @ts-expect-error text cannot write null
customers$.pipe(toTopic(kafka, 't', { key: text, value: text }));

// @ts-expect-error a codec that only encodes cannot decode
fromTopic(kafka, 'lines', { groupId: 'g', value: { encode: (value: string) => value } });

// @ts-expect-error nullable wraps a codec, not a value
nullable('text');

// Helpers

declare const shout: (source: Observable<KafkaRecord<string, string>>) => Observable<KafkaRecord<string, string>>;
// @ts-expect-error a helper for strings on a stream of orders
orders$.pipe(shout);

// @ts-expect-error a code that does not exist
isStreamError(new Error(), 'COMMIT_FAILURE');

export const forgot = (code: StreamErrorCode): string => {
  switch (code) {
    case 'STALLED':
      return '';
    default:
      // @ts-expect-error a switch that forgot codes
      return code satisfies never;
  }
};

// @ts-expect-error only the fake has what tests need
kafka.append('lines', [{ value: 'x' }]);

// @ts-expect-error a value in a fake topic is text or bytes
new FakeKafka().append('lines', [{ value: 1 }]);

// Not caught, and known not to be

// A plain filter compiles: at run time it is STALLED, or nothing commits, and the message names filterRecords.
orders$.pipe(
  filter((record) => record.value.amount > 1),
  commitOffsets(),
);
// More than nine operators in one pipe: RxJS gives up, callbacks from the tenth on are `any`, and the result is Observable<unknown>.
export const ten: Observable<unknown> = orders$.pipe(
  tap(),
  tap(),
  tap(),
  tap(),
  tap(),
  tap(),
  tap(),
  tap(),
  tap(),
  filterRecords(() => true),
);
