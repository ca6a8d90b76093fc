import type { Codec } from './codec';
import { fixedWidth } from './fixedWidth';

/**
 * Numbers of 32 bits, big-endian, 4 bytes, as Kafka's FloatSerializer; a value is rounded to the nearest, one beyond the largest is `ENCODE_FAILED`.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { float32 } from 'millrace';
 *
 * float32.encode(1.5); // => Uint8Array.of(0x3f, 0xc0, 0, 0)
 * ```
 */
export const float32: Codec<number> = fixedWidth({
  name: 'float32',
  size: 4,
  check: (value) => typeof value === 'number' && (Number.isFinite(Math.fround(value)) || !Number.isFinite(value)),
  accepts: 'a number up to about 3.4e38',
  write: (view, value) => view.setFloat32(0, value),
  read: (view) => view.getFloat32(0),
});
