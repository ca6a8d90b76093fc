import { concat, defer, from, NEVER, Subject, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { int32, isStreamError, json, type StreamRecord, text, toTopic, type WindowedRecord } from '../../src/index';
import type { KafkaProducerConfig } from '../../src/kafka/client';
import { type Participant, participantsDownstream } from '../../src/run/scope';
import { heldProducer, settle } from '../kafka/heldProducer';
import { read } from '../operators/source';

const record = (key: string, value: string, timestamp = 7): StreamRecord<string, string> => ({
  key,
  value,
  timestamp,
  headers: {},
  '~provenance': { kind: 'millrace' },
});

function sinkOn(topics: Record<string, number> = { out: 1 }) {
  const scheduler = new VirtualTimeScheduler();
  const broker = heldProducer(topics);
  const seen: unknown[] = [];
  const observer = {
    next: ({ value }: StreamRecord) => seen.push(value),
    error: (error: unknown) => seen.push(isStreamError(error) ? error.code : error),
    complete: () => seen.push('complete'),
  };
  const linger = async () => {
    await settle();
    await settle(() => scheduler.flush());
  };
  return { ...broker, scheduler, seen, observer, linger };
}

describe('toTopic', () => {
  test('passes a record on when the broker has it, and not before', async () => {
    const { client, sends, seen, observer, linger, scheduler } = sinkOn();
    concat(from([record('a', '1'), record('a', '2')]), NEVER)
      .pipe(toTopic(client, 'out', { key: text, value: text, scheduler }))
      .subscribe(observer);
    await linger();
    expect(seen).toEqual([]);
    await sends[0]?.acknowledge();
    expect(seen).toEqual(['1', '2']);
  });

  test('lets a batch linger by the clock of the source, unless it has one of its own', async () => {
    for (const own of [undefined, new VirtualTimeScheduler()]) {
      const { client, sends, scheduler } = sinkOn();
      const options = { key: text, value: text, scheduler: own };
      const sink = concat(read([{ key: 'a', value: '1' }], { clock: scheduler }), NEVER).pipe(toTopic(client, 'out', options));
      const subscription = sink.subscribe();
      await settle();
      await settle(() => (own ?? scheduler).flush());
      expect(sends).toHaveLength(1);
      subscription.unsubscribe();
    }
  });

  test('completes when everything is written', async () => {
    const { client, sends, seen, observer, scheduler } = sinkOn();
    from([record('a', '1')])
      .pipe(toTopic(client, 'out', { key: text, value: text, scheduler }))
      .subscribe(observer);
    await settle();
    expect(seen).toEqual([]);
    await sends[0]?.acknowledge();
    expect(seen).toEqual(['1', 'complete']);
  });

  test('passes on the record itself, with its provenance', async () => {
    const { client, sends, linger, scheduler } = sinkOn();
    const given = record('a', '1');
    const passed: unknown[] = [];
    concat(from([given]), NEVER)
      .pipe(toTopic(client, 'out', { key: text, value: text, scheduler }))
      .subscribe((element) => passed.push(element));
    await linger();
    await sends[0]?.acknowledge();
    expect(passed[0]).toBe(given);
  });

  test('writes what codecs and callbacks make of a record', async () => {
    const { client, sends, linger, scheduler } = sinkOn({ a: 3, b: 3 });
    from([record('k', 'b', 7.9)])
      .pipe(
        toTopic(client, (value) => value, {
          key: text,
          value: json(),
          headers: (value) => ({ of: value }),
          partition: () => 2,
          scheduler,
        }),
      )
      .subscribe();
    await linger();
    expect(sends[0]).toMatchObject({ topic: 'b', acks: -1 });
    expect(sends[0]?.messages).toEqual([{ key: 'k', value: '"b"', timestamp: '7', partition: 2, headers: { of: 'b' } }]);
  });

  test("writes a window's result with the time just before its end, and its window on request", async () => {
    const { client, sends, linger, scheduler } = sinkOn();
    const result: WindowedRecord<string, number> = {
      ...record('k', ''),
      value: 3,
      timestamp: 9_999,
      window: { start: 0, end: 10_000 },
      final: true,
    };
    from([result])
      .pipe(toTopic(client, 'out', { key: text, value: int32, windowHeaders: true, scheduler }))
      .subscribe();
    await linger();
    expect(sends[0]?.messages[0]).toMatchObject({ timestamp: '9999', headers: { 'window-start': '0', 'window-end': '10000' } });
  });

  test("writes a record's own headers and timestamp where no callback says otherwise, and window headers beside them", async () => {
    const { client, sends, linger, scheduler } = sinkOn();
    const plain = { ...record('k', 'v', 7), headers: { trace: 'h' } };
    const result: WindowedRecord<string, string> = { ...plain, window: { start: 0, end: 10 }, final: true };
    concat(from([plain, result]), NEVER)
      .pipe(toTopic(client, 'out', { key: text, value: text, windowHeaders: true, scheduler }))
      .subscribe();
    await linger();
    expect(sends[0]?.messages.map(({ headers, timestamp }) => ({ headers, timestamp }))).toEqual([
      { headers: { trace: 'h' }, timestamp: '7' },
      { headers: { trace: 'h', 'window-start': '0', 'window-end': '10' }, timestamp: '7' },
    ]);
  });

  test('writes no window headers unless they are asked for', async () => {
    const { client, sends, linger, scheduler } = sinkOn();
    const result: WindowedRecord<string, string> = { ...record('k', 'v'), window: { start: 0, end: 10 }, final: true };
    from([result])
      .pipe(toTopic(client, 'out', { key: text, value: text, scheduler }))
      .subscribe();
    await linger();
    expect(sends[0]?.messages[0]?.headers).toBeUndefined();
  });

  test('hands acks, compression and the options of the producer on', async () => {
    const { client, sends, linger, scheduler } = sinkOn();
    const configs: unknown[] = [];
    const noting = { ...client, producer: (config?: KafkaProducerConfig) => (configs.push(config), client.producer(config)) };
    from([record('a', '1')])
      .pipe(toTopic(noting, 'out', { key: text, value: text, acks: 1, compression: 2, producer: { maxInFlightRequests: 3 }, scheduler }))
      .subscribe();
    await linger();
    expect(sends[0]).toMatchObject({ acks: 1, compression: 2 });
    expect(configs).toMatchObject([{ maxInFlightRequests: 3, allowAutoTopicCreation: false }]);
  });

  test.each([
    [undefined, 5],
    ['40ms', 40],
  ] as const)('with a linger of %s it waits %i ms for more', async (linger, ms) => {
    const { client, sends, scheduler } = sinkOn();
    concat(from([record('a', '1')]), NEVER)
      .pipe(toTopic(client, 'out', { key: text, value: text, linger, scheduler }))
      .subscribe();
    await settle();
    scheduler.maxFrames = ms - 1;
    await settle(() => scheduler.flush());
    expect(sends).toHaveLength(0);
    scheduler.maxFrames = ms;
    await settle(() => scheduler.flush());
    expect(sends).toHaveLength(1);
  });

  test('is busy, to the run that feeds it, while the broker owes it an answer', async () => {
    const { client, sends, linger, scheduler } = sinkOn();
    const records = new Subject<StreamRecord<string, string>>();
    let participants: readonly Participant[] = [];
    defer(() => {
      participants = participantsDownstream();
      return records;
    })
      .pipe(toTopic(client, 'out', { key: text, value: text, scheduler }))
      .subscribe();
    const busy = () => participants.map((participant) => participant.busy?.());
    expect(busy()).toEqual([false]);
    records.next(record('a', '1'));
    await linger();
    expect(busy()).toEqual([true]);
    await sends[0]?.acknowledge();
    expect(busy()).toEqual([false]);
  });

  test('disconnects when it is unsubscribed', async () => {
    const { client, connected, scheduler } = sinkOn();
    const subscription = NEVER.pipe(toTopic(client, 'out', { key: text, value: text, scheduler })).subscribe();
    await settle(() => subscription.unsubscribe());
    expect([...connected]).toEqual([]);
  });

  test.each([
    ['an encoder that throws', 'ENCODE_FAILED', { value: { encode: () => fail('no') } }],
    ['headers that throw', 'CALLBACK_FAILED', { value: text, headers: () => fail('no') }],
    ['a timestamp callback that throws', 'CALLBACK_FAILED', { value: text, timestamp: () => fail('no') }],
    ['a timestamp callback that gives nothing', 'BAD_TIMESTAMP', { value: text, timestamp: () => undefined as unknown as number }],
    ['an encoder that gives a number', 'ENCODE_FAILED', { value: { encode: () => 3 as unknown as string } }],
    ['a callback that throws', 'CALLBACK_FAILED', { value: text, partition: () => fail('no') }],
    ['a timestamp that is none', 'BAD_TIMESTAMP', { value: text, timestamp: () => NaN }],
    ['a partition that is none', 'INVALID_OPTION', { value: text, partition: () => 9 }],
  ])('reports %s as %s', async (_, code, options) => {
    const { client, seen, observer, linger, scheduler } = sinkOn();
    const records = new Subject<StreamRecord<string, string>>();
    records.pipe(toTopic(client, 'out', { key: text, scheduler, ...options })).subscribe(observer);
    await linger();
    records.next(record('a', '1'));
    await linger();
    expect(seen).toEqual([code]);
  });

  test('names the part that could not be encoded, and the topic callback that threw', async () => {
    const throwing = { encode: () => fail('no') };
    for (const [topic, key, value, words] of [
      ['out', throwing, text, 'could not encode the key of'],
      ['out', text, throwing, 'could not encode the value of'],
      [() => fail('no'), text, text, 'the callback of topic of toTopic threw'],
    ] as const) {
      const { client, scheduler } = sinkOn();
      const errors: unknown[] = [];
      from([record('a', '1')])
        .pipe(toTopic(client, topic, { key, value, scheduler }))
        .subscribe({ error: (error: unknown) => errors.push(error) });
      await settle();
      expect(errors).toMatchObject([{ message: expect.stringContaining(words) as string }]);
    }
  });

  test("reports the broker's refusal", async () => {
    const { client, sends, seen, observer, linger, scheduler } = sinkOn();
    concat(from([record('a', '1')]), NEVER)
      .pipe(toTopic(client, 'out', { key: text, value: text, scheduler }))
      .subscribe(observer);
    await linger();
    await sends[0]?.refuse(new Error('no'));
    expect(seen).toEqual(['PRODUCE_FAILED']);
  });

  test.each([
    ['an empty topic', ''],
    ['a topic that is no text', 3 as unknown as string],
  ])('refuses %s at the call', (_, topic) => {
    const { client } = sinkOn();
    expect(() => toTopic<typeof client, StreamRecord<string, string>>(client, topic, { key: text, value: text })).toThrow(
      /the topic of toTopic/,
    );
  });

  test('refuses acks of 0 and a linger that is no duration at the call', () => {
    const { client } = sinkOn();
    expect(() => toTopic<typeof client, StreamRecord<null, null>>(client, 'out', { acks: 0 as 1 })).toThrow(/acks of toTopic/);
    expect(() => toTopic<typeof client, StreamRecord<null, null>>(client, 'out', { linger: 'soon' as '5ms' })).toThrow(/linger of toTopic/);
  });
});

function fail(message: string): never {
  throw new Error(message);
}
