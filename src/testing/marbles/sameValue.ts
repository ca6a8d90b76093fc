/** What matchers of test runners look like, such as `expect.any(String)`. */
interface Matcher {
  asymmetricMatch(actual: unknown): boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether two values are the same by content. A property that is undefined counts as one that is not there; matchers of a test runner may be expected. */
export function sameValue(expected: unknown, actual: unknown): boolean {
  if (isMatcher(expected)) return expected.asymmetricMatch(actual);
  if (Object.is(expected, actual)) return true;
  if (!isObject(expected) || !isObject(actual)) return false;
  if (Object.prototype.toString.call(expected) !== Object.prototype.toString.call(actual)) return false;
  if (ArrayBuffer.isView(expected) && ArrayBuffer.isView(actual)) return sameBytes(expected, actual);
  if (Array.isArray(expected) && Array.isArray(actual)) return sameList(expected, actual);
  if (expected instanceof Date && actual instanceof Date) return Object.is(expected.getTime(), actual.getTime());
  if (expected instanceof Map && actual instanceof Map) return sameList([...expected], [...actual]);
  if (expected instanceof Set && actual instanceof Set) return sameList([...expected], [...actual]);
  if (expected instanceof Error && actual instanceof Error && (expected.name !== actual.name || expected.message !== actual.message))
    return false;
  return sameFields(expected, actual);
}

/** Whether a value has every property of what is expected, with the same content; others do not matter. An error is compared as one. */
export function hasFields(expected: unknown, actual: unknown): boolean {
  if (isMatcher(expected) || expected instanceof Error || !isObject(expected) || !isObject(actual)) return sameValue(expected, actual);
  return Object.keys(expected).every((name) => sameValue(expected[name], actual[name]));
}

function sameList(expected: readonly unknown[], actual: readonly unknown[]): boolean {
  return expected.length === actual.length && expected.every((value, index) => sameValue(value, actual[index]));
}

function sameBytes(expected: ArrayBufferView, actual: ArrayBufferView): boolean {
  const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => new Uint8Array(buffer, byteOffset, byteLength);
  const bytes = bytesOf(actual);
  return expected.byteLength === actual.byteLength && bytesOf(expected).every((byte, index) => byte === bytes[index]);
}

function sameFields(expected: Fields, actual: Fields): boolean {
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...names].every((name) => sameValue(expected[name], actual[name]));
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isMatcher(value: unknown): value is Matcher {
  return isObject(value) && typeof value['asymmetricMatch'] === 'function';
}
