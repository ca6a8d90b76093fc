const longest = 120;
const deepest = 4;

/** A value on one line, as one would write it; what is long or deep is cut. */
export function shown(value: unknown): string {
  const text = written(value, 0);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function written(value: unknown, depth: number): string {
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return bytesOf(value);
  if (depth >= deepest) return Array.isArray(value) ? '[…]' : '{…}';
  if (value instanceof Map) return `Map ${list([...(value as Map<unknown, unknown>)], depth)}`;
  if (value instanceof Set) return `Set ${list([...(value as Set<unknown>)], depth)}`;
  if (Array.isArray(value)) return list(value, depth);
  if ('asymmetricMatch' in value) return nameOf(value);
  const fields = Object.entries(value)
    .filter(([name]) => name !== '~provenance')
    .map(([name, field]) => `${/^[\w$]+$/.test(name) ? name : `'${name}'`}: ${written(field, depth + 1)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** As test runners name their matchers. */
function nameOf(matcher: object & { readonly toAsymmetricMatcher?: () => string }): string {
  return matcher.toAsymmetricMatcher?.() ?? 'a matcher';
}

function list(values: readonly unknown[], depth: number): string {
  return `[${values.map((value) => written(value, depth + 1)).join(', ')}]`;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = [...new Uint8Array(buffer, byteOffset, Math.min(byteLength, 8))];
  return `bytes [${bytes.join(', ')}${byteLength > 8 ? `, … ${byteLength} in all` : ''}]`;
}
