import { expect, test } from 'vitest';
import { lastEndOf } from '../../../src/run/tables/tableFor';
import { calendar } from '../../../src/time/calendar';
import { hopping } from '../../../src/time/hopping';
import { tumbling } from '../../../src/time/tumbling';

test('where a value comes to in the end follows from its timestamp, if the shape lets it', () => {
  expect(lastEndOf(tumbling(10))?.(15)).toBe(20);
  expect(lastEndOf(hopping(30, { every: 10 }))?.(15)).toBe(40);
  expect(lastEndOf(calendar('day'))?.(0)).toBe(86_400_000);
  expect(lastEndOf({ kind: 'custom', name: 'by value', assign: () => [] })).toBeUndefined();
});
