import { expect, test } from 'vitest';
import { distinctOf } from '../../src/aggregates/distinctOf';
import { mergedResultOf, resultOf } from './run';

test('each comes once, in order of first appearance', () => {
  expect(
    resultOf(
      distinctOf((text: string) => text.toLowerCase()),
      ['b', 'A', 'B', 'a'],
    ),
  ).toEqual(['b', 'a']);
});

test('what is equal by value is one', () => {
  expect(
    resultOf(
      distinctOf((n: number) => [n % 2]),
      [1, 2, 3],
    ),
  ).toEqual([[1], [0]]);
});

test('the first appearance is that of the earliest timestamp, in whatever order parts are merged', () => {
  const at = (timestamp: number) => ({ timestamp, slot: 0, offset: 0 });
  expect(
    mergedResultOf(
      distinctOf((text: string) => text),
      [
        [
          ['a', at(5)],
          ['b', at(3)],
        ],
        [
          ['a', at(1)],
          ['c', at(2)],
        ],
      ],
    ),
  ).toEqual(['a', 'c', 'b']);
});

test('values of one record stay in their order', () => {
  const at = (timestamp: number) => ({ timestamp, slot: 0, offset: 0 });
  expect(
    mergedResultOf(
      distinctOf((text: string) => text),
      [
        [['a', at(5)]],
        [
          ['b', at(1)],
          ['a', at(1)],
        ],
      ],
    ),
  ).toEqual(['b', 'a']);
});
