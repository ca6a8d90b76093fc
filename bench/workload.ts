/** A workload is fixed by its number of lines and its seed. */
export interface WorkloadOptions {
  /** Lines in all. Default 1,000,000. */
  readonly lines?: number | undefined;
  /** A whole number. Default 1. */
  readonly seed?: number | undefined;
}

/** Partitions of the topic of lines; line `i` goes to partition `i % partitions`. */
export const partitions = 4;

/** The timestamp of line 0, ms since the epoch, where a window starts; line `i` comes `i` ms later, so each partition is in perfect order. */
export const firstTimestamp = 1_700_000_000_000;

const vocabularySize = 20_000;
const zipfExponent = 1.05;

/** The lines of workload W: 6 to 10 of 20,000 words each, as often as Zipf's law with exponent 1.05 has it, with one space between them. */
export function* workload({ lines = 1_000_000, seed = 1 }: WorkloadOptions = {}): Generator<string, void, undefined> {
  const random = randomNumbers(seed);
  const words = vocabulary(random);
  const cumulative = zipf();
  for (let i = 0; i < lines; i++) {
    let line = words[place(cumulative, random())] ?? '';
    for (let more = 5 + Math.floor(random() * 5); more > 0; more--) line += ' ' + (words[place(cumulative, random())] ?? '');
    yield line;
  }
}

/** Takes a line apart; what both contestants do with a line. */
export function split(line: string): string[] {
  return line.split(' ');
}

/** Numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Different words of 3 to 9 letters. The length goes round with the rank, so that the size of a line hardly depends on the seed. */
function vocabulary(random: () => number): string[] {
  const words = new Set<string>();
  while (words.size < vocabularySize) {
    const length = 3 + ((words.size * 3 + 2) % 7);
    let word = '';
    while (word.length < length) word += String.fromCharCode(97 + Math.floor(random() * 26));
    words.add(word);
  }
  return [...words];
}

/** The share of all words that have this rank or a smaller one, for each rank. */
function zipf(): Float64Array {
  const cumulative = new Float64Array(vocabularySize);
  let sum = 0;
  for (let rank = 1; rank <= vocabularySize; rank++) cumulative[rank - 1] = sum += rank ** -zipfExponent;
  return cumulative.map((share) => share / sum);
}

/** The first index whose cumulative share is greater than `share`. */
function place(cumulative: Float64Array, share: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 1) > share) high = middle;
    else low = middle + 1;
  }
  return low;
}
