/** Something in a diagram: a letter, or one of the signs `|`, `#`, `^` and `!`, at a frame. */
export interface Mark {
  readonly frame: number;
  readonly sign: string;
}

/** More empty frames than these are written as a time. */
const mostDashes = 12;

/**
 * Draws diagrams under one another, so that what is at one frame is in one column: shorter ones are filled up with spaces, which mean nothing in a diagram.
 */
export function drawAligned(diagrams: readonly (readonly Mark[])[]): string[] {
  const frames = [...new Set(diagrams.flatMap((marks) => marks.map(({ frame }) => frame)))].sort((a, b) => a - b);
  const lines = diagrams.map(() => '');
  /** The frame that each line has come to. */
  const reached = diagrams.map(() => 0);
  const append = (texts: readonly string[]) => {
    const width = Math.max(...texts.map((text) => text.length));
    texts.forEach((text, index) => (lines[index] = `${lines[index] ?? ''}${text.padEnd(width)}`));
  };
  for (const frame of frames) {
    const goesOn = diagrams.map((marks) => marks.some((mark) => mark.frame >= frame));
    append(reached.map((from, index) => (goesOn[index] ? gap(frame - from) : '')));
    const cells = diagrams.map((marks, index) => (goesOn[index] ? cell(marks.filter((mark) => mark.frame === frame)) : ''));
    append(cells);
    cells.forEach((text, index) => (reached[index] = Math.max(frame, reached[index] ?? 0) + Array.from(text).length));
  }
  return lines.map((line) => line.trimEnd());
}

/** Nothing for so many frames. */
function gap(frames: number): string {
  if (frames <= mostDashes) return '-'.repeat(Math.max(0, frames));
  return frames % 1_000 === 0 ? ` ${frames / 1_000}s ` : ` ${frames}ms `;
}

/** What is at one frame; a group takes up as many frames as it has characters. */
function cell(marks: readonly Mark[]): string {
  const signs = marks.map(({ sign }) => sign).join('');
  if (signs === '') return '-';
  return marks.length === 1 ? signs : `(${signs})`;
}
