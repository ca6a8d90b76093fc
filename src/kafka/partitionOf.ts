const m = 0x5bd1e995;
const seed = 0x9747b28c;

const utf8 = new TextEncoder();
/** Keys of records are short. */
const scratch = new Uint8Array(128);

/**
 * The partition of a key, as Kafka's own producers and kafkajs choose it: murmur2 of its bytes (UTF-8 of a text), made positive, modulo the number of partitions.
 *
 * kafkajs multiplies in 64-bit objects, which was a fifth of the cost of producing; `Math.imul` multiplies as the processor does.
 */
export function partitionOf(key: Uint8Array | string, partitions: number): number {
  const hash = typeof key === 'string' ? murmur2OfText(key) : murmur2(key, key.length);
  return (hash & 0x7fffffff) % partitions;
}

/** A loop takes 40 ns for a short text that is ASCII, where TextEncoder takes 400 (Node 20). */
function murmur2OfText(text: string): number {
  const { length } = text;
  let at = length <= scratch.length ? 0 : length;
  for (; at < length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) break;
    scratch[at] = unit;
  }
  if (at === length && length <= scratch.length) return murmur2(scratch, length);
  const bytes = utf8.encode(text);
  return murmur2(bytes, bytes.length);
}

function murmur2(data: Uint8Array, length: number): number {
  const whole = length & ~3;
  let h = seed ^ length;
  for (let i = 0; i < whole; i += 4) {
    let k = byte(data, i) | (byte(data, i + 1) << 8) | (byte(data, i + 2) << 16) | (byte(data, i + 3) << 24);
    k = Math.imul(k, m);
    k = Math.imul(k ^ (k >>> 24), m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = length - whole;
  if (rest > 0) {
    h ^= byte(data, whole);
    if (rest > 1) h ^= byte(data, whole + 1) << 8;
    if (rest > 2) h ^= byte(data, whole + 2) << 16;
    h = Math.imul(h, m);
  }
  h = Math.imul(h ^ (h >>> 13), m);
  return h ^ (h >>> 15);
}

function byte(data: Uint8Array, index: number): number {
  return data[index] ?? 0;
}
