import { expect, test } from 'vitest';
import { decodeWith } from '../../src/codecs/decodeWith';

test('null is only taken by a codec that gives it a meaning', () => {
  expect(decodeWith({ decode: () => 'bytes', decodeNull: () => 'nothing' }, null)).toBe('nothing');
  expect(() => decodeWith({ decode: () => 'bytes' }, null)).toThrow(
    'it is null, and the codec has no meaning for that: wrap it in nullable(…)',
  );
});

test('bytes are given to the codec as they are', () => {
  const bytes = Uint8Array.of(1);
  expect(decodeWith({ decode: (given) => given === bytes }, bytes)).toBe(true);
});
