import type { WriteStream } from 'node:tty';
import { describe, expect, test } from 'vitest';
import type { Progress } from '../../examples/word-count/tally';
import { lineView, tableView } from '../../examples/word-count/views';
import { WindowCounts } from '../../examples/word-count/windowCounts';

function windowOf(start: number, ...words: readonly string[]): WindowCounts {
  const window = new WindowCounts(start);
  for (const word of words) window.set(word, 1);
  return window;
}

function progressWith(...windows: readonly WindowCounts[]): Progress {
  return { fed: 0, read: 0, inFlight: 0, linesPerSecond: 0, words: 0, windows };
}

describe('tableView', () => {
  test('draws over what it drew before, and gives the terminal back', () => {
    const written: string[] = [];
    const out = { columns: 80, rows: 24, write: (text: string) => written.push(text) };
    const listeners = process.listenerCount('exit');

    const view = tableView(out as unknown as WriteStream, 'title');
    view.show(progressWith(), 'hint');
    view.show(progressWith(windowOf(0, 'be')), 'hint');
    view.close(progressWith(windowOf(0, 'be')));

    const height = written[0]?.split('\n').length ?? 0;
    expect(written.map((text) => text.includes(`\x1b[${height - 1}A\r`))).toEqual([false, true, true, false]);
    expect(written.at(-1)).toBe('\x1b[?7h\x1b[?25h');
    expect(process.listenerCount('exit')).toBe(listeners);
  });
});

describe('lineView', () => {
  test('prints each window once, when its last result has come', () => {
    const printed: string[] = [];
    const view = lineView((line) => printed.push(line), 'title');
    const first = windowOf(0, 'to');
    const second = windowOf(10_000, 'be');

    view.show(progressWith(), '');
    view.show(progressWith(first), '');
    first.set('or', 1);
    view.show(progressWith(first), '');
    expect(printed).toEqual(['title']);

    view.show(progressWith(first), '');
    view.show(progressWith(first, second), '');
    expect(printed.map((line) => line.slice(0, 49))).toEqual(['title', 'closed 1970-01-01T00:00:00.000Z: 2 words, 2 disti']);

    view.show(progressWith(first, second), '');
    second.set('be', 2);
    view.show(progressWith(first, second), '');
    view.close(progressWith(first, second));
    expect(printed).toHaveLength(3);
  });
});
