import type { FakeConnection } from '../network/fakeConnection';
import { FakeKafkaError, nonRetriableError } from '../network/fakeErrors';

/** kafkajs' defaults, ms; without its random fifth more or less, so that runs can be repeated. */
export const firstPause = 300;
const longestPause = 30_000;
const defaultRetries = 5;

/** Thrown inside {@link retrying} to fail with an error as it is, without another try. */
export class Bail extends Error {
  constructor(readonly reason: unknown) {
    super('not to be tried again');
  }
}

/** Tries again as kafkajs does: what does not say that it cannot be retried is, five times, with pauses that double. */
export async function retrying<T>(
  connection: Pick<FakeConnection, 'sleep'>,
  retries: number | undefined,
  work: () => Promise<T>,
): Promise<T> {
  let pause = firstPause;
  for (let count = 0; ; count++) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Bail) throw error.reason;
      const { message, cause } = error instanceof Error ? error : new Error(String(error));
      if (!isRetriable(error)) throw nonRetriableError(message, cause ?? error);
      if (count >= (retries ?? defaultRetries)) {
        throw new FakeKafkaError('KafkaJSNumberOfRetriesExceeded', message, false, { cause: error, retryCount: count, retryTime: pause });
      }
    }
    await connection.sleep(pause);
    pause = Math.min(pause * 2, longestPause);
  }
}

/** Mistakes in the program are not repeated. */
const unrecoverable = ['RangeError', 'ReferenceError', 'SyntaxError', 'TypeError'];

function isRetriable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return true;
  const { retriable, name } = error as { retriable?: unknown; name?: unknown };
  return retriable !== false && !unrecoverable.includes(String(name));
}
