import type { Bytes } from '../records';

/** What an encoder may give; text is written as UTF-8. */
export type Encoded = Uint8Array | string | null;

/** Turns a value into what Kafka stores; a throw is `ENCODE_FAILED`. */
export interface Encoder<in T> {
  readonly encode: (value: T) => Encoded;
}

/** Turns what Kafka stores into a value; a throw is `DECODE_FAILED`, handled by `onInvalid`. Synchronous; for a schema registry use `mapAsync`. */
export interface Decoder<out T> {
  /** Never called with null. The bytes are a view of what was fetched, which stays in memory as long as the view does: copy what you keep. */
  readonly decode: (bytes: Bytes) => T;
  /** What a null key or value means; left out, null is `DECODE_FAILED`. See `nullable`. */
  readonly decodeNull?: (() => T) | undefined;
}

/** Both directions. */
export interface Codec<in out T> extends Encoder<T>, Decoder<T> {}
