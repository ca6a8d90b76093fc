import { concatMap, lastValueFrom, NEVER, type Observable, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { commitOffsets, countByKey, filterRecords, flatMapValues, fromTopic, isStreamError, text, tumbling } from '../../src/index';
import { FakeKafka } from '../../src/testing/index';
import { type Line, outcomeOf, Reading } from '../run/reading';

const wrong: readonly (readonly [string, object])[] = [
  ['maxInFlight', { maxInFlight: 0 }],
  ['maxInFlight', { maxInFlight: NaN }],
  ['maxInFlightBytes', { maxInFlightBytes: -1 }],
  ['outOfOrderness', { outOfOrderness: '2 weeks' }],
  ['idleAfter', { idleAfter: 0 }],
  ['maxSkew', { maxSkew: -1 }],
  ['maxAhead', { maxAhead: -1 }],
  ['onBadTimestamp', { onBadTimestamp: 'drop' as 'skip' }],
  ['stallAfter', { stallAfter: -1 }],
  ['stallAfter', { stallAfter: 0 }],
  ['drainTimeout', { drainTimeout: 'soon' }],
  ['from', { from: 'beginning' }],
  ['from', { from: 'committed' }],
  ['until', { until: 'now' }],
  ['until', { until: null }],
  ['atEnd', { atEnd: 'drop' }],
  ['onChange', { onChange: 'ignore' }],
  ['onInvalid', { onInvalid: 'ignore' }],
  ['groupId', { groupId: '' }],
];

describe('fromTopic', () => {
  test.each(wrong)('refuses a wrong %s at the call: %o', (name, options) => {
    const call = (): unknown => fromTopic(new FakeKafka(), 'lines', options);
    expect(call).toThrow(name);
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  test.each([[''], [[]], [['lines', '']], [3]])('refuses the topic %o at the call', (topic) => {
    expect(() => fromTopic(new FakeKafka(), topic as string)).toThrow('the topic of fromTopic');
  });

  test('does nothing until it is subscribed', () => {
    const kafka = new FakeKafka();
    const asked: string[] = [];
    const noting = {
      consumer: () => (asked.push('consumer'), kafka.consumer({ groupId: 'g' })),
      producer: () => kafka.producer(),
      admin: () => kafka.admin(),
    };
    void fromTopic(noting, 'lines');
    expect(asked).toEqual([]);
  });

  test('reads several topics, or all that match, with the place of each record', async () => {
    const kafka = new FakeKafka();
    for (const topic of ['lines-a', 'lines-b', 'others']) kafka.append(topic, [{ value: topic, timestamp: 5 }]);
    for (const topics of [['lines-a', 'lines-b'], /^lines-/]) {
      const records = await lastValueFrom(fromTopic(kafka, topics, { value: text, until: 'latest' }).pipe(toArray()));
      expect(records.map(({ topic, partition, offset, value, timestamp }) => [topic, partition, offset, value, timestamp]).sort()).toEqual([
        ['lines-a', 0, 0, 'lines-a', 5],
        ['lines-b', 0, 0, 'lines-b', 5],
      ]);
    }
  });

  test('without a group it commits nothing, and reads all again the next time', async () => {
    const kafka = new FakeKafka();
    kafka.append('lines', [{ value: 'to be' }]);
    const read = () => lastValueFrom(fromTopic(kafka, 'lines', { value: text, until: 'latest' }).pipe(toArray()));
    expect(await read()).toHaveLength(1);
    expect(await read()).toHaveLength(1);
  });

  test('a header named __proto__ is only a header', async () => {
    const kafka = new FakeKafka();
    const headers = Object.fromEntries([['__proto__', 'x']]);
    kafka.append('lines', [{ value: 'to be', headers }]);
    const { headers: read } = await lastValueFrom(fromTopic(kafka, 'lines', { until: 'latest' }));
    expect(Object.getPrototypeOf(read)).toBeNull();
    expect(Object.keys(read)).toEqual(['__proto__']);
  });

  test('an unknown topic is an error that names it', async () => {
    const error: unknown = await lastValueFrom(fromTopic(new FakeKafka(), 'lines')).catch((caught: unknown) => caught);
    expect(isStreamError(error, 'UNKNOWN_TOPIC') && error.topic).toBe('lines');
  });
});

describe('what is not said is', () => {
  const neverTaken = concatMap(() => NEVER);

  test('at most 1,024 records in flight', async () => {
    const reading = new Reading(1_500);
    let delivered = 0;
    outcomeOf(reading.lines$({ timestamp: () => delivered++ }).pipe(neverTaken));
    await reading.time.pass(1_000);
    expect(delivered).toBe(1_024);
  });

  test('at most 4 MiB in flight, keys and values together', async () => {
    const reading = new Reading(0);
    const half = 'x'.repeat(262_144);
    reading.kafka.append(
      't',
      Array.from({ length: 9 }, () => ({ key: half, value: half })),
    );
    let delivered = 0;
    outcomeOf(reading.lines$({ timestamp: () => delivered++, consumer: {} }).pipe(neverTaken));
    await reading.time.pass(3_000);
    expect(delivered).toBe(8);
  });

  test('that windows wait 30 s for a silent partition', async () => {
    const reading = new Reading(1);
    const { values } = outcomeOf(reading.lines$({ consumer: {} }).pipe(countByKey({ window: tumbling(10) }), commitOffsets()));
    await reading.time.pass(29_900);
    expect(values).toEqual([]);
    await reading.time.pass(8_000); // the broker is asked every so often
    expect(values.map(({ value }) => value)).toEqual([1]);
  });

  test('that a stall of a minute is an error', async () => {
    const reading = new Reading(2);
    const { errors } = outcomeOf(reading.lines$({ maxInFlight: 1, consumer: {} }).pipe(neverTaken));
    await reading.time.pass(59_900);
    expect(errors).toEqual([]);
    await reading.time.pass(8_000);
    expect(errors).toMatchObject([{ code: 'STALLED' }]);
  });

  test('that a drain may take 30 s', async () => {
    const reading = new Reading(1);
    const stop = new AbortController();
    const { errors } = outcomeOf(reading.lines$({ signal: stop.signal, consumer: {} }).pipe(neverTaken));
    await reading.time.pass(1_000);
    stop.abort();
    await reading.time.pass(29_900);
    expect(errors).toEqual([]);
    await reading.time.pass(200);
    expect(errors).toMatchObject([{ code: 'TIMEOUT' }]);
  });

  test('that windows which are not those of the commits are an error', async () => {
    const reading = new Reading(3);
    const run = async (size: number) => {
      const seen = outcomeOf(reading.lines$({ until: 'latest' }).pipe(countByKey({ window: tumbling(size) }), commitOffsets()));
      await reading.time.pass(1_000);
      return seen;
    };
    expect(await run(10)).toMatchObject({ completed: true, errors: [] });
    expect(await run(20)).toMatchObject({ completed: false, errors: [{ code: 'WINDOWS_CHANGED' }] });
  });
});

describe('the signal', () => {
  test('that was aborted before ends the run before it delivers anything', async () => {
    const reading = new Reading(3);
    const seen = outcomeOf(reading.lines$({ signal: AbortSignal.abort() }).pipe(commitOffsets()));
    await reading.time.pass(1_000);
    expect(seen).toMatchObject({ completed: true, errors: [], values: [] });
    expect(reading.kafka.members('g')).toEqual([]);
    expect(reading.time.pending).toBe(0);
  });

  test('is not listened to when the run is over', async () => {
    const reading = new Reading(3);
    const { signal } = new AbortController();
    const listening: string[] = [];
    const noted = new Proxy(signal, {
      get: (target, name) =>
        name === 'addEventListener'
          ? () => void listening.push('abort')
          : name === 'removeEventListener'
            ? () => void listening.pop()
            : (Reflect.get(target, name, target) as unknown),
    });
    const seen = outcomeOf(reading.lines$({ signal: noted, until: 'latest' }).pipe(commitOffsets()));
    expect(listening).toHaveLength(1);
    await reading.time.pass(1_000);
    expect([seen.completed, listening]).toEqual([true, []]);
  });
});

describe('a timestamp of our own', () => {
  test('is made from the value and the record, and is what windows go by', async () => {
    const reading = new Reading(0);
    const rows = [{ value: '17', timestamp: 5, headers: { trace: 'x' } }, { value: '23' }];
    reading.kafka.append(
      't',
      rows.map((row) => ({ key: 'k', timestamp: 6, ...row })),
    );
    const given: unknown[] = [];
    const timestamp = (value: string, record: object): number => (given.push(record), Number(value));
    const records = outcomeOf(reading.lines$({ timestamp, groupId: undefined }));
    const counts = outcomeOf(reading.lines$({ timestamp }).pipe(countByKey({ window: tumbling(10) }), commitOffsets()));
    await reading.time.pass(1_000);
    const place = { topic: 't', partition: 0, offset: 0 };
    expect(given[0]).toMatchObject({ key: 'k', value: '17', timestamp: 5, ...place, '~provenance': { kind: 'millrace' } });
    expect(records.values.map((record) => record.timestamp)).toEqual([17, 23]);
    expect(counts.values.map(({ window }) => window.start)).toEqual([10]);
  });

  test.each([NaN, Infinity, -Infinity])('that is %s is an error, and nothing of its record is delivered', async (bad) => {
    const reading = new Reading(3);
    const seen = outcomeOf(reading.lines$({ timestamp: (_, { offset }) => (offset === 1 ? bad : 1) }).pipe(commitOffsets()));
    await reading.time.pass(1_000);
    expect(seen.errors).toMatchObject([{ code: 'BAD_TIMESTAMP', topic: 't', partition: 0, offset: 1 }]);
    expect(seen.values.map(({ offset }) => offset)).toEqual([0]);
    expect(reading.committed()).toEqual([1]);
  });

  test('whose making throws is an error, and nothing of its record is delivered', async () => {
    const reading = new Reading(3);
    const cause = new RangeError('no ones');
    const timestamp = (_: string, { offset }: { offset: number }): number => {
      if (offset === 1) throw cause;
      return 1;
    };
    const seen = outcomeOf(reading.lines$({ timestamp }).pipe(commitOffsets()));
    await reading.time.pass(1_000);
    expect(seen.errors).toMatchObject([{ code: 'CALLBACK_FAILED', topic: 't', partition: 0, offset: 1, cause }]);
    expect(seen.values.map(({ offset }) => offset)).toEqual([0]);
    expect(reading.committed()).toEqual([1]);
  });
});

test.each([
  ['it', (lines$: Observable<Line>) => lines$],
  ['some that were made of it', (lines$: Observable<Line>) => lines$.pipe(flatMapValues((value) => [value, value]))],
  ['a window', countByKey<Line>({ window: tumbling(1) })],
  ['nothing', filterRecords(() => false)],
] as const)('without a group a record takes no credit any more when it has been delivered, whatever becomes of %s', async (_, operator) => {
  const reading = new Reading(5);
  let delivered = 0;
  const options = { groupId: undefined, maxInFlight: 1, timestamp: () => delivered++ };
  const results$: Observable<unknown> = operator(reading.lines$(options));
  const { errors } = outcomeOf(results$.pipe(concatMap(() => NEVER)));
  await reading.time.pass(1_000);
  expect([delivered, errors]).toEqual([5, []]);
});

test('headers of a record without any are empty, and cannot be changed for other records', async () => {
  const reading = new Reading(2);
  const { values } = outcomeOf(reading.lines$({ until: 'latest' }));
  await reading.time.pass(1_000);
  expect(values.map(({ headers }) => headers)).toEqual([{}, {}]);
  expect(() => Object.assign(values[0]?.headers ?? {}, { trace: 'x' })).toThrow(TypeError);
});
