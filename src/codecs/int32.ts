import type { Codec } from './codec';
import { fixedWidth } from './fixedWidth';

/**
 * Whole numbers of 32 bits, big-endian, 4 bytes, as Kafka's IntegerSerializer; a value that does not fit is `ENCODE_FAILED`.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { int32 } from 'millrace';
 *
 * int32.encode(258); // => Uint8Array.of(0, 0, 1, 2)
 * ```
 */
export const int32: Codec<number> = fixedWidth({
  name: 'int32',
  size: 4,
  check: (value) => Number.isInteger(value) && value >= -0x8000_0000 && value <= 0x7fff_ffff,
  accepts: 'a whole number from -2147483648 to 2147483647',
  write: (view, value) => view.setInt32(0, value),
  read: (view) => view.getInt32(0),
});
