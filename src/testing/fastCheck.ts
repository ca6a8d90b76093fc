/**
 * An arbitrary of fast-check, by those of its methods that tell what it makes.
 *
 * fast-check is passed in, and its types are not imported: the declarations of this package would not compile where it is not installed.
 */
export interface AnyArbitrary<T> {
  canShrinkWithoutContext(value: unknown): value is T;
  map<U>(mapper: (value: T) => U): AnyArbitrary<U>;
  chain<U>(chainer: (value: T) => AnyArbitrary<U>): AnyArbitrary<U>;
}

/** An arbitrary as fast-check takes it. What its inner methods give is fast-check's own business, and left out. */
export interface FastCheckArbitrary<T> {
  generate(mrng: never, biasFactor: number | undefined): never;
  canShrinkWithoutContext(value: unknown): value is T;
  shrink(value: T, context: unknown): never;
  filter<U extends T>(refinement: (value: T) => value is U): FastCheckArbitrary<U>;
  filter(predicate: (value: T) => boolean): FastCheckArbitrary<T>;
  map<U>(mapper: (value: T) => U, unmapper?: (possiblyU: unknown) => T): FastCheckArbitrary<U>;
  chain<U>(chainer: (value: T) => FastCheckArbitrary<U>): FastCheckArbitrary<U>;
}

/** The part of fast-check that is needed: pass the module itself. */
export interface FastCheckModule {
  integer(constraints: { min?: number; max?: number }): AnyArbitrary<number>;
  array<T>(arbitrary: AnyArbitrary<T>, constraints: { minLength?: number; maxLength?: number; size?: 'max' }): AnyArbitrary<T[]>;
  tuple<Ts extends unknown[]>(...arbitraries: { [K in keyof Ts]: AnyArbitrary<Ts[K]> }): AnyArbitrary<Ts>;
}
