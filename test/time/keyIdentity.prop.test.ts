import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyIdentity } from '../../src/time/keyIdentity';

// Few different values, so that equal keys and near misses are common.
const leaf = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '\0', '=', 's', '1', ':'), maxLength: 3 }),
  fc.integer({ min: 0, max: 2 }),
  fc.bigInt({ min: 0n, max: 2n }),
  fc.boolean(),
  fc.uint8Array({ maxLength: 2, max: 1 }),
);
const { key: keys } = fc.letrec<{ key: unknown }>((tie) => ({
  key: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    leaf,
    fc.array(tie('key'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b'), tie('key'), { maxKeys: 2, noNullPrototype: true }),
  ),
}));

test('two keys have one identity if and only if they are equal by value', () => {
  fc.assert(
    fc.property(keys, keys, (one, other) => {
      expect(keyIdentity(one) === keyIdentity(other)).toBe(isDeepStrictEqual(one, other));
      expect(keyIdentity(one)).toBe(keyIdentity(structuredClone(one)));
    }),
    { numRuns: 2_000 },
  );
});
