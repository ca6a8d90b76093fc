import { expect, test } from 'vitest';
import { nonRetriableError, protocolError } from '../../../src/testing/network/fakeErrors';
import { Bail, retrying } from '../../../src/testing/client/fakeRetry';

const tries = async (
  retries: number | undefined,
  error: (count: number) => Error | undefined,
): Promise<{ pauses: number[]; outcome: unknown }> => {
  const pauses: number[] = [];
  let count = 0;
  const work = async (): Promise<string> => {
    const failure = error(count++);
    if (failure !== undefined) throw failure;
    return 'done';
  };
  const outcome = await retrying({ sleep: async (ms) => void pauses.push(ms) }, retries, work).catch((reason: unknown) => reason);
  return { pauses, outcome };
};

test('what may go well another time is tried five times more, with pauses that double', async () => {
  const error = protocolError('UNKNOWN_TOPIC_OR_PARTITION');
  const { pauses, outcome } = await tries(undefined, () => error);
  expect(pauses).toEqual([300, 600, 1_200, 2_400, 4_800]);
  expect(outcome).toMatchObject({
    name: 'KafkaJSNumberOfRetriesExceeded',
    retriable: false,
    message: error.message,
    retryCount: 5,
    cause: error,
  });
});

test('pauses grow to half a minute and no further', async () => {
  const { pauses } = await tries(9, () => new Error('any'));
  expect(pauses.slice(-3)).toEqual([19_200, 30_000, 30_000]);
});

test('it is over when a try goes well', async () => {
  const { pauses, outcome } = await tries(5, (count) => (count < 2 ? new Error('not yet') : undefined));
  expect(pauses).toHaveLength(2);
  expect(outcome).toBe('done');
});

test('what says that it cannot be tried again is not, and neither is a mistake of the program', async () => {
  for (const error of [nonRetriableError('no'), new TypeError('no'), new RangeError('no')]) {
    const { pauses, outcome } = await tries(5, () => error);
    expect(pauses).toEqual([]);
    expect(outcome).toMatchObject({ name: 'KafkaJSNonRetriableError', message: 'no', cause: error });
  }
});

test('a bail gives the error as it is', async () => {
  const error = new Error('as it is');
  expect((await tries(5, () => new Bail(error))).outcome).toBe(error);
});
