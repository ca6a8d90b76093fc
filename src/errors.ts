/** What can go wrong. Closed: a `switch` over it can be exhaustive; a new code is a new major version. */
export type StreamErrorCode =
  | 'INVALID_OPTION'
  | 'NO_SOURCE'
  | 'DECODE_FAILED'
  | 'ENCODE_FAILED'
  | 'CALLBACK_FAILED'
  | 'TIMEOUT'
  | 'NULL_KEY'
  | 'BAD_TIMESTAMP'
  | 'STALLED'
  | 'ACKED_TWICE'
  | 'REPLAY_TOO_LONG'
  | 'STATE_FULL'
  | 'PARTITIONS_ELSEWHERE'
  | 'WINDOWS_CHANGED'
  | 'METADATA_UNREADABLE'
  | 'UNKNOWN_TOPIC'
  | 'BROKER_UNREACHABLE'
  | 'NOT_AUTHENTICATED'
  | 'NOT_AUTHORIZED'
  | 'DATA_LOST'
  | 'CONSUMER_FAILED'
  | 'COMMIT_FAILED'
  | 'PRODUCE_FAILED'
  | 'TRANSACTION_FAILED'
  | 'FENCED'
  | 'UNSUPPORTED';

/** What is known about where and why a {@link StreamError} happened. */
export interface StreamErrorDetails {
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  readonly offset?: number | undefined;
  readonly groupId?: string | undefined;
  readonly retriable?: boolean | undefined;
  readonly cause?: unknown;
}

/**
 * A brand and not the class itself: an application may load the ESM and the CJS build at once, and an error of one must be known to the other.
 * `Symbol.for` is the same symbol in both.
 */
const brand = Symbol.for('millrace.StreamError');

/**
 * Every error of ours, thrown or in the error channel.
 *
 * The message says what happened, where (`topic[partition]@offset`), and what to check; the same coordinates are fields. `retriable` says whether the same
 * thing may go well another time, `cause` is what was caught.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { fromTopic, isStreamError } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * fromTopic(new FakeKafka(), 'lines').subscribe({
 *   error: (error: unknown) => {
 *     if (isStreamError(error, 'UNKNOWN_TOPIC')) console.error(error.topic, error.message);
 *   },
 * });
 * ```
 */
export class StreamError<Code extends StreamErrorCode = StreamErrorCode> extends Error {
  override readonly name = 'StreamError';
  readonly code: Code;
  readonly topic: string | undefined;
  readonly partition: number | undefined;
  /** Of the record in question, or the next one to read. */
  readonly offset: number | undefined;
  readonly groupId: string | undefined;
  /** Whether the same thing may go well another time. */
  readonly retriable: boolean;
  /** What was caught, if something was. */
  override readonly cause: unknown;

  /** @internal */
  constructor(code: Code, message: string, details: StreamErrorDetails = {}) {
    super(message);
    this.code = code;
    this.topic = details.topic;
    this.partition = details.partition;
    this.offset = details.offset;
    this.groupId = details.groupId;
    this.retriable = details.retriable ?? false;
    this.cause = details.cause;
    Object.defineProperty(this, brand, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): value is StreamError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/**
 * Whether `error` is ours, also from another copy of the package; with a `code`, whether it is that one.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { isStreamError } from 'millrace';
 *
 * isStreamError(new Error('no')); // => false
 * ```
 */
export function isStreamError<Code extends StreamErrorCode = StreamErrorCode>(error: unknown, code?: Code): error is StreamError<Code> {
  return error instanceof StreamError && (code === undefined || error.code === code);
}

/** `topic[partition]@offset`, as in every message, log and test. */
export function placeOf(place: { readonly topic: string; readonly partition: number; readonly offset: number }): string {
  return `${place.topic}[${place.partition}]@${place.offset}`;
}
