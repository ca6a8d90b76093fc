import { asBuffer } from '../kafka/asBuffer';
import type { Bytes, RecordHeaders } from '../records';
import type { UnplacedMessage } from './fakeLog';

/** A message as it is given to a producer. */
export interface OutgoingMessage {
  readonly key?: Bytes | string | null;
  readonly value: Bytes | string | null;
  readonly timestamp?: string;
  readonly headers?: RecordHeaders;
}

const utf8 = new TextEncoder();
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
  return asBuffer(typeof value === 'string' ? utf8.encode(value) : value);
}

/** What kafkajs makes of a key or value: text and `Buffer` are written; where there is a `Buffer`, other bytes are written as the text "1,2,3". */
export function writtenBytes(value: Bytes | string): Bytes {
  // Bytes that have to be wrapped are none to kafkajs.
  return typeof value === 'string' || asBuffer(value) === value ? asBytes(value) : asBytes(value.join());
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
