import {
  ack,
  type ByKeyOptions,
  calendar,
  commitOffsets,
  type CustomWindow,
  global,
  hopping,
  type KafkaRecord,
  keyBy,
  reduceByKey,
  session,
  sliding,
  tumbling,
} from 'millrace';
import { marbles } from 'millrace/testing';
import { delay, delayWhen, mergeMap, switchMap, timer, windowCount, windowTime } from 'rxjs';
import { describe, test } from 'vitest';

/** Each number is a bit, so a sum says what is in it. */
const numbers = { a: ['ann', 1], b: ['ann', 2], c: ['ann', 4], d: ['ann', 8], x: ['bob', 16], y: ['bob', 32] } as const;
const window = (start: number, end: number) => ({ start, end });
const sums = (options?: ByKeyOptions<KafkaRecord<string, number>>) => reduceByKey<KafkaRecord<string, number>>((a, b) => a + b, options);

describe('a result comes when its window closes', () => {
  test('tumbling: each key has one, in the order of their first records', () => {
    const given = '    -a-b--x----c----|';
    const expected = ' -----------(pq)-(r|)';
    const released = ' -----------(abx)c';
    marbles((m) => {
      const numbers$ = m.records(given, numbers);
      m.expectRecords(numbers$.pipe(sums({ window: tumbling(10) }), ack())).toBe(expected, {
        p: ['ann', 3, window(0, 10)],
        q: ['bob', 16, window(0, 10)],
        r: ['ann', 4, window(10, 20)],
      });
      m.expectReleased(numbers$).toBe(released);
    });
  });

  test('tumbling with an offset: edges are three later', () => {
    const given = '    -a-b--c--------d|';
    const expected = ' ---p-----------q(r|)';
    marbles((m) => {
      m.expectRecords(m.records(given, numbers).pipe(sums({ window: tumbling(10, { offset: 3 }) }))).toBe(expected, {
        p: ['ann', 1, window(-7, 3)],
        q: ['ann', 6, window(3, 13)],
        r: ['ann', 8, window(13, 23)],
      });
    });
  });

  test('hopping: a record is in two windows, and is released with the second', () => {
    const given = '    -a-----b----c----|';
    const expected = ' -------p----q----(rs|)';
    const released = ' ------------a----(bc)';
    marbles((m) => {
      const numbers$ = m.records(given, numbers);
      m.expectRecords(numbers$.pipe(sums({ window: hopping(10, { every: 5 }) }), ack())).toBe(expected, {
        p: ['ann', 1, window(-5, 5)],
        q: ['ann', 3, window(0, 10)],
        r: ['ann', 6, window(5, 15)],
        s: ['ann', 4, window(10, 20)],
      });
      m.expectReleased(numbers$).toBe(released);
    });
  });

  test('session: each record moves the end, and one that lies between joins two', () => {
    const given = '    -a-----b-c---------d---|';
    const expected = ' -------------------p---(q|)';
    marbles((m) => {
      const numbers$ = m.records(given, { ...numbers, c: ['ann', 4, { timestamp: 4 }] });
      m.expectRecords(numbers$.pipe(sums({ window: session({ gap: 5 }), grace: 3 }))).toBe(expected, {
        p: ['ann', 7, window(1, 12)],
        q: ['ann', 8, window(19, 24)],
      });
    });
  });

  test('session: without the one between they are two, exactly the gap apart', () => {
    const given = '    -a----b----c|';
    const expected = ' ------p----q(r|)';
    marbles((m) => {
      m.expectRecords(m.records(given, numbers).pipe(sums({ window: session({ gap: 5 }) }))).toBe(expected, {
        p: ['ann', 1, window(1, 6)],
        q: ['ann', 2, window(6, 11)],
        r: ['ann', 4, window(11, 16)],
      });
    });
  });

  test('sliding: each set of records that are within the span, once', () => {
    const given = '    -a--b----------c---|';
    const expected = ' ----p----------(qr)(s|)';
    marbles((m) => {
      m.expectRecords(m.records(given, numbers).pipe(sums({ window: sliding(5) }))).toBe(expected, {
        p: ['ann', 1, window(-4, 2)], // a has come
        q: ['ann', 3, window(-1, 5)], // b has come
        r: ['ann', 2, window(2, 8)], // a has gone
        s: ['ann', 4, window(10, 16)],
      });
    });
  });

  test('calendar: a day closes at midnight', () => {
    const day = 86_400_000;
    const given = '    -a-b--c-d-----|';
    const expected = ' --------p-----(q|)';
    const at = (timestamp: number) => ({ timestamp });
    marbles((m) => {
      const numbers$ = m.records(given, {
        a: ['ann', 1, at(day - 9)],
        b: ['ann', 2, at(day - 5)],
        c: ['ann', 4, at(day - 1)],
        d: ['ann', 8, at(day)],
      });
      m.expectRecords(numbers$.pipe(sums({ window: calendar('day') }))).toBe(expected, {
        p: ['ann', 7, window(0, day)],
        q: ['ann', 8, window(day, 2 * day)],
      });
    });
  });

  test('of your own: what belongs to no window is released at once', () => {
    const firstFive: CustomWindow = {
      kind: 'custom',
      name: 'the first five of ten',
      assign: (timestamp) => (timestamp % 10 < 5 ? [window(timestamp - (timestamp % 10), timestamp - (timestamp % 10) + 5)] : []),
    };
    const given = '    -a-b--c----d---|';
    const expected = ' ------p--------(q|)';
    const released = ' ------(cab)----d';
    marbles((m) => {
      const numbers$ = m.records(given, numbers);
      m.expectRecords(numbers$.pipe(sums({ window: firstFive }), ack())).toBe(expected, {
        p: ['ann', 3, window(0, 5)],
        q: ['ann', 8, window(10, 15)],
      });
      m.expectReleased(numbers$).toBe(released);
    });
  });

  test('of your own that merges: as long as records overlap', () => {
    const upToValue: CustomWindow<KafkaRecord<string, number>> = {
      kind: 'custom',
      name: 'as many ms as the value',
      merge: true,
      assign: (timestamp, { value }) => [window(timestamp, timestamp + value)],
    };
    const given = '    -a--c--d-----------b|';
    const expected = ' ----p--------------q(r|)';
    marbles((m) => {
      m.expectRecords(m.records(given, numbers).pipe(sums({ window: upToValue }))).toBe(expected, {
        p: ['ann', 1, window(1, 2)],
        q: ['ann', 12, window(4, 15)],
        r: ['ann', 2, window(19, 21)],
      });
    });
  });

  test('global: when the source completes', () => {
    const given = '    -a-b--x----c---|';
    const expected = ' ---------------(pq|)';
    marbles((m) => {
      const all = window(-Infinity, Infinity);
      m.expectRecords(m.records(given, numbers).pipe(sums({ window: global() }))).toBe(expected, {
        p: ['ann', 7, all],
        q: ['bob', 16, all],
      });
    });
  });
});

