import { describe, expect, test } from 'vitest';
import { countWords } from '../../bench/countWords';
import { firstTimestamp, workload } from '../../bench/workload';

describe('workload', { timeout: 60_000 }, () => {
  test('is the same for the same seed', () => {
    expect([...workload({ lines: 100, seed: 7 })]).toEqual([...workload({ lines: 100, seed: 7 })]);
  });

  test('is another one for another seed', () => {
    expect([...workload({ lines: 100, seed: 7 })]).not.toEqual([...workload({ lines: 100, seed: 8 })]);
  });

  test('begins the same however long it is', () => {
    expect([...workload({ lines: 1_000 })].slice(0, 100)).toEqual([...workload({ lines: 100 })]);
  });

  test('has lines of 6 to 10 words, of every length', () => {
    const lengths = new Set([...workload({ lines: 10_000 })].map((line) => line.split(' ').length));
    expect([...lengths].sort((a, b) => a - b)).toEqual([6, 7, 8, 9, 10]);
  });

  test('has words of letters only, with one space between them', () => {
    for (const line of workload({ lines: 10_000 })) expect(line).toMatch(/^[a-z]+( [a-z]+)+$/);
  });

  test('uses words as often as the law of Zipf says', () => {
    const counts = new Map<string, number>();
    let words = 0;
    for (const word of [...workload({ lines: 100_000 })].flatMap((line) => line.split(' '))) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
      words++;
    }
    const byRank = [...counts.values()].sort((a, b) => b - a);
    let sum = 0;
    for (let rank = 1; rank <= 20_000; rank++) sum += rank ** -1.05;
    for (const rank of [1, 2, 3, 10, 30]) {
      const expected = (words * rank ** -1.05) / sum;
      expect(Math.abs((byRank[rank - 1] ?? 0) / expected - 1)).toBeLessThan(0.05);
    }
  });

  test('is workload W by default', () => {
    let bytes = 0;
    const { words, results, counts } = countWords(
      (function* () {
        for (const line of workload()) {
          bytes += line.length;
          yield line;
        }
      })(),
    );
    expect({ words, results, windows: counts.size, bytes }).toEqual({
      words: 8_000_544,
      results: 1_065_835,
      windows: 100,
      bytes: 54_339_630,
    });
  });

  test('starts where a window starts', () => {
    expect(firstTimestamp % 10_000).toBe(0);
  });
});
