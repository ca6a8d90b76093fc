import {
  ack,
  collectByWindow,
  type CollectByWindowOptions,
  type CustomWindow,
  filterRecords,
  type KafkaRecord,
  mapValues,
  tumbling,
} from 'millrace';
import { marbles } from 'millrace/testing';
import { delay, type Observable, pipe } from 'rxjs';
import { test } from 'vitest';

type Word = KafkaRecord<string | null, string>;

const words = { a: ['ann', 'to'], b: ['bob', 'be'], c: [null, 'or'], d: ['ann', 'not'] } as const;
const window = (start: number, end: number) => ({ start, end });
const collected = (options: CollectByWindowOptions<Word>) =>
  pipe(
    (words$: Observable<Word>) => words$.pipe(collectByWindow(options)),
    mapValues((list) => list.map(({ value }) => value).join(' ')),
  );

test('the records of a window are given as one list, and released with it', () => {
  const given = '    -a-b--c----d----|';
  const expected = ' --------------p----(q|)';
  const released = ' --------------(abc)d';
  marbles((m) => {
    const words$ = m.records<string | null, string>(given, words);
    m.expectRecords(words$.pipe(collected({ window: tumbling(10) }), delay(3), ack())).toBe(expected, {
      p: [null, 'to be or', window(0, 10)],
      q: [null, 'not', window(10, 20)],
    });
    m.expectReleased(words$).toBe(released);
  });
});

test('in offset order in a partition, and partitions after one another', () => {
  const first = '    -----b----c---|';
  const second = '   -a-----d----e-|';
  const expected = ' ------------p-(q|)';
  marbles((m) => {
    const words$ = m.records<string | null, string>([first, second], { ...words, e: [null, 'to'] });
    m.expectRecords(words$.pipe(collected({ window: tumbling(10) }))).toBe(expected, {
      p: [null, 'be to not', window(0, 10)],
      q: [null, 'or to', window(10, 20)],
    });
  });
});

test('a record that comes within grace is in the list, where it came', () => {
  const given = '    -a---------b--c----d---|';
  const expected = ' -------------------p---(q|)';
  marbles((m) => {
    const words$ = m.records<string | null, string>(given, { ...words, c: [null, 'or', { timestamp: 2 }] });
    m.expectRecords(words$.pipe(collected({ window: tumbling(10), grace: 5 }))).toBe(expected, {
      p: [null, 'to or', window(0, 10)],
      q: [null, 'be not', window(10, 20)],
    });
  });
});

test('a record in two windows of your own is in both lists', () => {
  const threes: CustomWindow = {
    kind: 'custom',
    name: 'three and six',
    assign: (timestamp) => [3, 6].map((size) => window(Math.floor(timestamp / size) * size, (Math.floor(timestamp / size) + 1) * size)),
  };
  const given = '    -a--b--c---|';
  const expected = ' ----p--(qr)(st|)';
  const released = ' -------(ab)c';
  marbles((m) => {
    const words$ = m.records<string | null, string>(given, words);
    m.expectRecords(words$.pipe(collected({ window: threes }), ack())).toBe(expected, {
      p: [null, 'to', window(0, 3)],
      q: [null, 'to be', window(0, 6)],
      r: [null, 'be', window(3, 6)],
      s: [null, 'or', window(6, 9)],
      t: [null, 'or', window(6, 12)],
    });
    m.expectReleased(words$).toBe(released);
  });
});

test('what was dropped on the way is in no list', () => {
  const given = '    -a-b--c----d---|';
  const expected = ' -----------p---(q|)';
  marbles((m) => {
    const words$ = m.records<string | null, string>(given, words).pipe(filterRecords((word) => word !== 'be'));
    m.expectRecords(words$.pipe(collected({ window: tumbling(10) }))).toBe(expected, {
      p: [null, 'to or', window(0, 10)],
      q: [null, 'not', window(10, 20)],
    });
  });
});

test('more than maxRecords end the stream', () => {
  const given = '    -a-b--c----d---|';
  const expected = ' ------#';
  marbles((m) => {
    const words$ = m.records<string | null, string>(given, words);
    m.expectRecords(words$.pipe(collected({ window: tumbling(10), maxRecords: 2 }))).toBe(expected, {}, { code: 'STATE_FULL' });
  });
});
