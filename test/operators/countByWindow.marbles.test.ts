import { ack, calendar, countByWindow, tumbling } from 'millrace';
import { marbles } from 'millrace/testing';
import { describe, test } from 'vitest';

const visits = { a: ['ann', '/'], b: ['bob', '/'], c: ['ann', '/docs'] } as const;
const window = (start: number, end: number) => ({ start, end });

describe('windows without records', () => {
  test('have no result', () => {
    const given = '    -a-b-------------------------------c----|';
    const expected = ' -----------------------------------p----(q|)';
    const released = ' -----------------------------------(ab)-c';
    marbles((m) => {
      const visits$ = m.records(given, visits);
      m.expectRecords(visits$.pipe(countByWindow({ window: tumbling(10) }), ack())).toBe(expected, {
        p: [null, 2, window(0, 10)],
        q: [null, 1, window(30, 40)],
      });
      m.expectReleased(visits$).toBe(released);
    });
  });

  test('have one on request, when the next window with records closes', () => {
    const given = '    -a-b-------------------------------c----|';
    const expected = ' -----------------------------------p----(yzq|)';
    const released = ' -----------------------------------(ab)-c';
    marbles((m) => {
      const visits$ = m.records(given, visits);
      m.expectRecords(visits$.pipe(countByWindow({ window: tumbling(10), emptyWindows: true }), ack())).toBe(expected, {
        p: [null, 2, window(0, 10)],
        y: [null, 0, window(10, 20)],
        z: [null, 0, window(20, 30)],
        q: [null, 1, window(30, 40)],
      });
      m.expectReleased(visits$).toBe(released);
    });
  });

  test('are not known in silence: there are no zeros after the last record', () => {
    const given = '    -a-b---------------------------------------------';
    const expected = ' -----------------------p';
    marbles((m) => {
      const visits$ = m.records(given, visits, { idleAfter: 20 });
      m.expectRecords(visits$.pipe(countByWindow({ window: tumbling(10), emptyWindows: true })), '^ 100ms !').toBe(expected, {
        p: [null, 2, window(0, 10)],
      });
    });
  });
});

test('a month of 31 days and one of 28', () => {
  const [january, february, march] = [Date.UTC(2025, 0), Date.UTC(2025, 1), Date.UTC(2025, 2)];
  const given = '    -a-b---c---|';
  const expected = ' ---p---q---(r|)';
  marbles((m) => {
    const visits$ = m.records(given, {
      a: ['ann', '/', { timestamp: february - 1 }],
      b: ['bob', '/', { timestamp: february }],
      c: ['ann', '/', { timestamp: march }],
    });
    m.expectRecords(visits$.pipe(countByWindow({ window: calendar('month') }))).toBe(expected, {
      p: [null, 1, window(january, february)],
      q: [null, 1, window(february, march)],
      r: [null, 1, window(march, Date.UTC(2025, 3))],
    });
  });
});

test('one window over all partitions', () => {
  const first = '    -a--------b---|';
  const second = '   ---c----------|';
  const expected = ' --------------(pq|)';
  marbles((m) => {
    m.expectRecords(m.records([first, second], visits).pipe(countByWindow({ window: tumbling(10) }))).toBe(expected, {
      p: [null, 2, window(0, 10)],
      q: [null, 1, window(10, 20)],
    });
  });
});

test('processing time: by the clock, and a window without records has no result', () => {
  const given = '    -a-b-------------------------------c-------|';
  const expected = ' ----------p-----------------------------q--|';
  marbles((m) => {
    m.expectRecords(m.records(given, visits).pipe(countByWindow({ window: tumbling(10), clock: 'processing' }))).toBe(expected, {
      p: [null, 2, window(0, 10)],
      q: [null, 1, window(30, 40)],
    });
  });
});
