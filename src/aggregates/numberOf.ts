/** What `of` gives for a value, if it is a number: JSON that was not checked may hold anything, and `'1' + 1` would go unnoticed. */
export function numberOf<V>(name: string, of: (value: V) => number, value: V): number {
  const number: unknown = of(value);
  if (typeof number === 'number') return number;
  throw new TypeError(`${name} got ${number === null ? 'null' : `a value of type ${typeof number}`} where a number is expected`);
}
