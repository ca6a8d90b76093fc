/** A word and how often it came. */
export type Count = readonly [word: string, count: number];

const topKept = 10;

/** What came out of one window; a count that comes again replaces the former. */
export class WindowCounts {
  words = 0;
  distinct = 0;
  #counts: Map<string, number> | undefined = new Map();
  #top: readonly Count[] = [];

  constructor(
    /** ms since the epoch */
    readonly start: number,
  ) {}

  set(word: string, count: number): void {
    if (!this.#counts) return; // again, from long ago: it was counted then
    this.words += count - (this.#counts.get(word) ?? 0);
    this.#counts.set(word, count);
    this.distinct = this.#counts.size;
  }

  /** The most frequent words, ten at most. */
  get top(): readonly Count[] {
    if (!this.#counts) return this.#top;
    return [...this.#counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, topKept);
  }

  /** Keeps the sums and the top, and lets the words go: a run may last for days. */
  forget(): void {
    this.#top = this.top;
    this.#counts = undefined;
  }
}
