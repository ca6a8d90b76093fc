import { StreamError } from '../errors';

/** `counting(n)`: a window per n records of a key. */
export interface CountingWindow {
  readonly kind: 'counting';
  readonly size: number;
}

/**
 * A window per `size` records of a key, in the order of their partition. Time has no part in it: it closes with its last record, and fewer records than
 * `size` wait for the others.
 *
 * As `countWindow` of Flink; Kafka Streams and Spark have none.
 *
 * @param size - records in a window, a whole number, 1 or more
 * @throws StreamError `INVALID_OPTION` for a size that is not a whole number, or is less than 1
 * @since 0.1.0
 * @example
 * ```ts
 * import { counting } from 'millrace';
 *
 * counting(100); // => { kind: 'counting', size: 100 }
 * ```
 */
export function counting(size: number): CountingWindow {
  if (Number.isSafeInteger(size) && size >= 1) return { kind: 'counting', size };
  throw new StreamError(
    'INVALID_OPTION',
    `the size of a counting window is ${typeof size === 'number' ? String(size) : JSON.stringify(size)}: it is a number of records, so it must be a whole number, 1 or more`,
  );
}
