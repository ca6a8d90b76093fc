import type { Bytes } from '../records';
import type { Codec } from './codec';

/**
 * The bytes themselves, or null: the default everywhere.
 *
 * Nothing is copied, so what is read is a view of the whole fetch it came in, up to a megabyte that stays in memory as long as the view does. Copy what you
 * keep (`new Uint8Array(value)`).
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { bytes, fromTopic } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('images', [{ value: Uint8Array.of(137, 80, 78, 71) }]);
 * fromTopic(kafka, 'images', { value: bytes, until: 'latest' }).subscribe(({ value }) => console.log(value?.length)); // 4
 * ```
 */
export const bytes: Codec<Bytes | null> = {
  encode: (value) => value,
  decode: (value) => value,
  decodeNull: () => null,
};