describe('grace keeps a window open past its end', () => {
  const late = { ...numbers, l: ['ann', 64, { timestamp: 8 }] } as const;

  test('and one that is late without it counts', () => {
    const given = '    -a-b------c-l-----d---|';
    const strict = '   ----------p-----------(q|)';
    const graceful = ' ------------------r---(q|)';
    marbles((m) => {
      const numbers$ = m.records(given, late);
      const q = ['ann', 12, window(10, 20)] as const;
      m.expectRecords(numbers$.pipe(sums({ window: tumbling(10) }))).toBe(strict, { p: ['ann', 3, window(0, 10)], q });
      m.expectRecords(numbers$.pipe(sums({ window: tumbling(10), grace: 5 }))).toBe(graceful, { q, r: ['ann', 67, window(0, 10)] });
    });
  });

  test('as does outOfOrderness of the source, for every operator behind it', () => {
    const given = '    -a-b------c-l-----d---|';
    const expected = ' ------------------r---(q|)';
    marbles((m) => {
      const numbers$ = m.records(given, late, { outOfOrderness: 5 });
      m.expectRecords(numbers$.pipe(sums({ window: tumbling(10) }))).toBe(expected, {
        q: ['ann', 12, window(10, 20)],
        r: ['ann', 67, window(0, 10)],
      });
    });
  });
});

