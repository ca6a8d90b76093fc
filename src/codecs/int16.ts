import type { Codec } from './codec';
import { fixedWidth } from './fixedWidth';

/**
 * Whole numbers of 16 bits, big-endian, 2 bytes, as Kafka's ShortSerializer; a value that does not fit is `ENCODE_FAILED`.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { int16 } from 'millrace';
 *
 * int16.encode(258); // => Uint8Array.of(1, 2)
 * ```
 */
export const int16: Codec<number> = fixedWidth({
  name: 'int16',
  size: 2,
  check: (value) => Number.isInteger(value) && value >= -0x8000 && value <= 0x7fff,
  accepts: 'a whole number from -32768 to 32767',
  write: (view, value) => view.setInt16(0, value),
  read: (view) => view.getInt16(0),
});
