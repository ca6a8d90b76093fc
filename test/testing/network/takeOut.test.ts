import { expect, test } from 'vitest';
import { takeOut } from '../../../src/testing/network/takeOut';

test.each([
  ['the last', 'c', ['a', 'b']],
  ['one between', 'b', ['a', 'c']],
  ['the first', 'a', ['b', 'c']],
  ['one that is not there', 'd', ['a', 'b', 'c']],
])('%s is taken out, and the others keep their order', (_, item, left) => {
  const list = ['a', 'b', 'c'];
  takeOut(list, item);
  expect(list).toEqual(left);
});

test('nothing is taken out of an empty list', () => {
  const list: string[] = [];
  takeOut(list, 'a');
  expect(list).toEqual([]);
});
