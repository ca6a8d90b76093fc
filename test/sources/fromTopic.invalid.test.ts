import { concatMap, delay, finalize, map, merge, NEVER, type Observable, of, tap } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { commitOffsets, countByKey, type InvalidRecord, json, toTopic, tumbling } from '../../src/index';
import { outcomeOf, Reading } from '../run/reading';

const value = { decode: (bytes: Uint8Array): string => String(json<number>().decode(bytes)) };

/** A topic of JSON, of which the second record is none. */
function numbers(): Reading {
  const reading = new Reading(0);
  const row = (written: string, timestamp: number) => ({ key: 'k', value: written, timestamp, headers: { trace: 'x' } });
  reading.kafka.append('t', [row('1', 3), row('one', 70), row('3', 4)]);
  return reading;
}

type Side = (invalid$: Observable<InvalidRecord>) => Observable<unknown>;

/** A bounded read of them that sends the second elsewhere. */
function sending(reading: Reading, onInvalid: Side, options: Parameters<Reading['lines$']>[0] = {}) {
  return outcomeOf(reading.lines$({ value, until: 'latest', onInvalid, ...options }).pipe(commitOffsets({ every: '1h' })));
}

describe('a record that cannot be decoded is an error', () => {
  test('with its place, the part and the cause', async () => {
    const reading = numbers();
    const { values, errors } = outcomeOf(reading.lines$({ value }));
    await reading.time.pass(1_000);
    expect(values.map((line) => line.value)).toEqual(['1']);
    const cause: unknown = expect.any(SyntaxError);
    expect(errors).toMatchObject([{ code: 'DECODE_FAILED', topic: 't', partition: 0, offset: 1, cause }]);
    expect(String(errors[0])).toContain('could not decode the value of t[0]@1: Unexpected token');
  });

  test('also where it is the key, and the decoder throws something that is no error', async () => {
    const reading = numbers();
    const refuse = (): never => {
      throw 'no key of ours' as unknown as Error;
    };
    const { errors } = outcomeOf(reading.lines$({ key: { decode: refuse } }));
    await reading.time.pass(1_000);
    expect(String(errors[0])).toContain('could not decode the key of t[0]@0: no key of ours.');
  });
});

test("onInvalid: 'skip' commits past it, and its timestamp closes no window", async () => {
  const reading = numbers();
  const counts$ = reading.lines$({ value, onInvalid: 'skip', until: 'latest' }).pipe(countByKey({ window: tumbling(10) }), commitOffsets());
  const seen = outcomeOf(counts$);
  await reading.time.pass(1_000);
  expect(seen).toMatchObject({ completed: true, errors: [] });
  expect(seen.values.map((count) => count.value)).toEqual([2]);
  expect(reading.committed()).toEqual([3]);
});

describe('onInvalid as a function', () => {
  test('is given the record as it was written, with its error', async () => {
    const reading = numbers();
    const invalid: InvalidRecord[] = [];
    sending(
      reading,
      tap((record) => invalid.push(record)),
    );
    await reading.time.pass(1_000);
    expect(invalid).toMatchObject([{ topic: 't', partition: 0, offset: 1, timestamp: 70, error: { code: 'DECODE_FAILED', offset: 1 } }]);
    const written = invalid.map((record) => [record.key, record.value, record.headers['trace']].map((part) => String(part)));
    expect(written).toEqual([['k', 'one', 'x']]);
  });

  test('releases the record when what came of it comes out', async () => {
    const reading = numbers();
    const seen = sending(
      reading,
      map((record) => ({ kept: record.offset, '~provenance': record['~provenance'] })),
    );
    await reading.time.pass(1_000);
    expect(seen).toMatchObject({ completed: true, errors: [] });
    expect(reading.committed()).toEqual([3]);
  });

  test('may ack the record itself', async () => {
    const reading = numbers();
    reading.kafka.createTopic('dead');
    const seen = sending(reading, (invalid$) =>
      invalid$.pipe(toTopic(reading.kafka, 'dead', { scheduler: reading.time }), commitOffsets()),
    );
    await reading.time.pass(1_000);
    expect(seen).toMatchObject({ completed: true, errors: [] });
    expect(reading.kafka.records('dead').map((record) => String(record.value))).toEqual(['one']);
    expect(reading.committed()).toEqual([3]);
  });

  test('holds the commit, and its credit, until then', async () => {
    const reading = numbers();
    const seen = sending(reading, () => NEVER, { until: undefined, maxInFlightBytes: 3 });
    await reading.time.pass(1_000);
    expect(seen.values.map((line) => line.value)).toEqual(['1']);
    seen.stop();
    await reading.time.pass(6_000);
    expect(reading.committed()).toEqual([1]);
  });

  test('does not release it by something that is made of no record', async () => {
    const reading = numbers();
    const seen = sending(
      reading,
      concatMap(({ offset }) => of(offset, null, undefined)),
      { until: undefined },
    );
    await reading.time.pass(1_000);
    expect(seen.errors).toEqual([]);
    seen.stop();
    await reading.time.pass(1_000);
    expect(reading.committed()).toEqual([1]);
  });

  test('sees the end of a bounded read', async () => {
    const reading = numbers();
    let ended = 0;
    sending(reading, tap({ complete: () => ended++ }));
    await reading.time.pass(1_000);
    expect(ended).toBe(1);
  });

  test('has time to finish when everything else is read, and the last commit has its record', async () => {
    const reading = numbers();
    const seen = sending(reading, delay(700, reading.time));
    await reading.time.pass(600);
    expect(reading.committed()).toEqual([]);
    await reading.time.pass(1_000);
    expect(seen).toMatchObject({ completed: true, errors: [] });
    expect(reading.committed()).toEqual([3]);
  });

  test('is unsubscribed when the group is left', async () => {
    const reading = numbers();
    let ended = false;
    const seen = sending(reading, (invalid$) => merge(invalid$, NEVER).pipe(finalize(() => (ended = true))));
    await reading.time.pass(10);
    expect([ended, seen.completed]).toEqual([false, false]);
    await reading.time.pass(1_000);
    expect([ended, seen.completed]).toEqual([true, true]);
  });

  test('that fails fails the stream', async () => {
    const reading = numbers();
    const full = new Error('full');
    const seen = sending(
      reading,
      map(() => {
        throw full;
      }),
    );
    await reading.time.pass(1_000);
    expect(seen.errors).toMatchObject([{ code: 'CONSUMER_FAILED', cause: full }]);
    expect(reading.kafka.members('g')).toEqual([]);
  });
});
