/** A key as errors show it. */
export function keyText(key: unknown): string {
  const text = JSON.stringify(key, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) as string | undefined;
  return text ?? String(key);
}
