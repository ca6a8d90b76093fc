import { of } from 'rxjs';
import { expect, test } from 'vitest';
import { keyBy } from '../../src/operators/keyBy';
import { record } from '../../src/testing/record';
import { type Found, outcome, read } from './source';

test('the key changes and all else stays', () => {
  const made = record('k', 'a', { offset: 7 });
  const { values } = outcome(of(made).pipe(keyBy((value, { offset }) => `${value}${offset}`)));
  expect(values).toEqual([{ ...made, key: 'a7' }]);
  expect(values[0]?.['~provenance']).toBe(made['~provenance']);
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
  expect(outcome(of(result).pipe(keyBy(() => 'all'))).values).toEqual([{ ...result, key: 'all' }]);
});

test.each([null, undefined])('%s is no key', (key) => {
  const { error } = outcome(of(record('k', 'a', { topic: 't' })).pipe(keyBy(() => key as never)));
  expect(error).toMatchObject({
    code: 'NULL_KEY',
    message: expect.stringContaining(`gave ${String(key)} as the key of t[0]@0: drop such records with filterRecords`) as string,
  });
});

test.each(['', 0, false])('%j is a key', (key) => {
  expect(outcome(of(record('k', 'a', { topic: 't' })).pipe(keyBy(() => key))).values[0]?.key).toBe(key);
});

test('L10: a throw is an error that says where', () => {
  const { error } = outcome(
    of(record('k', 'a', { topic: 't' })).pipe(
      keyBy((): string => {
        throw new Error('no');
      }),
    ),
  );
  expect(error).toMatchObject({
    code: 'CALLBACK_FAILED',
    offset: 0,
    message: expect.stringContaining('the callback of keyBy threw at t[0]@0: no') as string,
  });
});

test('the source learns that equal keys may come from several partitions', () => {
  const found: Found = {};
  outcome(read([], found).pipe(keyBy(() => 'all')));
  expect(found.participants).toEqual([{ name: 'keyBy', rekeys: true }]);
});
