import { expect, test } from 'vitest';
import { countOf } from '../../src/aggregates/countOf';
import { resultOf } from './run';

test('values are counted, whatever they are', () => {
  expect(resultOf(countOf(), ['a', null, undefined, 0])).toBe(4);
});
