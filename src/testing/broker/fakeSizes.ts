import type { RecordHeaders } from '../../records';
import type { UnplacedMessage } from './fakeLog';

/** What a batch takes beside its records. */
const batchHeader = 61;

/** Bytes of messages as one batch of Kafka's format without compression: what is stored and what the limits count. */
export function batchSize(messages: readonly UnplacedMessage[]): number {
  let first = Infinity;
  for (const { timestamp } of messages) first = Math.min(first, Number(timestamp));
  let size = batchHeader;
  messages.forEach((message, i) => (size += recordSize(message, Number(message.timestamp) - first, i)));
  return size;
}

function recordSize({ key, value, headers }: UnplacedMessage, timestampDelta: number, offsetDelta: number): number {
  const attributes = 1;
  const body =
    attributes + numberSize(timestampDelta) + numberSize(offsetDelta) + bytesSize(key) + bytesSize(value) + headersSize(headers ?? {});
  return numberSize(body) + body;
}

function headersSize(headers: RecordHeaders): number {
  let count = 0;
  let size = 0;
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    const nameSize = new TextEncoder().encode(name).length;
    for (const one of isList(value) ? value : [value]) {
      count++;
      size += numberSize(nameSize) + nameSize + bytesSize((one ?? null) as Uint8Array | null);
    }
  }
  return numberSize(count) + size;
}

/** The bytes behind their length, which is -1 for null. */
function bytesSize(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : numberSize(bytes.length) + bytes.length;
}

/** Seven bits a byte, with the sign in the lowest bit. */
function numberSize(value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let size = 1;
  for (; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

function isList(value: RecordHeaders[string]): value is Extract<RecordHeaders[string], readonly unknown[]> {
  return Array.isArray(value);
}
