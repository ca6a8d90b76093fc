import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { isStreamError, placeOf, StreamError } from '../src/errors';

test('an error of ours has its code, its place and its cause', () => {
  const cause = new Error('no');
  const error = new StreamError('DECODE_FAILED', 'could not decode', {
    topic: 't',
    partition: 1,
    offset: 2,
    groupId: 'g',
    retriable: true,
    cause,
  });
  expect(error).toMatchObject({
    name: 'StreamError',
    code: 'DECODE_FAILED',
    topic: 't',
    partition: 1,
    offset: 2,
    groupId: 'g',
    retriable: true,
    cause,
  });
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe('StreamError: could not decode');
});

test('without details an error is not retriable and has no place', () => {
  expect(new StreamError('STALLED', 'nothing moves')).toMatchObject({
    retriable: false,
    topic: undefined,
    partition: undefined,
    offset: undefined,
  });
});

describe('isStreamError', () => {
  test('knows an error by its code', () => {
    const error = new StreamError('STALLED', 'nothing moves');
    expect(isStreamError(error)).toBe(true);
    expect(isStreamError(error, 'STALLED')).toBe(true);
    expect(isStreamError(error, 'TIMEOUT')).toBe(false);
  });

  test('knows an error of another copy of the package', async () => {
    vi.resetModules();
    const other = await import('../src/errors');
    expect(other.StreamError).not.toBe(StreamError);
    expect(isStreamError(new other.StreamError('STALLED', 'nothing moves'), 'STALLED')).toBe(true);
  });

  test.each([new Error('no'), { code: 'STALLED' }, 'STALLED', null, undefined, runInNewContext('new Error("no")')])(
    'does not take %s for ours',
    (error) => {
      expect(isStreamError(error)).toBe(false);
    },
  );
});

test('a place is written topic[partition]@offset', () => {
  expect(placeOf({ topic: 'lines', partition: 3, offset: 1_042 })).toBe('lines[3]@1042');
});
