// Misuses that must not compile. Each directive says what the user did wrong; the error falls on the next line.
import { Kafka } from 'kafkajs';
import {
  ack,
  assignTimestamps,
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
import { bufferCount, filter, map, type Observable, of, scan, tap } from 'rxjs';

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

// Values

// @ts-expect-error the value is a string, not a number
lines$.pipe(mapValues((line: number) => line + 1));

// @ts-expect-error no such property
orders$.pipe(mapValues((order) => order.amuont));

// @ts-expect-error without a codec values are bytes or null
raw$.pipe(mapValues((value) => value.toUpperCase()));

// @ts-expect-error reduce must give back what it takes
orders$.pipe(reduceByKey((a, b) => a.amount + b.amount, { window: tumbling('1m') }));

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

// @ts-expect-error there is no window to collect
orders$.pipe(collectByWindow({}));

// @ts-expect-error nor without options
orders$.pipe(reduceByWindow((a) => a));

// @ts-expect-error results come when the window closes, or before
orders$.pipe(countByKey({ window: tumbling('10s'), emit: 'now' }));

// @ts-expect-error late records are sent elsewhere, or down the pipe
orders$.pipe(countByKey({ window: tumbling('10s'), late: 'drop' }));

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

const ids$ = orders$.pipe(mapValues((order) => order.id));
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
