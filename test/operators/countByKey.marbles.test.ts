import { ack, countByKey, hopping, type KafkaRecord, type LateRecord, session, tumbling } from 'millrace';
import { marbles } from 'millrace/testing';
import { delay, delayWhen, Subject, tap, timer } from 'rxjs';
import { describe, test } from 'vitest';

type Visit = KafkaRecord<string, string>;

const visits = { a: ['ann', '/'], b: ['ann', '/docs'], c: ['ann', '/blog'], d: ['ann', '/about'], x: ['bob', '/'] } as const;
/** One that is from the ninth millisecond, whenever it comes. */
const l = ['ann', '/late', { timestamp: 8 }] as const;
const window = (start: number, end: number) => ({ start, end });
const early = { final: false };
const final = { final: true };

describe('emit', () => {
  test("'onClose': one result for each key and window", () => {
    const given = '    -a-b--x----c-------|';
    const expected = ' -----------(pq)----(r|)';
    marbles((m) => {
      m.expectRecords(m.records(given, visits).pipe(countByKey({ window: tumbling(10), emit: 'onClose' }))).toBe(expected, {
        p: ['ann', 2, window(0, 10), final],
        q: ['bob', 1, window(0, 10), final],
        r: ['ann', 1, window(10, 20), final],
      });
    });
  });

  test("'onUpdate': one with each record too", () => {
    const given = '    -a-b--x----c-------|';
    const expected = ' -s-t--r----(upq)---(v|)';
    marbles((m) => {
      m.expectRecords(m.records(given, visits).pipe(countByKey({ window: tumbling(10), emit: 'onUpdate' }), ack())).toBe(expected, {
        s: ['ann', 1, window(0, 10), early],
        t: ['ann', 2, window(0, 10), early],
        r: ['bob', 1, window(0, 10), early],
        u: ['ann', 1, window(10, 20), early],
        p: ['ann', 2, window(0, 10), final],
        q: ['bob', 1, window(0, 10), final],
        v: ['ann', 1, window(10, 20), final],
      });
    });
  });

  test('{ every }: what has changed too, that long after it first did', () => {
    const given = '    -a-b--x----c-------|';
    const expected = ' -----t----r(pq)u---(v|)';
    marbles((m) => {
      m.expectRecords(m.records(given, visits).pipe(countByKey({ window: tumbling(10), emit: { every: 4 } }))).toBe(expected, {
        t: ['ann', 2, window(0, 10), early],
        r: ['bob', 1, window(0, 10), early],
        u: ['ann', 1, window(10, 20), early],
        p: ['ann', 2, window(0, 10), final],
        q: ['bob', 1, window(0, 10), final],
        v: ['ann', 1, window(10, 20), final],
      });
    });
  });

  test('of a session: it grows with each record, and a joined one is told as one', () => {
    const given = '    -a-b------c--d------------|';
    const expected = ' -p-q------r--s------------(t|)';
    marbles((m) => {
      const visits$ = m.records(given, { ...visits, d: ['ann', '/', { timestamp: 6 }] });
      m.expectRecords(visits$.pipe(countByKey({ window: session({ gap: 5 }), grace: 9, emit: 'onUpdate' }), ack())).toBe(expected, {
        p: ['ann', 1, window(1, 6), early],
        q: ['ann', 2, window(1, 8), early],
        r: ['ann', 1, window(10, 15), early],
        s: ['ann', 4, window(1, 15), early],
        t: ['ann', 4, window(1, 15), final],
      });
    });
  });

  test('early results hold their record until they are acked, the final one all of the window', () => {
    const given = '    -a-b-------c------|';
    const expected = ' ---p-q-------r-s----(t|)';
    const released = ' ---------------(ab)-c';
    marbles((m) => {
      const visits$ = m.records(given, visits);
      m.expectRecords(visits$.pipe(countByKey({ window: tumbling(10), emit: 'onUpdate' }), delay(2), ack())).toBe(expected, {
        p: ['ann', 1, window(0, 10), early],
        q: ['ann', 2, window(0, 10), early],
        r: ['ann', 1, window(10, 20), early],
        s: ['ann', 2, window(0, 10), final],
        t: ['ann', 1, window(10, 20), final],
      });
      m.expectReleased(visits$).toBe(released);
    });
  });
});

