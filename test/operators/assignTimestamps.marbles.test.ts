import { ack, assignTimestamps, countByKey, filterRecords, flatMapValues, type KafkaRecord, keyBy, tumbling } from 'millrace';
import { marbles } from 'millrace/testing';
import { delay, delayWhen, timer } from 'rxjs';
import { describe, test } from 'vitest';

/** Each value is the time that is assigned. */
const times = { a: ['ann', 1], b: ['ann', 9], c: ['ann', 12], d: ['ann', 25], l: ['ann', 8] } as const;
const window = (start: number, end: number) => ({ start, end });
const byValue = <K>() => assignTimestamps<KafkaRecord<K, number>>((time) => time);

describe('the time that is assigned', () => {
  test('closes windows, and that of the source does not', () => {
    const given = '    --a--------------b-c---d---|';
    const expected = ' -------------------p---q---(r|)';
    marbles((m) => {
      const counts$ = m.records(given, times).pipe(byValue(), countByKey({ window: tumbling(10) }));
      m.expectRecords(counts$).toBe(expected, {
        p: ['ann', 2, window(0, 10)],
        q: ['ann', 1, window(10, 20)],
        r: ['ann', 1, window(20, 30)],
      });
    });
  });

  test('judges what is late, by the records that came before', () => {
    const given = '    --a-c-l---d---|';
    const expected = ' ----p-----q---(r|)';
    const released = ' ----a-l---c---d';
    marbles((m) => {
      const times$ = m.records(given, times);
      m.expectRecords(times$.pipe(byValue(), countByKey({ window: tumbling(10) }), ack())).toBe(expected, {
        p: ['ann', 1, window(0, 10)],
        q: ['ann', 1, window(10, 20)],
        r: ['ann', 1, window(20, 30)],
      });
      m.expectReleased(times$).toBe(released);
    });
  });

  test('of the parts of a record: it is judged as a whole, and released with its last window', () => {
    const given = '    -a---b---|';
    const expected = ' -p---q---(r|)';
    const released = ' -----a---b';
    marbles((m) => {
      const lists$ = m.records(given, { a: ['ann', [5, 12, 3]], b: ['ann', [14, 21]] });
      const counts$ = lists$.pipe(
        flatMapValues((list) => list),
        assignTimestamps((time) => time),
        countByKey({ window: tumbling(10) }),
        ack(),
      );
      m.expectRecords(counts$).toBe(expected, {
        p: ['ann', 2, window(0, 10)],
        q: ['ann', 2, window(10, 20)],
        r: ['ann', 1, window(20, 30)],
      });
      m.expectReleased(lists$).toBe(released);
    });
  });

  test('is a time of the partition; windows that merge wait for the slowest', () => {
    const first = '    a---c-----------|';
    const second = '   -l--------c-----|';
    const expected = ' ----------p-----(q|)';
    marbles((m) => {
      const counts$ = m.records([first, second], times).pipe(
        byValue(),
        keyBy(() => 'all'),
        countByKey({ window: tumbling(10) }),
      );
      m.expectRecords(counts$).toBe(expected, { p: ['all', 2, window(0, 10)], q: ['all', 2, window(10, 20)] });
    });
  });
});

test('a partition of which nothing gets there has not spoken: windows that merge wait for it', () => {
  const first = '    a---c-----------|';
  const second = '   -l--------d-----|';
  const expected = ' ----------------(pq|)';
  marbles((m) => {
    const counts$ = m.records([first, second], times).pipe(
      filterRecords((_, { partition }) => partition === 0),
      byValue(),
      keyBy(() => 'all'),
      countByKey({ window: tumbling(10) }),
    );
    m.expectRecords(counts$).toBe(expected, { p: ['all', 1, window(0, 10)], q: ['all', 1, window(10, 20)] });
  });
});

test('what takes its time in front of it changes nothing but when', () => {
  const given = '    --a-c-l---d---|';
  const expected = ' ---------p-----(qr|)';
  marbles((m) => {
    const counts$ = m.records(given, times).pipe(delay(5), byValue(), countByKey({ window: tumbling(10) }));
    m.expectRecords(counts$).toBe(expected, {
      p: ['ann', 1, window(0, 10)],
      q: ['ann', 1, window(10, 20)],
      r: ['ann', 1, window(20, 30)],
    });
  });
});

test('but not the order: a record that was overtaken ends the stream', () => {
  const given = '    -a-b---|';
  const expected = ' ---b-#';
  marbles((m) => {
    const times$ = m.records(given, times).pipe(
      delayWhen(({ value }) => timer(value === 1 ? 4 : 0)),
      byValue(),
    );
    m.expectRecords(times$).toBe(expected, times, { code: 'UNSUPPORTED' });
  });
});
