import { type Aggregate, aggregateOf } from './aggregate';

/** What has an order that `<` knows. */
export type Ordered = number | bigint | string;

/** The value that stays when all others have been compared with it; `number` decides between numbers, `isBetter` between others. */
export function extremeOf<V, T extends Ordered>(
  name: string,
  of: (value: V) => T,
  number: (a: number, b: number) => number,
  isBetter: (a: Ordered, b: Ordered) => boolean,
): Aggregate<V, T> {
  const best = (a: T | undefined, b: T | undefined): T | undefined => {
    if (a === undefined) return b;
    if (b === undefined) return a;
    // By `<` alone NaN would stay if it came first and go unseen if it came later, and of 0 and -0 the first would stay.
    if (typeof a === 'number' && typeof b === 'number') return number(a, b) as T;
    if (typeof a !== typeof b) throw new TypeError(`${name} got a ${typeof a} and a ${typeof b}: values of different types have no order`);
    return isBetter(b, a) ? b : a;
  };
  const checked = (value: unknown): T => {
    if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string') return value as T;
    throw new TypeError(
      `${name} got ${value === null ? 'null' : `a value of type ${typeof value}`} where a number, a bigint or a string is expected`,
    );
  };
  return aggregateOf<V, T | undefined, T>(
    () => undefined,
    (state, value) => best(state, checked(of(value))),
    best,
    (state) => state as T, // a window without values gives no result
  );
}
