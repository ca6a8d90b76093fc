import type { Codec } from './codec';

/**
 * The same codec with null allowed, for tombstones and absent keys.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { fromTopic, nullable, text } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('users', [{ key: 'ada', value: null }]);
 * fromTopic(kafka, 'users', { key: text, value: nullable(text), until: 'latest' }).subscribe(({ key, value }) => console.log(key, value)); // ada null
 * ```
 */
export function nullable<T>(codec: Codec<T>): Codec<T | null> {
  return {
    encode: (value) => (value === null ? null : codec.encode(value)),
    decode: (bytes) => codec.decode(bytes),
    decodeNull: () => null,
  };
}
