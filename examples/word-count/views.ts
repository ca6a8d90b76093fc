import type { WriteStream } from 'node:tty';
import { line, table } from './table';
import type { Progress } from './tally';

/** Shows how things stand. */
export interface View {
  /** To be called a few times a second; `hint` is what the reader can do now. */
  show(progress: Progress, hint: string): void;
  /** Shows what is left to show, and gives the terminal back as it was. */
  close(progress: Progress): void;
}

/** A table that stays in its place on a terminal. */
export function tableView(out: WriteStream, title: string): View {
  let height = 0;
  const draw = (progress: Progress, hint: string): void => {
    const lines = table(progress, { title, hint, columns: out.columns || 80, rows: out.rows || 24 });
    // Up to where the last one began, over it line by line, and nothing of it left below. No cursor meanwhile, and no line that wraps into two.
    const up = height > 0 ? `\x1b[${height}A` : '';
    out.write(`\x1b[?25l\x1b[?7l${up}\r${lines.map((text) => `${text}\x1b[K\n`).join('')}\x1b[J`);
    height = lines.length;
  };
  const restore = (): void => void out.write('\x1b[?7h\x1b[?25h');
  process.once('exit', restore);
  return {
    show: draw,
    close: (progress) => {
      draw(progress, '');
      restore();
      process.off('exit', restore);
    },
  };
}

/** A line for each window that has closed, for a pipe or a file. */
export function lineView(print: (line: string) => void, title: string): View {
  let printed = 0;
  let newest = { start: NaN, words: 0 };
  const printUpTo = (end: number, progress: Progress): void => {
    for (const window of progress.windows.slice(printed, end)) print(line(window, progress));
    printed = Math.max(printed, end);
  };
  print(title);
  return {
    show: (progress) => {
      // The results of the newest window may still be coming.
      const last = progress.windows.at(-1);
      if (!last) return;
      const still = last.start === newest.start && last.words === newest.words;
      newest = { start: last.start, words: last.words };
      printUpTo(progress.windows.length - (still ? 0 : 1), progress);
    },
    close: (progress) => printUpTo(progress.windows.length, progress),
  };
}
