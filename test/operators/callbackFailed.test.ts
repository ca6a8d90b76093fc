import { expect, test } from 'vitest';
import { StreamError } from '../../src/errors';
import { callbackFailed, whereOf } from '../../src/operators/callbackFailed';
import { record as recordFor } from '../../src/testing/record';

const record = recordFor('k', 1, { topic: 't' });
const result = {
  key: 'k',
  value: 1,
  timestamp: 9,
  headers: {},
  window: { start: 0, end: 10 },
  final: true,
  '~provenance': { kind: 'millrace' },
} as const;

test('a place is that of the record, or the window of a result', () => {
  expect(whereOf(record)).toBe('t[0]@0');
  expect(whereOf(result)).toBe('the result for the window [0, 10)');
  expect(whereOf({ key: null, value: null, timestamp: 0, headers: {}, '~provenance': { kind: 'millrace' } })).toBe('a record');
});

test('what was thrown is the cause, whatever it is', () => {
  expect(callbackFailed('mapValues', record, 'plain text')).toMatchObject({
    code: 'CALLBACK_FAILED',
    topic: 't',
    partition: 0,
    offset: 0,
    cause: 'plain text',
    message: expect.stringContaining('mapValues threw at t[0]@0: plain text.') as string,
  });
  expect(callbackFailed('mapValues', result, undefined).offset).toBeUndefined();
});

test('an error of ours passes as it is', () => {
  const error = new StreamError('ENCODE_FAILED', 'too large');
  expect(callbackFailed('mapValues', record, error)).toBe(error);
});

test('the message has the words of what was thrown, after the place', () => {
  expect(callbackFailed('mapValues', record, new RangeError('no twos')).message).toContain(
    'of mapValues threw at t[0]@0: no twos. The record',
  );
  expect(callbackFailed('mapValues', record, 'plain text').message).toContain('threw at t[0]@0: plain text. The record');
});
