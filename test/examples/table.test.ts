import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { line, table, totals } from '../../examples/word-count/table';
import type { Progress } from '../../examples/word-count/tally';
import { WindowCounts } from '../../examples/word-count/windowCounts';

function windowOf(start: number, counts: Readonly<Record<string, number>>): WindowCounts {
  const window = new WindowCounts(start);
  for (const [word, count] of Object.entries(counts)) window.set(word, count);
  return window;
}

const first = windowOf(Date.UTC(2026, 0, 1), { the: 1_200, to: 600, question: 1 });
const second = windowOf(Date.UTC(2026, 0, 1, 0, 0, 10), { be: 2, or: 1 });
const progress: Progress = { fed: 3_500, read: 3_400, inFlight: 1_400, linesPerSecond: 1_999.6, words: 1_804, windows: [first, second] };
const none: Progress = { fed: 0, read: 0, inFlight: 0, linesPerSecond: 0, words: 0, windows: [] };

describe('table', () => {
  const options = { title: 'word count', hint: 'Ctrl-C ends', columns: 80, rows: 24 };
  const plain = (how: Progress, more: object = {}) => table(how, { ...options, ...more }).map(stripVTControlCharacters);

  test('shows the words of the window that came out last, the rate, the lag, and what is in flight', () => {
    expect(plain({ ...progress, windows: [first] }, { rows: 11 })).toEqual([
      'word count',
      'window of 2026-01-01T00:00:00.000Z: 1,801 words, 3 distinct',
      '',
      `   1,200 ${'█'.repeat(48)} the`,
      `     600 ${'█'.repeat(24)}${' '.repeat(24)} to`,
      `       1 █${' '.repeat(47)} question`,
      '',
      '2,000 lines/s, lag 100, in flight 1,400',
      '3,400 lines read; 1,804 words in 1 windows',
      'Ctrl-C ends',
    ]);
  });

  test('keeps its height, so that nothing on the terminal jumps', () => {
    expect(new Set([none, progress].map((how) => table(how, options).length)).size).toBe(1);
  });

  test.each([
    [80, 24],
    [40, 10],
    [20, 5],
    [5, 2],
  ])('leaves a row of a terminal of %i columns and %i rows free, and is no wider', (columns, rows) => {
    const lines = plain(progress, { columns, rows });
    expect(lines.length).toBeLessThan(rows);
    expect(Math.max(...lines.map((text) => text.length))).toBeLessThanOrEqual(Math.max(columns, 11));
  });
});

describe('line', () => {
  test('says of a window that has closed what the table would show', () => {
    expect(line(second, progress)).toBe(
      'closed 2026-01-01T00:00:10.000Z: 3 words, 2 distinct (be 2, or 1); 2,000 lines/s, lag 100, in flight 1,400',
    );
  });
});

describe('totals', () => {
  test('gives each window a line, then their sum, and what is not in it', () => {
    expect(totals(progress)).toEqual([
      'window                       words  distinct',
      '2026-01-01T00:00:00.000Z      1801         3',
      '2026-01-01T00:00:10.000Z         3         2',
      'total                         1804 words of 2000 lines in 2 windows',
      '1500 more lines are in windows that had not closed',
    ]);
  });

  test('has nothing to add when everything came out', () => {
    expect(totals(none)).toEqual([
      'window                       words  distinct',
      'total                            0 words of 0 lines in 0 windows',
    ]);
  });
});
