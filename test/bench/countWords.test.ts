import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countWords } from '../../bench/countWords';
import { firstTimestamp } from '../../bench/workload';

describe('countWords', () => {
  test('counts each word in each window', () => {
    expect(countWords(['a b a', 'b']).counts).toEqual(
      new Map([
        [
          firstTimestamp + 10_000,
          new Map([
            ['a', 2],
            ['b', 2],
          ]),
        ],
      ]),
    );
  });

  test('begins a new window with the line that lies at the end of one', () => {
    const { counts, words, results } = countWords(Array.from({ length: 20_001 }, () => 'a'));
    expect([...counts].map(([end, window]) => [end - firstTimestamp, window.get('a')])).toEqual([
      [10_000, 10_000],
      [20_000, 10_000],
      [30_000, 1],
    ]);
    expect({ words, results }).toEqual({ words: 20_001, results: 3 });
  });

  test('says how many words and results there are', () => {
    const line = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const { counts, words, results } = countWords(lines);
        const each = [...counts.values()].flatMap((window) => [...window.values()]);
        expect(words).toBe(lines.flatMap((text) => text.split(' ')).length);
        expect(each.reduce((sum, count) => sum + count, 0)).toBe(words);
        expect(results).toBe(each.length);
      }),
    );
  });
});
