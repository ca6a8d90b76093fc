import type { Row } from './spawnWordCount';

const firstTimestamp = Date.UTC(2026, 0, 1);
const linesPerWindow = 1_000;

/** The words of each window, from the texts as a whole: a line has 10 ms, a window 10 s, so it is a thousand lines. */
export function countsByHand(...texts: readonly string[]): Map<string, Map<string, number>> {
  const lines = texts.flatMap((text) => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n'));
  const windows = new Map<string, Map<string, number>>();
  for (let from = 0; from < lines.length; from += linesPerWindow) {
    const counts = new Map<string, number>();
    // What is between words: all but letters, digits and apostrophes that stand between two of these.
    const between = /(?:[^\p{L}\p{N}']|'(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])')+/u;
    const text = lines.slice(from, from + linesPerWindow).join('\n');
    for (const word of text.toLowerCase().split(between)) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
    if (counts.size > 0) windows.set(new Date(firstTimestamp + from * 10).toISOString(), counts);
  }
  return windows;
}

/** The rows that the word count must print for the texts. */
export function rowsByHand(...texts: readonly string[]): Row[] {
  return [...countsByHand(...texts)].map(([window, counts]) => ({
    window,
    words: [...counts.values()].reduce((sum, count) => sum + count, 0),
    distinct: counts.size,
  }));
}