describe('what takes its time', () => {
  test('in front of a window delays its result, and makes no record late', () => {
    const given = '    -a-b------c-----d----|';
    const expected = ' ---------------p-----(q|)';
    marbles((m) => {
      m.expectRecords(m.records(given, numbers).pipe(delay(5), sums({ window: tumbling(10) }))).toBe(expected, {
        p: ['ann', 3, window(0, 10)],
        q: ['ann', 12, window(10, 20)],
      });
    });
  });

  test('in front of a window may change the order: a window waits for what was delivered before its end', () => {
    const given = '    -a-b------c-----|';
    const delayed = '  ---b------c---a-|';
    const expected = ' --------------p-(q|)';
    marbles((m) => {
      const slowFirst$ = m.records(given, numbers).pipe(delayWhen(({ value }) => timer(value === 1 ? 13 : 0)));
      m.expectRecords(slowFirst$).toBe(delayed, numbers);
      m.expectRecords(slowFirst$.pipe(sums({ window: tumbling(10) }))).toBe(expected, {
        p: ['ann', 3, window(0, 10)],
        q: ['ann', 4, window(10, 20)],
      });
    });
  });

  test('behind a window holds the commit back: offsets move when results are acked', () => {
    const given = '    -a-b------c--------d---|';
    const expected = ' ----------------p------------(q|)';
    const commits = '  -----------------x-----------y';
    marbles((m) => {
      const numbers$ = m.records(given, numbers);
      m.expectRecords(numbers$.pipe(sums({ window: tumbling(10) }), delay(6), commitOffsets({ every: 1 }))).toBe(expected, {
        p: ['ann', 3, window(0, 10)],
        q: ['ann', 12, window(10, 20)],
      });
      m.expectCommits(numbers$).toBe(commits, { x: 2, y: 4 });
    });
  });
});

describe('several partitions', () => {
  test('close their windows each by itself, where keys come from the topic', () => {
    const first = '    -a---------b-----|';
    const second = '   --x----------y----|';
    const expected = ' -----------p-q----(rs|)';
    marbles((m) => {
      m.expectRecords(m.records([first, second], numbers).pipe(sums({ window: tumbling(10) }))).toBe(expected, {
        p: ['ann', 1, window(0, 10)],
        q: ['bob', 16, window(0, 10)],
        r: ['ann', 2, window(10, 20)],
        s: ['bob', 32, window(10, 20)],
      });
    });
  });

  test('close them together, when the last has passed the end, after keyBy', () => {
    const first = '    -a---------b-----|';
    const second = '   --x----------y----|';
    const expected = ' -------------p----(q|)';
    marbles((m) => {
      const all$ = m.records([first, second], numbers).pipe(keyBy(() => 'all'));
      m.expectRecords(all$.pipe(sums({ window: tumbling(10) }))).toBe(expected, {
        p: ['all', 17, window(0, 10)],
        q: ['all', 34, window(10, 20)],
      });
    });
  });

  test('make no record late that is in time for its own', () => {
    const ahead = '    a------------b-----|';
    const behind = '   --------------xy---|';
    const expected = ' ---------------p---(q|)';
    marbles((m) => {
      const numbers$ = m.records([ahead, behind], { ...numbers, x: ['bob', 16, { timestamp: 3 }], y: ['bob', 32, { timestamp: 10 }] });
      const all$ = numbers$.pipe(keyBy(() => 'all'));
      m.expectRecords(all$.pipe(sums({ window: tumbling(10) }))).toBe(expected, {
        p: ['all', 17, window(0, 10)],
        q: ['all', 34, window(10, 20)],
      });
    });
  });

  test('do not wait for one that has gone quiet', () => {
    const speaks = '    a--------------b------';
    const quiet = '     -x--------------------';
    const expected = '  ---------------------p';
    marbles((m) => {
      const all$ = m.records([speaks, quiet], numbers, { idleAfter: 20 }).pipe(keyBy(() => 'all'));
      m.expectRecords(all$.pipe(sums({ window: tumbling(10) })), '^ 25ms !').toBe(expected, {
        p: ['all', 17, window(0, 10)],
      });
    });
  });
});

