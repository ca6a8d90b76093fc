import { from, map, mergeMap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, test } from 'vitest';
import { ack } from '../../src/operators/ack';
import type { KafkaRecord } from '../../src/records';
import { type Found, outcome, read, Topic } from './source';

type Line = KafkaRecord<string, string>;

test('what arrives is released, and goes on as it is', () => {
  const topic = new Topic();
  const records = topic.records('a', 'b');
  const { values } = outcome(from(records.slice(0, 1)).pipe(ack()));
  expect(values[0]).toBe(records[0]);
  expect(topic.committable()).toBe(1);
});

test('it is released before it goes on, so that a subscriber that fails does not hold it', () => {
  const topic = new Topic();
  const seen: number[] = [];
  from(topic.records('a'))
    .pipe(ack())
    .subscribe(() => seen.push(topic.committable()));
  expect(seen).toEqual([1]);
});

test('a spread keeps where a record came from', () => {
  const topic = new Topic();
  outcome(
    from(topic.records(1)).pipe(
      map((record) => ({ ...record, value: record.value + 1 })),
      ack(),
    ),
  );
  expect(topic.committable()).toBe(1);
});

test('L3: a record that was multiplied is an error', () => {
  const { values, error } = outcome(
    from(new Topic().records('a')).pipe(
      mergeMap((record) => [record, record]),
      ack(),
    ),
  );
  expect(values).toHaveLength(1);
  expect(error).toMatchObject({ code: 'ACKED_TWICE' });
});

test.each([1, { value: 1 }, { '~provenance': { kind: 'millrace' } }])('%j did not come from fromTopic', (element) => {
  const { error } = outcome(from([element] as never[]).pipe(ack()));
  expect(error).toMatchObject({
    code: 'NO_SOURCE',
    message: expect.stringContaining('ack got an element that did not come from fromTopic') as string,
  });
});

test('the source knows it', () => {
  const found: Found = {};
  outcome(read([], found).pipe(ack()));
  expect(found.participants?.map(({ name }) => name)).toEqual(['ack']);
});

test("L9: it completes, fails and unsubscribes with its source, under RxJS' own test scheduler", () => {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, expectObservable, expectSubscriptions }) => {
    const [a, b, c] = new Topic().records('a', 'b', 'c') as [Line, Line, Line];
    const completing = cold('-a-b-|', { a, b });
    expectObservable(completing.pipe(ack())).toBe('-a-b-|', { a, b });
    const failing = cold('-c-#', { c }, 'broken');
    expectObservable(failing.pipe(ack())).toBe('-c-#', { c }, 'broken');
    const endless = cold<Line>('---');
    expectObservable(endless.pipe(ack()), '^--!').toBe('---');
    expectSubscriptions(completing.subscriptions).toBe('^----!');
    expectSubscriptions(failing.subscriptions).toBe('^--!');
    expectSubscriptions(endless.subscriptions).toBe('^--!');
  });
});
