import { expect, test } from 'vitest';
import { byPosition } from '../../src/aggregates/position';

test('time comes before partition, and partition before offset', () => {
  const positions = [
    { timestamp: 1, slot: 9, offset: 9 },
    { timestamp: 2, slot: 0, offset: 9 },
    { timestamp: 2, slot: 1, offset: 0 },
    { timestamp: 2, slot: 1, offset: 1 },
  ];
  expect([...positions].reverse().sort(byPosition)).toEqual(positions);
});
