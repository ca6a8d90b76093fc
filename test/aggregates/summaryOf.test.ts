import { expect, test } from 'vitest';
import { countOf } from '../../src/aggregates/countOf';
import { maxOf } from '../../src/aggregates/maxOf';
import { summaryOf } from '../../src/aggregates/summaryOf';
import { resultOf } from './run';

test('several aggregates see each value, and each result has its name', () => {
  const summary = summaryOf<number, { count: number; most: number }>({ count: countOf(), most: maxOf((n: number) => n) });
  expect(resultOf(summary, [1, 3, 2])).toEqual({ count: 3, most: 3 });
  expect(resultOf(summary, [1])).toEqual({ count: 1, most: 1 });
});

test('any name will do', () => {
  const summary = summaryOf<number, object>(Object.fromEntries([['__proto__', countOf()]]));
  expect(Object.entries(resultOf(summary, [1, 2]))).toEqual([['__proto__', 2]]);
});
