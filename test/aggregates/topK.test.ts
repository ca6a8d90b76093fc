import { expect, test } from 'vitest';
import { topK } from '../../src/aggregates/topK';
import { mergedResultOf, resultOf } from './run';

test('the values with the largest scores are kept, largest first', () => {
  expect(
    resultOf(
      topK(2, (text: string) => text.length),
      ['a', 'ccc', 'bb', ''],
    ),
  ).toEqual(['ccc', 'bb']);
  expect(
    resultOf(
      topK(3, (n: number) => n),
      [1, 2],
    ),
  ).toEqual([2, 1]);
});

test('of equal scores the earlier value stands first and is kept, whichever arrived first', () => {
  const at = (timestamp: number) => ({ timestamp, slot: 0, offset: 9 - timestamp });
  expect(
    mergedResultOf(
      topK(2, () => 0),
      [
        [
          ['c', at(3)],
          ['b', at(2)],
        ],
        [['a', at(1)]],
      ],
    ),
  ).toEqual(['a', 'b']);
});

test('a score of NaN stands behind every other', () => {
  expect(
    resultOf(
      topK(3, (n: number) => n),
      [NaN, -Infinity, 5],
    ),
  ).toEqual([5, -Infinity, NaN]);
  expect(
    resultOf(
      topK(1, (n: number) => n),
      [NaN, -Infinity],
    ),
  ).toEqual([-Infinity]);
});

test.each([0, -1, 1.5, NaN, Infinity, '3', undefined])('%j values are refused', (n) => {
  expect(() => topK(n as never, () => 0)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('it must be a whole number, 1 or more') as string }),
  );
});
