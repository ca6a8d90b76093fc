import { expect, test } from 'vitest';
import { differenceOf, type Moment } from '../../../src/testing/marbles/difference';

const same = (one: Moment, other: Moment) => one.sign === other.sign;
const at = (frame: number, sign: string): Moment => ({ frame, sign });

test('what is the same has no difference', () => {
  expect(differenceOf('things', [at(1, 'a'), at(1, '|')], [at(1, 'a'), at(1, '|')], same)).toBeUndefined();
  expect(differenceOf('things', [], [], same)).toBeUndefined();
});

test.each([
  [[at(1, 'a')], [at(2, 'a')]],
  [
    [at(1, 'a'), at(1, 'b')],
    [at(1, 'b'), at(1, 'a')],
  ],
  [[at(1, 'a')], []],
  [[], [at(1, '|')]],
])('another frame, another order, one too few or too many is one', (expected, received) => {
  expect(differenceOf('things', expected, received, same)).toMatch(/^things differ from the diagram:\n\n {2}expected {2}.*\n {2}received/);
});

test('only some of many are listed', () => {
  const many = Array.from({ length: 20 }, (_, frame) => at(frame, 'a'));
  expect(differenceOf('things', many, [], same)?.split('\n').slice(-2)).toEqual([
    '  at 7 ms: expected a, received nothing',
    '  and 12 more',
  ]);
});
