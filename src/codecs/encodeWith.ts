import type { Encoded, Encoder } from './codec';

/** What `encoder` makes of `value`; throws what the encoder throws, and for what is none of the things that Kafka stores. */
export function encodeWith<T>(encoder: Encoder<T>, value: T): Encoded {
  const encoded = encoder.encode(value);
  // Text stays text: the client writes it straight into the request, where bytes would be an object more for each record.
  if (encoded === null || typeof encoded === 'string' || ArrayBuffer.isView(encoded)) return encoded;
  throw new TypeError(`an encoder gives bytes, text or null; this one gave ${typeof encoded}`);
}
