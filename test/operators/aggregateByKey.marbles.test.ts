import {
  ack,
  aggregateByKey,
  type ByKeyOptions,
  type CustomWindow,
  hopping,
  type KafkaRecord,
  keyBy,
  mapValues,
  session,
  tumbling,
} from 'millrace';
import { marbles } from 'millrace/testing';
import { delayWhen, timer } from 'rxjs';
import { describe, test } from 'vitest';

type Letter = KafkaRecord<string, string>;

const letters = { a: ['k', 'a'], b: ['k', 'b'], c: ['k', 'c'], d: ['k', 'd'], e: ['k', 'e'] } as const;
const window = (start: number, end: number) => ({ start, end });
/** Shows what was folded into what, and merged with what. */
const joined = (options: ByKeyOptions<Letter>) =>
  aggregateByKey<Letter, string>(
    () => '',
    (state, value) => `${state}${value}`,
    (one, other) => `${one}+${other}`,
    options,
  );
/** Where it does not matter what was merged with what. */
const inOrder = (state: string) => Array.from(state.replaceAll('+', '')).sort().join('');

describe('fold', () => {
  test('goes in offset order, whatever the timestamps are', () => {
    const given = '    -a-b-c------d---|';
    const expected = ' ------------p---(q|)';
    marbles((m) => {
      const letters$ = m.records(given, { ...letters, b: ['k', 'b', { timestamp: 9 }], c: ['k', 'c', { timestamp: 2 }] });
      m.expectRecords(letters$.pipe(joined({ window: tumbling(10) }))).toBe(expected, {
        p: ['k', 'abc', window(0, 10)],
        q: ['k', 'd', window(10, 20)],
      });
    });
  });

  test('goes in order of arrival where something between has changed it', () => {
    const given = '    -a-b-c-----------|';
    const expected = ' -----------------(p|)';
    marbles((m) => {
      const letters$ = m.records(given, letters).pipe(delayWhen(({ value }) => timer(value === 'a' ? 9 : 0)));
      m.expectRecords(letters$.pipe(joined({ window: tumbling(10) }))).toBe(expected, { p: ['k', 'bca', window(0, 10)] });
    });
  });
});

describe('merge', () => {
  test('goes in order of partitions, not of arrival', () => {
    const first = '    -----b----c---|';
    const second = '   -a-----d----e-|';
    const expected = ' ------------p-(q|)';
    marbles((m) => {
      const letters$ = m.records([first, second], letters).pipe(keyBy(() => 'all'));
      m.expectRecords(letters$.pipe(joined({ window: tumbling(10) }))).toBe(expected, {
        p: ['all', 'b+ad', window(0, 10)],
        q: ['all', 'c+e', window(10, 20)],
      });
    });
  });

  test('goes over slices of hopping windows, in order of time', () => {
    const given = '    -a-b---c---d--------|';
    const expected = ' -------p---q--------(rs|)';
    marbles((m) => {
      m.expectRecords(m.records(given, letters).pipe(joined({ window: hopping(10, { every: 5 }) }))).toBe(expected, {
        p: ['k', 'ab', window(-5, 5)],
        q: ['k', 'ab+c', window(0, 10)],
        r: ['k', 'c+d', window(5, 15)],
        s: ['k', 'd', window(10, 20)],
      });
    });
  });

  test('joins sessions that one record lies between', () => {
    const given = '    -a-----b---c----|';
    const expected = ' ----------------(p|)';
    const released = ' ----------------(abc)';
    marbles((m) => {
      const letters$ = m.records(given, { ...letters, c: ['k', 'c', { timestamp: 4 }] });
      m.expectRecords(letters$.pipe(joined({ window: session({ gap: 5 }), grace: 10 }), mapValues(inOrder), ack())).toBe(expected, {
        p: ['k', 'abc', window(1, 12)],
      });
      m.expectReleased(letters$).toBe(released);
    });
  });

  test('joins windows of your own that overlap', () => {
    const around: CustomWindow = {
      kind: 'custom',
      name: 'three around',
      merge: true,
      assign: (timestamp) => [window(timestamp - 3, timestamp + 3)],
    };
    const given = '    -a---b--------c-|';
    const expected = ' --------------p-(q|)';
    marbles((m) => {
      m.expectRecords(m.records(given, letters).pipe(joined({ window: around }), mapValues(inOrder))).toBe(expected, {
        p: ['k', 'ab', window(-2, 8)],
        q: ['k', 'c', window(11, 17)],
      });
    });
  });
});

test('state that is given early is what it came to so far', () => {
  const given = '    -a-b------c------|';
  const expected = ' -p-q------(rs)---(t|)';
  marbles((m) => {
    m.expectRecords(m.records(given, letters).pipe(joined({ window: tumbling(10), emit: 'onUpdate' }), ack())).toBe(expected, {
      p: ['k', 'a', window(0, 10), { final: false }],
      q: ['k', 'ab', window(0, 10), { final: false }],
      r: ['k', 'c', window(10, 20), { final: false }],
      s: ['k', 'ab', window(0, 10), { final: true }],
      t: ['k', 'c', window(10, 20), { final: true }],
    });
  });
});
