import { expect, test } from 'vitest';
import { roughSize } from '../../src/time/roughSize';

test('what a state holds counts, whatever it is held in', () => {
  expect(roughSize(1)).toBe(8);
  expect(roughSize('abcd')).toBe(32);
  expect(roughSize(new Uint8Array(100))).toBe(124);
  expect(roughSize({ a: 1, b: 'abcd' })).toBe(24 + 8 + 8 + 8 + 32);
  expect(roughSize(new Set([1, 2]))).toBe(roughSize([1, 2]));
  expect(roughSize(new Map([['a', 1]]))).toBeGreaterThan(roughSize(new Set(['a'])));
  expect([roughSize(undefined), roughSize(null)]).toEqual([8, 8]);
});

test('of a state with many parts some are looked at, and the rest is taken to be like them', () => {
  const few = roughSize(Array.from({ length: 500 }, () => 'abcd'));
  const many = roughSize(Array.from({ length: 500_000 }, () => 'abcd'));
  expect(many / few).toBeGreaterThan(900);
  expect(many / few).toBeLessThan(1_100);
});

test('a state that holds itself has an end', () => {
  const loop: unknown[] = [];
  loop.push(loop, loop);
  expect(roughSize(loop)).toBeGreaterThan(0);
});
