import type { Codec } from '../codecs/codec';
import { decodeWith } from '../codecs/decodeWith';
import { encodeWith } from '../codecs/encodeWith';
import { asBytes } from './client/fakeMessages';
import { sameValue } from './marbles/sameValue';
import { shown } from './marbles/shown';

/**
 * A property for a codec of your own: what it encodes, it decodes to the same value, by content, from the bytes that a broker would give back.
 *
 * @throws Error, from the returned function, that shows the value, the bytes and what came back
 * @since 0.1.0
 * @example
 * ```ts
 * import { json } from 'millrace';
 * import { roundTrip } from 'millrace/testing';
 * import * as fc from 'fast-check';
 *
 * fc.assert(fc.property(fc.record({ name: fc.string(), age: fc.nat() }), roundTrip(json<{ name: string; age: number }>())));
 * ```
 */
export function roundTrip<T>(codec: Codec<T>): (value: T) => void {
  return (value) => {
    const encoded = encodeWith(codec, value);
    const bytes = encoded === null ? null : asBytes(encoded);
    const decoded = decodeWith(codec, bytes);
    if (!sameValue(value, decoded))
      throw new Error(`the codec gave ${shown(decoded)} back for ${shown(value)}, from ${shown(bytes && new Uint8Array(bytes))}`);
  };
}
