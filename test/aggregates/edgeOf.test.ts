import { expect, test } from 'vitest';
import { edgeOf } from '../../src/aggregates/edgeOf';
import { mergedResultOf } from './run';

test('a value takes the place of another if it is nearer, and its callback is called only then', () => {
  const asked: string[] = [];
  const lowest = edgeOf(
    (value: string) => {
      asked.push(value);
      return value.toUpperCase();
    },
    (position, than) => position.offset < than.offset,
  );
  const at = (offset: number) => ({ timestamp: 0, slot: 0, offset });
  expect(
    mergedResultOf(lowest, [
      [
        ['b', at(2)],
        ['c', at(3)],
        ['a', at(1)],
      ],
      [],
      [['d', at(4)]],
    ]),
  ).toBe('A');
  expect(asked).toEqual(['b', 'a', 'd']);
});
