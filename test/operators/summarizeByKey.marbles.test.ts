import { ack, countByKey, countOf, keyBy, mapValues, maxOf, summarizeByKey, sumOf, topK, tumbling } from 'millrace';
import { marbles } from 'millrace/testing';
import { describe, test } from 'vitest';

const window = (start: number, end: number) => ({ start, end });

test('several aggregates at once, of each key', () => {
  const given = '    -a-b--x----c----|';
  const expected = ' -----------(pq)-(r|)';
  const released = ' -----------(abx)c';
  marbles((m) => {
    const orders$ = m.records(given, { a: ['ann', 3], b: ['ann', 4], x: ['bob', 5], c: ['ann', 1] });
    const summaries$ = orders$.pipe(
      summarizeByKey({ orders: countOf(), total: sumOf((n) => n), largest: maxOf((n) => n) }, { window: tumbling(10) }),
      ack(),
    );
    m.expectRecords(summaries$).toBe(expected, {
      p: ['ann', { orders: 2, total: 7, largest: 4 }, window(0, 10)],
      q: ['bob', { orders: 1, total: 5, largest: 5 }, window(0, 10)],
      r: ['ann', { orders: 1, total: 1, largest: 1 }, window(10, 20)],
    });
    m.expectReleased(orders$).toBe(released);
  });
});

describe('windows of windows', () => {
  const visits = { a: ['/', 'ann'], b: ['/docs', 'ann'], c: ['/blog', 'bob'] } as const;
  const seconds = (start: number, end: number) => window(start * 1_000, end * 1_000);
  /** What is at 0 s, 10 s, 20 s, 60 s and 70 s. */
  const given = '   abb 9997ms bbc   9997ms cc-   39997ms a---------- 9989ms --|';
  const counted = ' --- 9997ms (pq)  9996ms (rs)  39996ms t---------- 9989ms --(u|)';
  const tops = '    --- 9997ms ---   9997ms ---   39997ms x---------- 9989ms --(y|)';
  const released = '--- 9997ms ---   9997ms ---   39997ms (abbbbccc)- 9989ms --a';

  test('the top ten of each minute, over counts of ten seconds: a record is released with its minute', () => {
    marbles((m) => {
      const visits$ = m.records(given, visits);
      const counts$ = visits$.pipe(countByKey({ window: tumbling('10s') }));
      m.expectRecords(counts$).toBe(counted, {
        p: ['/', 1, seconds(0, 10)],
        q: ['/docs', 2, seconds(0, 10)],
        r: ['/docs', 2, seconds(10, 20)],
        s: ['/blog', 1, seconds(10, 20)],
        t: ['/blog', 2, seconds(20, 30)],
        u: ['/', 1, seconds(60, 70)],
      });
      const tops$ = counts$.pipe(
        mapValues((count, { key }) => ({ page: key, count })),
        keyBy(() => 'all'),
        summarizeByKey({ top: topK(10, ({ count }) => count) }, { window: tumbling('1m') }),
        mapValues(({ top }) => top.map(({ page, count }) => `${count} ${page}`).join(', ')),
        ack(),
      );
      m.expectRecords(tops$).toBe(tops, {
        x: ['all', '2 /docs, 2 /docs, 2 /blog, 1 /, 1 /blog', seconds(0, 60)],
        y: ['all', '1 /', seconds(60, 120)],
      });
      m.expectReleased(visits$).toBe(released);
    });
  });

  test('a minute waits for the ten seconds that its grace allows for', () => {
    const expected = '--- 9997ms ---   9997ms ---   39997ms ----------- 9989ms --(xy|)';
    marbles((m) => {
      const totals$ = m.records(given, visits).pipe(
        countByKey({ window: tumbling('10s'), grace: '5s' }),
        keyBy(() => 'all'),
        summarizeByKey({ total: sumOf((count) => count) }, { window: tumbling('1m') }),
      );
      m.expectRecords(totals$).toBe(expected, { x: ['all', { total: 8 }, seconds(0, 60)], y: ['all', { total: 1 }, seconds(60, 120)] });
    });
  });
});
