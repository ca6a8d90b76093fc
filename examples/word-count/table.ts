import type { Progress } from './tally';
import type { Count, WindowCounts } from './windowCounts';

/** What a table is drawn for. */
export interface TableOptions {
  /** What is counted, and where. */
  readonly title: string;
  /** What the reader can do. */
  readonly hint: string;
  /** Of the terminal, in characters. */
  readonly columns: number;
  readonly rows: number;
}

const mostBars = 10;
const linesBesideBars = 7;

const bold = (text: string): string => `\x1b[1m${text}\x1b[22m`;
const dim = (text: string): string => `\x1b[2m${text}\x1b[22m`;
const green = (text: string): string => `\x1b[32m${text}\x1b[39m`;

/** Draws how things stand, and the words of the window that came out last; as many lines as leave the terminal one row. */
export function table(progress: Progress, { title, hint, columns, rows }: TableOptions): string[] {
  const last = progress.windows.at(-1);
  const height = Math.max(0, Math.min(mostBars, rows - 1 - linesBesideBars));
  const bars = barsOf(last?.top.slice(0, height) ?? [], columns);
  const cut = (text: string): string => text.slice(0, columns);
  return [
    bold(cut(title)),
    cut(last ? `window of ${isoTime(last.start)}: ${sizeOf(last)}` : 'no window has closed yet'),
    '',
    ...bars,
    ...Array.from({ length: height - bars.length }, () => ''),
    '',
    bold(cut(speedOf(progress))),
    cut(`${people(progress.read)} lines read; ${people(progress.words)} words in ${people(progress.windows.length)} windows`),
    dim(cut(hint)),
  ].slice(0, Math.max(1, rows - 1));
}

function barsOf(counts: readonly Count[], columns: number): string[] {
  const most = counts[0]?.[1] ?? 1;
  const width = Math.max(1, Math.min(48, columns - 32));
  return counts.map(([word, count]) => {
    const bar = '█'.repeat(Math.max(1, Math.round((count / most) * width)));
    // The word comes last: nothing else is out of line if its letters are wider than one column.
    return `${people(count).padStart(8)} ${green(bar)}${' '.repeat(width - bar.length)} ${word.slice(0, Math.max(0, columns - width - 10))}`;
  });
}

/** A window in one line, for output that is not a terminal. */
export function line(window: WindowCounts, progress: Progress): string {
  const top = window.top.slice(0, 5).map(([word, count]) => `${word} ${people(count)}`);
  return `closed ${isoTime(window.start)}: ${sizeOf(window)} (${top.join(', ')}); ${speedOf(progress)}`;
}

/** What was counted: a line for each window, with its start, words and distinct words, and the sum. Numbers are plain, for programs. */
export function totals({ windows, words, fed, read, inFlight }: Progress): string[] {
  const row = (start: string, ...numbers: readonly (number | string)[]): string =>
    start.padEnd(24) + numbers.map((number) => String(number).padStart(10)).join('');
  const open = fed - read + inFlight;
  return [
    row('window', 'words', 'distinct'),
    ...windows.map((window) => row(isoTime(window.start), window.words, window.distinct)),
    `${row('total', words)} words of ${fed - open} lines in ${windows.length} windows`,
    ...(open > 0 ? [`${open} more lines are in windows that had not closed`] : []),
  ];
}

function speedOf({ linesPerSecond, fed, read, inFlight }: Progress): string {
  return `${people(linesPerSecond)} lines/s, lag ${people(Math.max(0, fed - read))}, in flight ${people(inFlight)}`;
}

function sizeOf({ words, distinct }: WindowCounts): string {
  return `${people(words)} words, ${people(distinct)} distinct`;
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}

function people(number: number): string {
  return Math.round(number).toLocaleString('en');
}
