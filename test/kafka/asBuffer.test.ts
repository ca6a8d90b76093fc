import { expect, test } from 'vitest';
import { asBuffer } from '../../src/kafka/asBuffer';

test('a view of some bytes becomes a Buffer of the same memory', () => {
  const memory = Uint8Array.of(1, 2, 3, 4);
  const buffer = asBuffer(memory.subarray(1, 3));
  expect(buffer).toBeInstanceOf(Buffer);
  expect([...buffer]).toEqual([2, 3]);
  memory[1] = 9;
  expect([...buffer]).toEqual([9, 3]);
});

test('a Buffer stays what it is', () => {
  const buffer = Buffer.from('to be');
  expect(asBuffer(buffer)).toBe(buffer);
});