test('a topic that goes quiet closes its windows by the clock', () => {
  const given = '    -a-b-----------------------';
  const expected = ' -----------------------p';
  const released = ' -----------------------(ab)';
  marbles((m) => {
    const numbers$ = m.records(given, numbers, { idleAfter: 20 });
    m.expectRecords(numbers$.pipe(sums({ window: tumbling(10) }), ack()), '^ 50ms !').toBe(expected, { p: ['ann', 3, window(0, 10)] });
    m.expectReleased(numbers$).toBe(released);
  });
});

describe('processing time', () => {
  test('closes windows by the clock, and nothing is late', () => {
    const given = '    -a-b-------l----c---|';
    const expected = ' ----------p---------(q|)';
    const released = ' ----------(ab)------(lc)';
    marbles((m) => {
      const numbers$ = m.records(given, { ...numbers, l: ['ann', 64, { timestamp: 8 }] });
      m.expectRecords(numbers$.pipe(sums({ window: tumbling(10), clock: 'processing' }), ack())).toBe(expected, {
        p: ['ann', 3, window(0, 10)],
        q: ['ann', 68, window(10, 20)],
      });
      m.expectReleased(numbers$).toBe(released);
    });
  });

  test('goes by when records arrive: a delay moves them into later windows', () => {
    const given = '    -a-b----c-----|';
    const expected = ' ----------p---(q|)';
    marbles((m) => {
      m.expectRecords(m.records(given, numbers).pipe(delay(4), sums({ window: tumbling(10), clock: 'processing' }))).toBe(expected, {
        p: ['ann', 3, window(0, 10)],
        q: ['ann', 4, window(10, 20)],
      });
    });
  });
});

describe('windows of RxJS', () => {
  const whole = window(-Infinity, Infinity);

  test('windowTime: without a window it reduces until its source completes', () => {
    const given = '    -a-b-------c----d---|';
    const expected = ' ----------p---------(q|)';
    const released = ' ----------(ab)------(cd)';
    marbles((m) => {
      const numbers$ = m.records(given, numbers);
      const sums$ = numbers$.pipe(
        windowTime(10),
        mergeMap((part$) => part$.pipe(sums())),
        ack(),
      );
      m.expectRecords(sums$).toBe(expected, { p: ['ann', 3, whole], q: ['ann', 12, whole] });
      m.expectReleased(numbers$).toBe(released);
    });
  });

  test('windowCount: by number', () => {
    const given = '    -a-b----x-y---c-|';
    const expected = ' ---p------q-----(r|)';
    marbles((m) => {
      const sums$ = m.records(given, numbers).pipe(
        windowCount(2),
        mergeMap((part$) => part$.pipe(sums())),
      );
      m.expectRecords(sums$).toBe(expected, { p: ['ann', 3, whole], q: ['bob', 48, whole], r: ['ann', 4, whole] });
    });
  });

  test('one that is left before it completes gives nothing, and keeps its records held', () => {
    const given = '    -a-------b-----c---|';
    const expected = ' -------------------(p|)';
    const released = ' -------------------c';
    marbles((m) => {
      const numbers$ = m.records(given, numbers);
      const sums$ = numbers$.pipe(
        windowTime(10),
        switchMap((part$) => part$.pipe(delay(3), sums())),
        ack(),
      );
      m.expectRecords(sums$).toBe(expected, { p: ['ann', 4, whole] });
      m.expectReleased(numbers$).toBe(released);
      m.expectCommits(numbers$).toBe('');
    });
  });
});
