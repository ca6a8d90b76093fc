import { from, take } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { ack } from '../../src/operators/ack';
import { flatMapValues } from '../../src/operators/flatMapValues';
import { shareOf } from '../../src/run/share';
import { outcome, Topic } from './source';

const split = (line: string): string[] => line.split(' ').filter((word) => word !== '');

test('each value becomes a record with key, time and place of the one it was made of', () => {
  const topic = new Topic();
  const records = topic.records('to be', 'or');
  const { values } = outcome(from(records).pipe(flatMapValues(split)));
  expect(values.map(({ value, offset }) => `${value}@${offset}`)).toEqual(['to@0', 'be@0', 'or@1']);
  expect(values[0]).toMatchObject({ key: 'k', timestamp: 0, headers: { trace: 'h' }, topic: 't', partition: 0 });
});

test('a record without values is released', () => {
  const topic = new Topic();
  outcome(from(topic.records('', '')).pipe(flatMapValues(split)));
  expect(topic.committable()).toBe(2);
});

test('the offset is released when everything that was made of the record is', () => {
  const topic = new Topic();
  const { values } = outcome(from(topic.records('a b c')).pipe(flatMapValues(split)));
  const [first, ...others] = values.map((value) => shareOf(value, 'the test'));
  for (const share of others) share.release();
  expect(topic.committable()).toBe(0);
  first?.release();
  expect(topic.committable()).toBe(1);
});

test('a sink that acks each at once does not release the record half way', () => {
  const topic = new Topic();
  const seen: number[] = [];
  outcome(from(topic.records('a b c')).pipe(flatMapValues(split), ack())).values.forEach(() => seen.push(topic.committable()));
  expect(topic.committable()).toBe(1);
  const again = new Topic();
  const halfWay: number[] = [];
  from(again.records('a b'))
    .pipe(flatMapValues(split), ack())
    .subscribe(() => halfWay.push(again.committable()));
  expect(halfWay).toEqual([0, 0]);
});

test('values are taken one at a time, so a generator need not end', () => {
  const { values, completed } = outcome(
    from(new Topic().records('a')).pipe(
      flatMapValues(function* () {
        for (let n = 0; ; n++) yield n;
      }),
      take(3),
    ),
  );
  expect([values.map(({ value }) => value), completed]).toEqual([[0, 1, 2], true]);
});

describe('L10: a throw is an error that says where, and the record is not released', () => {
  test('in the callback', () => {
    const topic = new Topic();
    const { error } = outcome(
      from(topic.records('a')).pipe(
        flatMapValues((): string[] => {
          throw new Error('no');
        }),
      ),
    );
    expect(error).toMatchObject({
      code: 'CALLBACK_FAILED',
      offset: 0,
      message: expect.stringContaining('the callback of flatMapValues threw at t[0]@0: no') as string,
    });
    expect(topic.committable()).toBe(0);
  });

  test('while iterating', () => {
    const topic = new Topic();
    const { values, error } = outcome(
      from(topic.records('a')).pipe(
        flatMapValues(function* () {
          yield 1;
          throw new Error('no');
        }),
        ack(),
      ),
    );
    expect(values).toHaveLength(1);
    expect(error).toMatchObject({ code: 'CALLBACK_FAILED', offset: 0 });
    expect(topic.committable()).toBe(0);
  });

  test('if the callback gives nothing to iterate over', () => {
    const { error } = outcome(from(new Topic().records('a')).pipe(flatMapValues(() => 1 as never)));
    expect(error).toMatchObject({ code: 'CALLBACK_FAILED', cause: expect.any(TypeError) as unknown });
  });
});

test('a record that did not come from fromTopic cannot be split', () => {
  const { error } = outcome(from([{ value: 'a' }] as never[]).pipe(flatMapValues(() => [1])));
  expect(error).toMatchObject({ code: 'NO_SOURCE', message: expect.stringContaining('flatMapValues got an element') as string });
});
