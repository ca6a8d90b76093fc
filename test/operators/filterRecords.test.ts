import { from } from 'rxjs';
import { expect, test } from 'vitest';
import { ack } from '../../src/operators/ack';
import { filterRecords } from '../../src/operators/filterRecords';
import { outcome, Topic } from './source';

test('what is dropped is released, and what is kept is not', () => {
  const topic = new Topic();
  const { values } = outcome(from(topic.records(1, 2, 3)).pipe(filterRecords((n) => n === 2)));
  expect(values.map(({ offset }) => offset)).toEqual([1]);
  expect(topic.committable()).toBe(1);
  expect(topic.epochs[0]?.inFlight).toBe(1);
});

test('offsets can be committed past everything when the rest is acked', () => {
  const topic = new Topic();
  outcome(
    from(topic.records(1, 2, 3)).pipe(
      filterRecords((n) => n === 2),
      ack(),
    ),
  );
  expect(topic.committable()).toBe(3);
});

test('the predicate gets the whole record too', () => {
  const { values } = outcome(from(new Topic().records('a', 'b')).pipe(filterRecords((_, { offset }) => offset > 0)));
  expect(values.map(({ value }) => value)).toEqual(['b']);
});

test('L10: a throw is an error that says where, and the record is not released', () => {
  const topic = new Topic();
  const { error } = outcome(
    from(topic.records(1)).pipe(
      filterRecords(() => {
        throw new Error('no');
      }),
    ),
  );
  expect(error).toMatchObject({
    code: 'CALLBACK_FAILED',
    offset: 0,
    message: expect.stringContaining('the callback of filterRecords threw at t[0]@0: no') as string,
  });
  expect(topic.committable()).toBe(0);
});

test('a record that did not come from fromTopic cannot be dropped', () => {
  const [record] = new Topic().records(1);
  const { error } = outcome(from([{ ...record, '~provenance': undefined as never }] as never[]).pipe(filterRecords(() => false)));
  expect(error).toMatchObject({ code: 'NO_SOURCE', message: expect.stringContaining('filterRecords got an element') as string });
});
