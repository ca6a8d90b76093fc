import { from, of } from 'rxjs';
import { expect, test } from 'vitest';
import { mapValues } from '../../src/operators/mapValues';
import { record } from '../../src/testing/record';
import { outcome, Topic } from './source';

test('the value changes and all else stays', () => {
  const line = record('k', 'to be');
  const { values, completed } = outcome(of(line).pipe(mapValues((text) => text.length)));
  expect(values).toEqual([{ ...line, value: 5 }]);
  expect(values[0]?.['~provenance']).toBe(line['~provenance']);
  expect(completed).toBe(true);
});

test('the callback gets the whole record too', () => {
  const { values } = outcome(
    of(record('k', 'a'), record('k', 'b', { offset: 1 })).pipe(mapValues((value, { key, offset }) => `${key}${offset}${value}`)),
  );
  expect(values.map(({ value }) => value)).toEqual(['k0a', 'k1b']);
});

test('a result of a window keeps its window', () => {
  const result = {
    key: 'k',
    value: 1,
    timestamp: 9,
    headers: {},
    window: { start: 0, end: 10 },
    final: true,
    '~provenance': { kind: 'millrace' },
  } as const;
  expect(outcome(of(result).pipe(mapValues((n) => n + 1))).values).toEqual([{ ...result, value: 2 }]);
});

test('L10: a throw is an error that says where, and nothing comes after it', () => {
  const topic = new Topic();
  const fail = (value: string): string => {
    if (value === 'b') throw new Error('no b');
    return value;
  };
  const { values, error } = outcome(from(topic.records('a', 'b', 'c')).pipe(mapValues(fail)));
  expect(values).toHaveLength(1);
  expect(error).toMatchObject({
    code: 'CALLBACK_FAILED',
    topic: 't',
    partition: 0,
    offset: 1,
    cause: new Error('no b'),
    message:
      'the callback of mapValues threw at t[0]@1: no b. The record is not committed and will be read again; catch in the callback what should not stop the stream',
  });
});
