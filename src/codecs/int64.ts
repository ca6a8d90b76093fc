import type { Codec } from './codec';
import { fixedWidth } from './fixedWidth';

/**
 * Whole numbers of 64 bits, big-endian, 8 bytes, as Kafka's LongSerializer; a value that does not fit is `ENCODE_FAILED`.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { int64 } from 'millrace';
 *
 * int64.encode(258n); // => Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 2)
 * ```
 */
export const int64: Codec<bigint> = fixedWidth({
  name: 'int64',
  size: 8,
  check: (value) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  accepts: 'a bigint from -2n ** 63n to 2n ** 63n - 1n',
  write: (view, value) => view.setBigInt64(0, value),
  read: (view) => view.getBigInt64(0),
});
