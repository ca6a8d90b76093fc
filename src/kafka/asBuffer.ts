/**
 * The same bytes in the class that kafkajs knows as bytes: anything else it writes as text, a `Uint8Array` as "1,2,3". Nothing is copied. Where there is no
 * `Buffer` there is no kafkajs either, and the bytes stay as they are.
 */
export function asBuffer(bytes: Uint8Array): Uint8Array {
  if (typeof Buffer === 'undefined' || Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
