/**
 * What a `Map` may compare instead of `key` so that keys compare by value: primitives as they are, bytes by content, tuples and plain objects by structure.
 *
 * A Map, a Set, a URL and the like show nothing of what they hold and would all be one key: they are refused.
 *
 * Objects cost a walk and a text per record; prefer a primitive key where speed matters. The text of an object starts with a NUL, and a string key that
 * itself starts with one gets another, so no string is taken for an object.
 */
export function keyIdentity(key: unknown): unknown {
  if (typeof key === 'string') return key.charCodeAt(0) === 0 ? `\0${key}` : key;
  if (typeof key !== 'object' || key === null) return key;
  return `\0=${structure(key)}`;
}

/** Every part is written with its type and, where it could run into the next, with its length. */
function structure(part: unknown): string {
  if (typeof part === 'string') return `s${part.length}:${part}`;
  if (typeof part === 'number') return `n${part};`;
  if (typeof part === 'bigint') return `i${part};`;
  if (typeof part !== 'object' || part === null) return `${String(part)};`;
  if (part instanceof Uint8Array) return `b${part.length}:${Array.from(part, (byte) => String.fromCharCode(byte)).join('')}`;
  if (part instanceof Date) return `d${part.getTime()};`;
  if (Array.isArray(part)) return `[${part.map(structure).join('')}]`;
  const names = Object.keys(part).sort();
  if (names.length === 0) refuseHidden(part);
  return `{${names.map((name) => structure(name) + structure((part as Record<string, unknown>)[name])).join('')}}`;
}

function refuseHidden(part: object): void {
  const prototype: unknown = Object.getPrototypeOf(part);
  if (prototype === null || prototype === Object.prototype) return;
  throw new TypeError(
    `a key holds a ${part.constructor.name}, which cannot be compared by value: use a primitive, bytes, a tuple or a plain object`,
  );
}
