import type { Codec } from './codec';
import { fixedWidth } from './fixedWidth';

/**
 * Numbers, big-endian, 8 bytes, as Kafka's DoubleSerializer.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { float64 } from 'millrace';
 *
 * float64.encode(1.5); // => Uint8Array.of(0x3f, 0xf8, 0, 0, 0, 0, 0, 0)
 * ```
 */
export const float64: Codec<number> = fixedWidth({
  name: 'float64',
  size: 8,
  check: (value) => typeof value === 'number',
  accepts: 'a number',
  write: (view, value) => view.setFloat64(0, value),
  read: (view) => view.getFloat64(0),
});
