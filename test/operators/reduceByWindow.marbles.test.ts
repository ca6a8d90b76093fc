import { ack, commitOffsets, hopping, reduceByWindow, sliding, tumbling } from 'millrace';
import { marbles } from 'millrace/testing';
import { test } from 'vitest';

/** Each number is a bit, so a sum says what is in it. */
const numbers = { a: ['ann', 1], b: ['bob', 2], c: [null, 4], d: ['ann', 8] } as const;
const window = (start: number, end: number) => ({ start, end });
const sum = (a: number, b: number) => a + b;

test('all that is in the window is reduced to one, whatever the keys are', () => {
  const given = '    -a-b--c----d---|';
  const expected = ' -----------p---(q|)';
  const commits = '  ------------x--y';
  marbles((m) => {
    const numbers$ = m.records<string | null, number>(given, numbers);
    m.expectRecords(numbers$.pipe(reduceByWindow(sum, { window: tumbling(10) }), commitOffsets({ every: 1 }))).toBe(expected, {
      p: [null, 7, window(0, 10)],
      q: [null, 8, window(10, 20)],
    });
    m.expectCommits(numbers$).toBe(commits, { x: 3, y: 4 });
  });
});

test('over all partitions, when the last of them has passed the end', () => {
  const first = '    -a------------d---|';
  const second = '   ---b------c-------|';
  const expected = ' --------------p---(q|)';
  const commits = '  ---------------x--y';
  marbles((m) => {
    const numbers$ = m.records<string | null, number>([first, second], numbers);
    m.expectRecords(numbers$.pipe(reduceByWindow(sum, { window: tumbling(10) }), commitOffsets({ every: 1 }))).toBe(expected, {
      p: [null, 3, window(0, 10)],
      q: [null, 12, window(10, 20)],
    });
    m.expectCommits(numbers$).toBe(commits, { x: [1, 1], y: [2, 2] });
  });
});

test('windows that overlap', () => {
  const given = '    -a-----b--c-----|';
  const expected = ' -------p--q-----(rs|)';
  marbles((m) => {
    const numbers$ = m.records<string | null, number>(given, numbers);
    m.expectRecords(numbers$.pipe(reduceByWindow(sum, { window: hopping(10, { every: 5 }) }))).toBe(expected, {
      p: [null, 1, window(-5, 5)],
      q: [null, 3, window(0, 10)],
      r: [null, 6, window(5, 15)],
      s: [null, 4, window(10, 20)],
    });
  });
});

test('windows that move with the records', () => {
  const given = '    -a--b---c---|';
  const expected = ' ----p---(qr)(st|)';
  marbles((m) => {
    const numbers$ = m.records<string | null, number>(given, numbers);
    m.expectRecords(numbers$.pipe(reduceByWindow(sum, { window: sliding(4) }))).toBe(expected, {
      p: [null, 1, window(-3, 2)],
      q: [null, 3, window(0, 5)],
      r: [null, 2, window(2, 7)],
      s: [null, 6, window(4, 9)],
      t: [null, 4, window(5, 10)],
    });
  });
});

test('a running result, with each record', () => {
  const given = '    -a-b--c----d---|';
  const expected = ' -p-q--r----(st)(u|)';
  marbles((m) => {
    const numbers$ = m.records<string | null, number>(given, numbers);
    m.expectRecords(numbers$.pipe(reduceByWindow(sum, { window: tumbling(10), emit: 'onUpdate' }), ack())).toBe(expected, {
      p: [null, 1, window(0, 10), { final: false }],
      q: [null, 3, window(0, 10), { final: false }],
      r: [null, 7, window(0, 10), { final: false }],
      s: [null, 8, window(10, 20), { final: false }],
      t: [null, 7, window(0, 10), { final: true }],
      u: [null, 8, window(10, 20), { final: true }],
    });
  });
});
