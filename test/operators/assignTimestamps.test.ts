import { delay, mergeMap, of, switchMap, tap } from 'rxjs';
import { describe, expect, test } from 'vitest';
import {
  assignTimestamps,
  commitOffsets,
  countByKey,
  filterRecords,
  flatMapValues,
  type FromTopicOptions,
  isStreamError,
  type KafkaClient,
  type KafkaRecord,
  tumbling,
} from '../../src/index';
import { marbles, record } from '../../src/testing/index';
import { outcomeOf, Reading } from '../run/reading';
import { outcome } from './source';

const window = tumbling(10);
const year2106 = Date.UTC(2106, 1, 7);

/** A topic of lines, each of them times in words; the timestamps of the records say nothing. */
function lines(...values: readonly string[]): Reading {
  const reading = new Reading(0);
  reading.kafka.append(
    't',
    values.map((value, n) => ({ key: 'k', value, timestamp: 5_000 - 100 * n })),
  );
  return reading;
}

const words = flatMapValues<KafkaRecord<string, string>, string>((line) => line.split(' '));

/** What comes of a pipeline that counts words in windows by the times that they are. */
async function counting(reading: Reading, options: Partial<FromTopicOptions<KafkaClient, string, string>> = {}) {
  const seen = outcomeOf(
    reading.lines$({ until: 'latest', ...options }).pipe(words, assignTimestamps(Number), countByKey({ window }), commitOffsets()),
  );
  await reading.time.pass(5_000);
  return { ...seen, counts: seen.values.map(({ window: { start }, value }) => [start, value]), committed: reading.committed() };
}

test('the timestamp changes and all else stays', () => {
  const made = record('k', 'a', { offset: 7, headers: { trace: 'x' }, timestamp: 3 });
  const { values } = outcome(
    of(made).pipe(assignTimestamps((value, { offset, timestamp }) => value.length * 100 + offset * 10 + timestamp)),
  );
  expect(values).toEqual([{ ...made, timestamp: 173 }]);
  expect(values[0]?.['~provenance']).toBe(made['~provenance']);
});

test('L10: a throw is an error that says where', () => {
  const fails = () => {
    throw new Error('no');
  };
  const { error } = outcome(of(record('k', 'a', { topic: 't', offset: 7 })).pipe(assignTimestamps(fails)));
  expect(error).toMatchObject({ code: 'CALLBACK_FAILED', topic: 't', offset: 7 });
});

describe('windows go by the time that was assigned', () => {
  test('and not by the timestamps of the source, which may be anything', async () => {
    const reading = lines('1 2', '3 12', '13', '25');
    reading.kafka.append('t', [{ key: 'k', value: '26', timestamp: -1 }]);
    const { counts, errors, committed } = await counting(reading);
    expect(errors).toEqual([]);
    expect(counts).toEqual([
      [0, 3],
      [10, 2],
      [20, 2],
    ]);
    expect(committed).toEqual([5]);
  });

  test('and judge all parts of a record by what came before it', async () => {
    const { counts } = await counting(lines('1', '25 2', '3'));
    expect(counts).toEqual([
      [0, 2],
      [20, 1],
    ]);
  });

  test('also where records take their time to come there', async () => {
    const reading = lines('1', '12', '2', '25', '13', '36');
    const values: unknown[] = [];
    const pipeline$ = reading.lines$().pipe(delay(300, reading.time), assignTimestamps(Number), countByKey({ window }), commitOffsets());
    pipeline$.subscribe(({ window: { start }, value }) => void values.push([start, value]));
    await reading.time.pass(5_000);
    expect(values).toEqual([
      [0, 1],
      [10, 1],
      [20, 1],
    ]);
  });

  test('which a partition whose records are dropped before does not have', async () => {
    const reading = lines('1', 'x', '12');
    const seen = outcomeOf(
      reading.lines$({ until: 'latest', atEnd: 'hold' }).pipe(
        filterRecords((line) => line === 'x'),
        assignTimestamps(() => NaN),
        countByKey({ window }),
        commitOffsets(),
      ),
    );
    await reading.time.pass(2_000);
    expect(seen.errors).toMatchObject([{ code: 'BAD_TIMESTAMP', offset: 1 }]);
  });

  test('in diagrams too', () => {
    marbles((m) => {
      const records$ = m.records('-ab|', { a: ['k', 1], b: ['k', 12] });
      const counts$ = records$.pipe(
        assignTimestamps((value) => value),
        countByKey({ window }),
      );
      m.expectRecords(counts$).toBe('--x(y|)', { x: ['k', 1, { start: 0, end: 10 }], y: ['k', 1, { start: 10, end: 20 }] });
    });
  });

  test('and maxSkew does, as soon as a record is given its time, whenever it is released', async () => {
    const reading = new Reading(0, 0);
    const append = (partition: number, ...values: readonly number[]) =>
      reading.kafka.append(
        't',
        values.map((value) => ({ key: 'k', value: String(value), timestamp: 0, partition })),
      );
    append(0, 10, 500, 510);
    append(1, 10);
    const seen: string[] = [];
    const { errors } = outcomeOf(
      reading.lines$({ maxSkew: 100, maxInFlight: 2, idleAfter: '1h' }).pipe(
        delay(20, reading.time),
        assignTimestamps(Number),
        tap(({ partition, offset }) => seen.push(`${partition}@${offset}`)),
        delay(5_000, reading.time),
        commitOffsets(),
      ),
    );
    await reading.time.pass(20_000);
    expect(seen.sort()).toEqual(['0@0', '0@1', '1@0']);
    append(1, 450);
    await reading.time.pass(1_000);
    expect(seen.sort()).toEqual(['0@0', '0@1', '0@2', '1@0', '1@1']);
    expect(errors).toEqual([]);
  });
});

