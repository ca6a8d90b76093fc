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

/** The message as kafkajs would write it and Kafka keep it. Bytes are kept as they are, not copied. */
export function messageOf({ key, value, timestamp, headers }: OutgoingMessage, now: string): UnplacedMessage {
  return {
    key: key === null || key === undefined ? null : writtenBytes(key),
    value: value === null ? null : writtenBytes(value),
    timestamp: timestamp ? timestamp : now,
    headers: headers ? storedHeaders(headers) : noHeaders,
  };
}

/** UTF-8, in the class that kafkajs uses for bytes. */
export function encoded(text: string): Bytes {
  return asBuffer(utf8.encode(text));
}

/** What kafkajs makes of a key or value: text and `Buffer` are written; where there is a `Buffer`, other bytes are written as the text "1,2,3". */
export function writtenBytes(value: Bytes | string): Bytes {
  if (typeof value === 'string') return encoded(value);
  // Bytes that are wrapped were none to kafkajs.
  return asBuffer(value) === value ? value : encoded(value.join());
}

/** Names become unique and values bytes; where a name occurs more than once its values are a list. */
function storedHeaders(headers: RecordHeaders): RecordHeaders {
  const stored = Object.entries(headers).map(([name, value]) => {
    if (!isList(value)) return [name, headerBytes(name, value)] as const;
    const values = value.map((one) => headerBytes(name, one));
    return [name, values.length === 1 ? values[0] : values] as const;
  });
  return Object.fromEntries(stored.filter(([, value]) => !isList(value) || value.length > 0));
}

function isList(value: RecordHeaders[string]): value is readonly (Bytes | string)[] {
  return Array.isArray(value);
}

function headerBytes(name: string, value: Bytes | string | undefined): Bytes {
  if (value === undefined) throw new TypeError(`the header "${name}" has no value: kafkajs can write text and bytes`);
  return writtenBytes(value);
}
