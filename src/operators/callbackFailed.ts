import { isStreamError, placeOf, StreamError } from '../errors';
import type { StreamRecord } from '../records';

/** Where a record came from, for errors: its place, or its window. */
export function whereOf(record: StreamRecord): string {
  if ('window' in record) {
    const { start, end } = record.window as { start: number; end: number };
    return `the result for the window [${start}, ${end})`;
  }
  if ('topic' in record) return placeOf(record as StreamRecord & { topic: string; partition: number; offset: number });
  return 'a record';
}

/** Names a throw of a user's callback; an error of ours passes as it is. */
export function callbackFailed(operator: string, record: StreamRecord, error: unknown): StreamError {
  if (isStreamError(error)) return error;
  const { topic, partition, offset } = record as { topic?: string; partition?: number; offset?: number };
  const reason = error instanceof Error ? error.message : String(error);
  return new StreamError(
    'CALLBACK_FAILED',
    `the callback of ${operator} threw at ${whereOf(record)}: ${reason}. The record is not committed and will be read again; catch in the callback what should not stop the stream`,
    {
      topic,
      partition,
      offset,
      cause: error,
    },
  );
}
