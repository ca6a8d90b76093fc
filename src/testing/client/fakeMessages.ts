import { asBuffer } from '../../kafka/asBuffer';
import { textAsBuffer } from '../../kafka/textAsBuffer';
import type { Bytes, RecordHeaders } from '../../records';
import { protocolError } from '../network/fakeErrors';
import type { UnplacedMessage } from '../broker/fakeLog';

/** A message as it is given to a producer. */
export interface OutgoingMessage {
  readonly key?: Bytes | string | null;
  readonly value: Bytes | string | null;
  readonly timestamp?: string;
  readonly headers?: RecordHeaders | undefined;
}

const noHeaders: RecordHeaders = Object.freeze({});

/** How text and bytes become the bytes that are stored. */
type ToBytes = (value: Bytes | string) => Bytes;

/** The message as Kafka keeps it. */
export function messageOf({ key, value, timestamp, headers }: OutgoingMessage, now: string, toBytes: ToBytes): UnplacedMessage {
  return {
    key: key === null || key === undefined ? null : toBytes(key),
    value: value === null ? null : toBytes(value),
    timestamp: timestamp ? timestamp : now,
    headers: headers ? storedHeaders(headers, toBytes) : noHeaders,
  };
}

/** Text as UTF-8, and bytes as they are, in the class that kafkajs uses. Nothing is copied. */
export function asBytes(value: Bytes | string): Bytes {
  return typeof value === 'string' ? textAsBuffer(value) : asBuffer(value);
}

/**
 * What kafkajs makes of a key, a value or a header.
 *
 * Where there is a `Buffer`, it writes other bytes as the text "1,2,3" behind the length that the bytes have, and the broker refuses that unless the two lengths
 * happen to agree.
 */
export function writtenBytes(value: Bytes | string): Bytes {
  if (typeof value === 'string' || asBuffer(value) === value) return asBytes(value);
  const text = value.join();
  if (text.length !== value.length) throw protocolError('INVALID_RECORD');
  return asBytes(text);
}

/** Names become unique and values bytes; where a name occurs more than once its values are a list. */
function storedHeaders(headers: RecordHeaders, toBytes: ToBytes): RecordHeaders {
  const stored = Object.entries(headers).map(([name, value]) => {
    if (value === undefined) throw new TypeError(`the header "${name}" has no value: kafkajs can write text and bytes`);
    if (!isList(value)) return [name, toBytes(value)] as const;
    const values = value.map(toBytes);
    return [name, values.length === 1 ? values[0] : values] as const;
  });
  return Object.fromEntries(stored.filter(([, value]) => !isList(value) || value.length > 0));
}

function isList(value: RecordHeaders[string]): value is readonly (Bytes | string)[] {
  return Array.isArray(value);
}
