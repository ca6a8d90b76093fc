import { expect, test } from 'vitest';
import { lastOf } from '../../src/aggregates/lastOf';
import { mergedResultOf } from './run';

const last = lastOf((value: string) => value);

test('the last is that of the latest timestamp, not the one that arrived last', () => {
  expect(
    mergedResultOf(last, [
      [
        ['b', { timestamp: 2, slot: 0, offset: 0 }],
        ['a', { timestamp: 1, slot: 0, offset: 1 }],
      ],
    ]),
  ).toBe('b');
});

test('of equal timestamps the higher partition decides, then the higher offset', () => {
  const of = (value: string, slot: number, offset: number) => [value, { timestamp: 0, slot, offset }] as const;
  expect(mergedResultOf(last, [[of('c', 1, 1)], [of('b', 0, 7)], [of('a', 1, 0)]])).toBe('c');
});

test('of several values of one record it is the last', () => {
  const position = { timestamp: 0, slot: 0, offset: 0 };
  expect(
    mergedResultOf(last, [
      [
        ['a', position],
        ['b', position],
      ],
    ]),
  ).toBe('b');
});