describe('a bad timestamp', () => {
  test.each(['x', String(year2106)])('of %s is an error with its place', async (bad) => {
    const { errors, counts } = await counting(lines('1', bad, '12'), { maxAhead: '1h' });
    expect(errors).toMatchObject([{ code: 'BAD_TIMESTAMP', topic: 't', partition: 0, offset: 1 }]);
    expect(isStreamError(errors[0]) && errors[0].message).toContain('that the callback of assignTimestamps gave for t[0]@1 is');
    expect(counts).toEqual([]);
  });

  test("is dropped with onBadTimestamp: 'skip', and closes no window", async () => {
    const { errors, counts, committed } = await counting(lines('1', `2 ${year2106} x`, '3', '12'), {
      maxAhead: '1h',
      onBadTimestamp: 'skip',
    });
    expect(errors).toEqual([]);
    expect(counts).toEqual([
      [0, 3],
      [10, 1],
    ]);
    expect(committed).toEqual([4]);
  });

  test("is the newest of its partition with 'partitionTime'", async () => {
    const { counts } = await counting(lines('1', '12', '13 x', '25'), { onBadTimestamp: 'partitionTime' });
    expect(counts).toEqual([
      [0, 1],
      [10, 3],
      [20, 1],
    ]);
  });

  test('is none before 1970', async () => {
    const { counts } = await counting(lines('-25', '-1', '3'));
    expect(counts).toEqual([
      [-30, 1],
      [-10, 1],
      [0, 1],
    ]);
  });
});

describe('it is an error', () => {
  test('that a record has overtaken another of its partition', async () => {
    const reading = lines('1', '2', '3');
    const seen = outcomeOf(
      reading.lines$().pipe(
        mergeMap((line) => of(line).pipe(delay(line.offset === 1 ? 500 : 100, reading.time))),
        assignTimestamps(Number),
        countByKey({ window }),
        commitOffsets(),
      ),
    );
    await reading.time.pass(5_000);
    expect(seen.errors).toMatchObject([{ code: 'UNSUPPORTED', topic: 't', partition: 0, offset: 1 }]);
    expect(isStreamError(seen.errors[0]) && seen.errors[0].message).toContain('t[0]@1 came to assignTimestamps after t[0]@2');
  });

  test('to change the time of results', async () => {
    const reading = lines('1', '12');
    const assigned$ = reading.lines$().pipe(
      countByKey({ window }),
      assignTimestamps(() => 0),
    );
    const { errors } = outcomeOf(assigned$);
    await reading.time.pass(1_000);
    expect(errors).toMatchObject([{ code: 'UNSUPPORTED' }]);
    expect(reading.kafka.members('g')).toEqual([]);
  });

  test('to change the time of results where that is found out only from the first', async () => {
    const reading = new Reading(30);
    const assigned$ = reading
      .lines$()
      .pipe(countByKey({ window }))
      .pipe(switchMap((result) => of(result).pipe(assignTimestamps(() => 0))));
    const { errors } = outcomeOf(assigned$);
    await reading.time.pass(1_000);
    expect(errors).toMatchObject([{ code: 'UNSUPPORTED' }]);
    expect(isStreamError(errors[0]) && errors[0].message).toContain('takes the results of a window');
  });

  test('to be subscribed after the source', async () => {
    const reading = lines('1');
    const { errors } = outcomeOf(reading.lines$().pipe(switchMap((line) => of(line).pipe(assignTimestamps(Number)))));
    await reading.time.pass(1_000);
    expect(errors).toMatchObject([{ code: 'UNSUPPORTED', topic: 't', partition: 0, offset: 0 }]);
  });

  test('to assign time twice', async () => {
    const reading = lines('1');
    const { errors } = outcomeOf(reading.lines$().pipe(assignTimestamps(Number), assignTimestamps(Number)));
    await reading.time.pass(1_000);
    expect(errors).toMatchObject([{ code: 'INVALID_OPTION' }]);
  });

  test('to go on in a group that went by other times', async () => {
    const reading = lines('1', '12', '25');
    await counting(reading, { atEnd: 'hold' });
    const { errors } = outcomeOf(reading.lines$().pipe(words, countByKey({ window }), commitOffsets()));
    await reading.time.pass(5_000);
    expect(errors).toMatchObject([{ code: 'WINDOWS_CHANGED' }]);
  });
});
