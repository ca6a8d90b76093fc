import { expect, test } from 'vitest';
import { meanOf } from '../../src/aggregates/meanOf';
import { mergedResultOf, resultOf } from './run';

test('the mean is the sum by the count', () => {
  expect(
    resultOf(
      meanOf((n: number) => n),
      [1, 2, 6],
    ),
  ).toBe(3);
});

test('a part with one value weighs as much as one value', () => {
  const at = { timestamp: 0, slot: 0, offset: 0 };
  expect(
    mergedResultOf(
      meanOf((n: number) => n),
      [
        [
          [1, at],
          [2, at],
          [3, at],
        ],
        [[10, at]],
      ],
    ),
  ).toBe(4);
});