describe('maxKeys', () => {
  test('ends the stream where there are more', () => {
    const given = '    -a-x----|';
    const expected = ' ---#';
    marbles((m) => {
      const counts$ = m.records(given, visits).pipe(countByKey({ window: tumbling(10), maxKeys: 1 }));
      m.expectRecords(counts$).toBe(expected, {}, { code: 'STATE_FULL' });
    });
  });

  test("or gives parts, with onFull: 'emitEarly': what follows is a part of its own", () => {
    const given = '    -a-x---b---|';
    const expected = ' ---(pq)----(r|)';
    marbles((m) => {
      const counts$ = m.records(given, visits).pipe(countByKey({ window: tumbling(10), maxKeys: 1, onFull: 'emitEarly' }));
      m.expectRecords(counts$).toBe(expected, {
        p: ['ann', 1, window(0, 10), early],
        q: ['bob', 1, window(0, 10), early],
        r: ['ann', 1, window(0, 10), final],
      });
    });
  });
});

describe('late', () => {
  test('without it they are dropped, which releases them', () => {
    const given = '    -a---------c-l-----|';
    const expected = ' -----------p-------(q|)';
    const released = ' -----------a-l-----c';
    marbles((m) => {
      const visits$ = m.records(given, { ...visits, l });
      m.expectRecords(visits$.pipe(countByKey({ window: tumbling(10) }), ack())).toBe(expected, {
        p: ['ann', 1, window(0, 10)],
        q: ['ann', 1, window(10, 20)],
      });
      m.expectReleased(visits$).toBe(released);
    });
  });

  test("'emit': they come down the pipe, with the window they missed and by how much", () => {
    const given = '    -a---------c-l-----|';
    const expected = ' -----------p-l-----(q|)';
    marbles((m) => {
      const visits$ = m.records(given, { ...visits, l });
      m.expectRecords(visits$.pipe(countByKey({ window: tumbling(10), late: 'emit' }), ack())).toBe(expected, {
        p: ['ann', 1, window(0, 10)],
        l: ['ann', '/late', undefined, { late: { window: window(0, 10), by: 1 } }],
        q: ['ann', 1, window(10, 20)],
      });
    });
  });

  test('until they are acked, no window closes that was open when they came', () => {
    const given = '    -a---------c-l-------d-------|';
    const expected = ' -----------p-------------(lq)(r|)';
    const released = ' -----------a-------------(lc)d';
    marbles((m) => {
      const visits$ = m.records(given, { ...visits, l });
      const slowLate$ = visits$.pipe(
        countByKey({ window: tumbling(10), late: 'emit' }),
        delayWhen((record) => timer('late' in record ? 12 : 0)),
        ack(),
      );
      m.expectRecords(slowLate$).toBe(expected, {
        p: ['ann', 1, window(0, 10)],
        l: ['ann', '/late'],
        q: ['ann', 1, window(10, 20)],
        r: ['ann', 1, window(20, 30)],
      });
      m.expectReleased(visits$).toBe(released);
    });
  });

  test('a side output gets them, and they are released when they come out of it', () => {
    const given = '    -a---------c-l-----|';
    const expected = ' -----------p-------(q|)';
    const aside = '    ----------------l';
    const released = ' -----------a----l--c';
    marbles((m) => {
      const visits$ = m.records(given, { ...visits, l });
      const aside$ = new Subject<LateRecord<Visit>>();
      const counts$ = visits$.pipe(
        countByKey({
          window: tumbling(10),
          late: (late$) =>
            late$.pipe(
              delay(3),
              tap((record) => aside$.next(record)),
            ),
        }),
        ack(),
      );
      m.expectRecords(aside$).toBe(aside, { l: ['ann', '/late', undefined, { late: { window: window(0, 10), by: 1 } }] });
      m.expectRecords(counts$).toBe(expected, { p: ['ann', 1, window(0, 10)], q: ['ann', 1, window(10, 20)] });
      m.expectReleased(visits$).toBe(released);
    });
  });

  test('one that missed some of its windows counts in the others, and is not late', () => {
    const given = '    -a---------c-l-----|';
    const expected = ' -----------(pq)----(rs|)';
    marbles((m) => {
      const visits$ = m.records(given, { ...visits, l });
      m.expectRecords(visits$.pipe(countByKey({ window: hopping(10, { every: 5 }), late: 'emit' }), ack())).toBe(expected, {
        p: ['ann', 1, window(-5, 5)],
        q: ['ann', 1, window(0, 10)],
        r: ['ann', 2, window(5, 15)],
        s: ['ann', 1, window(10, 20)],
      });
    });
  });
});
