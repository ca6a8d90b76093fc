import { expect, test } from 'vitest';
import { firstOf } from '../../src/aggregates/firstOf';
import { mergedResultOf } from './run';

const first = firstOf((value: string) => value);

test('the first is that of the earliest timestamp, not the one that arrived first', () => {
  expect(
    mergedResultOf(first, [
      [
        ['b', { timestamp: 2, slot: 0, offset: 0 }],
        ['a', { timestamp: 1, slot: 0, offset: 1 }],
      ],
    ]),
  ).toBe('a');
});

test('of equal timestamps the lower partition decides, then the lower offset', () => {
  const of = (value: string, slot: number, offset: number) => [value, { timestamp: 0, slot, offset }] as const;
  expect(mergedResultOf(first, [[of('c', 1, 0)], [of('b', 0, 7)], [of('a', 0, 6)]])).toBe('a');
});

test('of several values of one record it is the first', () => {
  const position = { timestamp: 0, slot: 0, offset: 0 };
  expect(
    mergedResultOf(first, [
      [
        ['a', position],
        ['b', position],
      ],
    ]),
  ).toBe('a');
});
