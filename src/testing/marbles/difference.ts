import { drawAligned, type Mark } from './diagrams';
import { shown } from './shown';

/** Something that was expected, or came: a value under its letter, `|` or `#`. */
export interface Moment extends Mark {
  /** The value, or the error. */
  readonly value?: unknown;
}

const mostLines = 8;

/**
 * The two diagrams under one another, and below them what differs, with the values: undefined where nothing does. What comes is compared in order, frame by
 * frame.
 */
export function differenceOf(
  what: string,
  expected: readonly Moment[],
  received: readonly Moment[],
  same: (expected: Moment, received: Moment) => boolean,
): string | undefined {
  const frames = [...new Set([...expected, ...received].map(({ frame }) => frame))].sort((a, b) => a - b);
  const lines = frames.flatMap((frame) => {
    const wanted = expected.filter((moment) => moment.frame === frame);
    const came = received.filter((moment) => moment.frame === frame);
    const pairs = Array.from({ length: Math.max(wanted.length, came.length) }, (_, index) => [wanted[index], came[index]] as const);
    return pairs
      .filter(([one, other]) => !one || !other || !same(one, other))
      .map(([one, other]) => `at ${frame} ms: expected ${inWords(one)}, received ${inWords(other)}`);
  });
  if (lines.length === 0) return undefined;
  const [drawnExpected = '', drawnReceived = ''] = drawAligned([expected, received]);
  const more = lines.length > mostLines ? [`and ${lines.length - mostLines} more`] : [];
  return [
    `${what} differ from the diagram:`,
    '',
    `  expected  ${drawnExpected}`,
    `  received  ${drawnReceived}`,
    '',
    ...[...lines.slice(0, mostLines), ...more].map((line) => `  ${line}`),
  ].join('\n');
}

function inWords(moment: Moment | undefined): string {
  if (!moment) return 'nothing';
  if (moment.sign === '|') return 'completion';
  return 'value' in moment ? `${moment.sign} = ${shown(moment.value)}` : moment.sign;
}
