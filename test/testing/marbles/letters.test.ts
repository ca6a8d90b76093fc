import { expect, test } from 'vitest';
import { Letters } from '../../../src/testing/marbles/letters';

test('a value has the letter that the test gave it, by content', () => {
  const letters = new Letters({ a: ['ann', 1], b: ['bob', 2] });
  expect([letters.of(['bob', 2]), letters.of(['ann', 1])]).toEqual(['b', 'a']);
});

test('others have letters of their own, that the test does not use, and equal ones the same', () => {
  const letters = new Letters({ A: 1 });
  expect([letters.of(2), letters.of(3), letters.of(2), letters.of(1)]).toEqual(['B', 'C', 'B', 'A']);
});

test('what is the same can be told', () => {
  expect(new Letters({ a: 1 }, (one, other) => Math.round(other as number) === one).of(1.2)).toBe('a');
});

test('when letters run out there is a sign for the rest', () => {
  const letters = new Letters({});
  for (let n = 0; n < 100; n++) letters.of(n);
  expect(letters.of('another')).toBe('?');
});
