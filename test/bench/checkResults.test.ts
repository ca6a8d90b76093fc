import { describe, expect, test } from 'vitest';
import { type Result, checkResults } from '../../bench/checkResults';
import { countWords } from '../../bench/countWords';
import { firstTimestamp } from '../../bench/workload';

const end = firstTimestamp + 10_000;
const truth = countWords(['a b a', 'b c']);
const right: readonly Result[] = [
  { end, word: 'c', count: 1 },
  { end, word: 'a', count: 2 },
  { end, word: 'b', count: 2 },
];

describe('checkResults', () => {
  test('finds nothing in results that are right, in any order', () => {
    expect(checkResults(truth, right)).toEqual({ missing: 0, wrong: 0, repeated: 0, examples: [] });
  });

  test('finds what is missing', () => {
    expect(checkResults(truth, right.slice(1))).toEqual({
      missing: 1,
      wrong: 0,
      repeated: 0,
      examples: [`c up to ${end}: missing, should be 1`],
    });
  });

  test('finds that everything is missing', () => {
    expect(checkResults(truth, [])).toMatchObject({ missing: 3, wrong: 0, repeated: 0 });
  });

  test('finds a repeat with the same count', () => {
    expect(checkResults(truth, [...right, ...right.slice(1), ...right.slice(2)])).toMatchObject({ missing: 0, wrong: 0, repeated: 3 });
  });

  test('takes a repeat with another count for wrong, before or after the right one', () => {
    const other = { end, word: 'a', count: 1 };
    expect(checkResults(truth, [...right, other])).toMatchObject({
      missing: 0,
      wrong: 1,
      repeated: 0,
      examples: [`a up to ${end}: 1 instead of 2`],
    });
    expect(checkResults(truth, [other, ...right])).toMatchObject({ missing: 0, wrong: 1, repeated: 0 });
  });

  test('takes a word or a window that there is not for wrong', () => {
    const invented = [
      { end, word: 'd', count: 1 },
      { end: end + 10_000, word: 'a', count: 2 },
    ];
    expect(checkResults(truth, [...right, ...invented])).toMatchObject({ missing: 0, wrong: 2, repeated: 0 });
  });

  test('takes what is no number for wrong', () => {
    expect(checkResults(truth, [...right, { end, word: 'a', count: NaN }])).toMatchObject({ missing: 0, wrong: 1 });
  });

  test('counts a result that is only there with a wrong count as missing too', () => {
    expect(checkResults(truth, [...right.slice(1), { end, word: 'c', count: 7 }])).toMatchObject({ missing: 1, wrong: 1 });
  });
});
