import type { Truth } from './countWords';

/** One result as it was found in a topic. */
export interface Result {
  /** End of the window, exclusive, ms since the epoch. */
  readonly end: number;
  readonly word: string;
  readonly count: number;
}

/** How results compare with the truth. */
export interface Differences {
  /** Pairs of word and window without a right result. */
  readonly missing: number;
  /** Results with another count than the truth, or with a word or a window that it does not have. */
  readonly wrong: number;
  /** Right results beyond the first of the same word and window. */
  readonly repeated: number;
  /** The first few that are missing or wrong, in words. */
  readonly examples: readonly string[];
}

const exampleLimit = 5;

/** Compares results, in any order, with the truth. */
export function checkResults({ counts, results: expected }: Truth, results: Iterable<Result>): Differences {
  const found = new Map<number, Set<string>>();
  const examples: string[] = [];
  let right = 0;
  let wrong = 0;
  let repeated = 0;
  for (const { end, word, count } of results) {
    const truth = counts.get(end)?.get(word);
    if (truth !== count) {
      wrong++;
      if (examples.length < exampleLimit)
        examples.push(`${word} up to ${String(end)}: ${String(count)} instead of ${String(truth ?? 'none')}`);
      continue;
    }
    let words = found.get(end);
    if (!words) found.set(end, (words = new Set()));
    if (words.has(word)) repeated++;
    else {
      words.add(word);
      right++;
    }
  }
  if (right < expected) {
    for (const [end, window] of counts) {
      for (const [word, count] of window) {
        if (examples.length >= 2 * exampleLimit) break;
        if (found.get(end)?.has(word) !== true) examples.push(`${word} up to ${String(end)}: missing, should be ${String(count)}`);
      }
    }
  }
  return { missing: expected - right, wrong, repeated, examples };
}
