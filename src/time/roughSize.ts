/** Bytes that an object, an array or a collection takes besides what is in it, roughly, as V8 keeps it. */
const box = 24;
const enough = 1_000;

/** Roughly how many bytes a state takes in memory: what it holds is counted as far as its first thousand parts, and the rest by their mean. */
export function roughSize(state: unknown): number {
  let parts = 0;
  const sizeOf = (part: unknown): number => {
    parts++;
    if (typeof part === 'string') return box + 2 * part.length;
    if (typeof part !== 'object' || part === null) return 8;
    if (ArrayBuffer.isView(part)) return box + part.byteLength;
    if (part instanceof Map) return box + ofAll(part.size, part.entries());
    if (part instanceof Set || Array.isArray(part)) return box + ofAll('size' in part ? part.size : part.length, part.values());
    const values = Object.values(part);
    return box + ofAll(values.length, values.values());
  };
  const ofAll = (count: number, values: Iterator<unknown>): number => {
    let bytes = 0;
    let seen = 0;
    while (parts < enough) {
      const next = values.next();
      if (next.done === true) return bytes;
      bytes += 8 + sizeOf(next.value);
      seen++;
    }
    return seen === 0 ? count * 8 : (bytes / seen) * count;
  };
  return sizeOf(state);
}
