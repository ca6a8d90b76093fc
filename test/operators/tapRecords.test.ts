import { from } from 'rxjs';
import { expect, test, vi } from 'vitest';
import { tapRecords } from '../../src/operators/tapRecords';
import { outcome, Topic } from './source';

test('the callback gets value and record, and the record goes on as it is', () => {
  const records = new Topic().records('a', 'b');
  const effect = vi.fn();
  const { values } = outcome(from(records).pipe(tapRecords(effect)));
  expect(effect.mock.calls).toEqual(records.map((record) => [record.value, record]));
  expect(values[0]).toBe(records[0]);
  expect(values).toHaveLength(2);
});

test('L10: a throw is an error that says where', () => {
  const { error, values } = outcome(
    from(new Topic().records('a')).pipe(
      tapRecords(() => {
        throw new Error('no');
      }),
    ),
  );
  expect(values).toEqual([]);
  expect(error).toMatchObject({
    code: 'CALLBACK_FAILED',
    offset: 0,
    message: expect.stringContaining('the callback of tapRecords threw at t[0]@0: no') as string,
  });
});
