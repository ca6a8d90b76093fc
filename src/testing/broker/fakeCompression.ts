import type { UnplacedMessage } from './fakeLog';
import { batchSize } from './fakeSizes';

/** How far back deflate finds what it has seen. */
const reach = 32_768;
/** What a reference to something seen costs, nearly, in bytes. */
const referenceSize = 2;
/** Header and end of a gzip stream, and of a table of codes. */
const gzipOverhead = 18;
const largestTable = 60;

/**
 * About how many bytes a batch has when it is compressed: for text half to twice as many as with gzip.
 *
 * Real compression runs on threads and takes time of its own, which no virtual clock knows. So it is estimated: what occurred before within reach is a
 * reference, and everything else takes as many bits as its letter is rare.
 */
export function compressedSize(messages: readonly UnplacedMessage[]): number {
  const contents = contentsOf(messages);
  const header = batchSize([]);
  return header + Math.min(batchSize(messages) - header + gzipOverhead, gzipOverhead + deflatedSize(contents));
}

function deflatedSize(bytes: Uint8Array): number {
  const seen = new Map<number, number>();
  const counts = new Array<number>(256).fill(0);
  let references = 0;
  let literals = 0;
  for (let i = 0; i < bytes.length;) {
    const length = Math.min(matchLength(bytes, i, seen), 258);
    if (length >= 4) {
      references++;
      i += length;
    } else {
      const letter = bytes[i] ?? 0;
      counts[letter] = (counts[letter] ?? 0) + 1;
      literals++;
      i++;
    }
  }
  const bits = counts.reduce((sum, count) => (count === 0 ? sum : sum - count * Math.log2(count / literals)), 0);
  return Math.ceil(bits / 8 + references * referenceSize + Math.min(largestTable, counts.filter((count) => count > 0).length));
}

/** How much of what follows was there before; notes that this is here now. */
function matchLength(bytes: Uint8Array, at: number, seen: Map<number, number>): number {
  const name = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  const before = seen.get(name);
  seen.set(name, at);
  if (before === undefined || at - before > reach) return 0;
  let length = 0;
  while (at + length < bytes.length && bytes[before + length] === bytes[at + length]) length++;
  return length;
}

/** Keys, values and headers one after the other, each record with some bytes of its own before it. */
function contentsOf(messages: readonly UnplacedMessage[]): Uint8Array {
  const parts = messages.flatMap(({ key, value, headers = {} }, i) => [
    Uint8Array.of(value?.length ?? 1, 0, i % 128),
    ...[key, value, ...Object.values(headers).flat()].filter((part) => part instanceof Uint8Array),
  ]);
  const contents = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    contents.set(part, at);
    at += part.length;
  }
  return contents;
}
