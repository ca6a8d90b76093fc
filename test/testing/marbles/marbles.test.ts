import {
  type KafkaRecord,
  ack,
  commitOffsets,
  filterRecords,
  flatMapValues,
  hopping,
  keyBy,
  mapValues,
  reduceByKey,
  tumbling,
  countByKey,
  countByWindow,
} from 'millrace';
import { type Marbles, marbles } from 'millrace/testing';
import { delay, delayWhen, filter, map, of, switchMap, take, throwError, timer } from 'rxjs';
import { describe, expect, test } from 'vitest';

const abc: Record<'a' | 'b' | 'c', readonly [string, number]> = { a: ['ann', 1], b: ['bob', 2], c: ['cid', 3] };
const window = (start: number, end: number) => ({ start, end });
const sums = (size: number, grace = 0) => reduceByKey<KafkaRecord<string, number>>((a, b) => a + b, { window: tumbling(size), grace });

/** The message that a test in marbles fails with, line by line. */
function failure(run: (m: Marbles) => void): string[] {
  try {
    marbles(run);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return ['it passed'];
}

describe('records', () => {
  test('come in their frames, which are their timestamps, and offsets count up', () => {
    marbles((m) => {
      m.expectObservable(m.records('-a-b|', abc).pipe(map(({ '~provenance': _, headers: __, ...record }) => record))).toBe('-a-b|', {
        a: { key: 'ann', value: 1, timestamp: 1, topic: 'test', partition: 0, offset: 0 },
        b: { key: 'bob', value: 2, timestamp: 3, topic: 'test', partition: 0, offset: 1 },
      });
    });
  });

  test('may have another timestamp, place and headers', () => {
    const init = { timestamp: 7, topic: 'lines', partition: 2, offset: 9, headers: { h: 'x' } };
    marbles((m) => {
      const records$ = m.records('ab|', { a: ['ann', 1, init], b: ['ann', 2, { ...init, offset: undefined }] });
      m.expectObservable(
        records$.pipe(map(({ timestamp, topic, partition, offset, headers }) => [timestamp, topic, partition, offset, headers['h']])),
      ).toBe('ab|', {
        a: [7, 'lines', 2, 9, 'x'],
        b: [7, 'lines', 2, 10, 'x'],
      });
    });
  });

  test('of several partitions come in one stream, that ends when all have', () => {
    marbles((m) => {
      const records$ = m.records(['-a-----|', '-b----c---|'], abc);
      m.expectObservable(records$.pipe(map(({ partition, offset }) => `${partition}@${offset}`))).toBe('-(ab)-c---|', {
        a: '0@0',
        b: '1@0',
        c: '1@1',
      });
    });
  });

  test('are cold, and log their subscriptions', () => {
    marbles((m) => {
      const records$ = m.records('-a-b|', abc);
      m.expectRecords(records$, '--^-!').toBe('---a', abc);
      m.expectRecords(records$.pipe(take(1))).toBe('-(a|)', abc);
      m.expectSubscriptions(records$.subscriptions).toBe(['^!', '--^-!']);
    });
  });

  test('may end with an error', () => {
    const error = new Error('broken');
    marbles((m) => {
      m.expectRecords(m.records('a#', abc)).toBe('a#', abc);
      m.expectRecords(m.records('a#', abc, { error })).toBe('a#', abc, error);
    });
  });
});

describe('windows', () => {
  const ann = { a: ['ann', 1], b: ['ann', 2], c: ['ann', 4] } as const;

  test('close by event time, in the frame of the record that closes them, and at the end', () => {
    marbles((m) => {
      const sums$ = m.records('-a-b 8ms c--|', ann).pipe(sums(10));
      m.expectRecords(sums$).toBe('------------x--(y|)', {
        x: ['ann', 3, window(0, 10)],
        y: ['ann', 4, window(10, 20)],
      });
    });
  });

  test('are closed by grace later, and take what comes meanwhile; what comes after that is late', () => {
    marbles((m) => {
      const late = {
        a: ['ann', 1],
        b: ['ann', 2, { timestamp: 12 }],
        c: ['ann', 4, { timestamp: 5 }],
        d: ['ann', 8, { timestamp: 20 }],
      } as const;
      m.expectRecords(m.records('abcdc|', late).pipe(sums(10, 5))).toBe('---x-(y z|)', {
        x: ['ann', 5, window(0, 10)],
        y: ['ann', 2, window(10, 20)],
        z: ['ann', 8, window(20, 30)],
      });
    });
  });

  test('take disorder as far as the source allows for it', () => {
    marbles((m) => {
      const records$ = m.records(
        'abc|',
        { a: ['k', 1], b: ['k', 2, { timestamp: 12 }], c: ['k', 4, { timestamp: 8 }] },
        { outOfOrderness: 5 },
      );
      m.expectRecords(records$.pipe(sums(10))).toBe('---(xy|)', { x: ['k', 5, window(0, 10)], y: ['k', 2, window(10, 20)] });
    });
  });

  test('wait for all partitions after keyBy, and for their own without', () => {
    const lines = ['a---- 5ms -b----|', '--c-- 7ms ---d--|'];
    const values = { a: ['ann', 1], b: ['ann', 2], c: ['bob', 4], d: ['bob', 8] } as const;
    marbles((m) => {
      const merged$ = m.records(lines, values).pipe(
        keyBy(() => 'all'),
        sums(10),
      );
      m.expectRecords(merged$).toBe('---------------x--(y|)', { x: ['all', 5, window(0, 10)], y: ['all', 10, window(10, 20)] });
    });
    marbles((m) => {
      m.expectRecords(m.records(lines, values).pipe(sums(10))).toBe('-----------x---y--(zw|)', {
        x: ['ann', 1, window(0, 10)],
        y: ['bob', 4, window(0, 10)],
        z: ['ann', 2, window(10, 20)],
        w: ['bob', 8, window(10, 20)],
      });
    });
  });

  test('close in silence, by the clock, where the diagram does not end', () => {
    marbles((m) => {
      // Quiet for 100 ms it is idle, and event time follows the clock from 3.
      m.expectRecords(m.records('-a-b', ann, { idleAfter: 100 }).pipe(sums(10)), '^ 1s !').toBe('103ms x', { x: ['ann', 3] });
      m.expectRecords(m.records('-a-b', ann, { idleAfter: 100 }).pipe(sums(1_000)), '^ 2s !').toBe('1s x', { x: ['ann', 3] });
      m.expectRecords(m.records('-a-b', ann).pipe(sums(10)), '^ 40s !').toBe('30003ms x', { x: ['ann', 3] });
    });
  });

  test('do not wait for a partition that is idle, and do for one that has not spoken yet', () => {
    marbles((m) => {
      const counts$ = m.records(['a 99ms a 99ms a', ''], ann, { idleAfter: 150 }).pipe(
        keyBy(() => 'all'),
        countByKey({ window: tumbling(50) }),
      );
      m.expectRecords(counts$, '^ 220ms !').toBe('150ms x 49ms y', { x: ['all', 1, window(0, 50)], y: ['all', 1, window(100, 150)] });
    });
  });

  test('wait for what is on its way to them from a partition that has gone quiet', () => {
    marbles((m) => {
      const values = { a: ['p', 1], b: ['q', 2], c: ['q', 4] } as const;
      const records$ = m.records(['a', 'b 20ms c'], values, { idleAfter: 10 });
      const sums$ = records$.pipe(
        delayWhen(({ value }) => timer(value === 1 ? 60 : 0)),
        keyBy(() => 'all'),
        sums(10),
      );
      m.expectRecords(sums$, '^ 1s !').toBe('70ms (xy)', { x: ['all', 3, window(0, 10)], y: ['all', 4, window(20, 30)] });
    });
  });

  test('follow one another', () => {
    marbles((m) => {
      const chain$ = m.records('-a-b 8ms c--|', ann).pipe(
        sums(5),
        mapValues(() => 1),
        countByKey({ window: tumbling(20) }),
      );
      m.expectRecords(chain$).toBe('---------------(x|)', { x: ['ann', 2, window(0, 20)] });
    });
  });

  test('wait for what is on its way to them', () => {
    marbles((m) => {
      m.expectRecords(m.records('-a-b|', ann).pipe(delay(5), sums(10))).toBe('--------(x|)', { x: ['ann', 3] });
    });
  });

  test('of one key in two partitions are the error that they are in a run', () => {
    marbles((m) => {
      m.expectRecords(m.records(['-a---|', '--b--|'], ann).pipe(sums(10))).toBe(
        '-----#',
        {},
        expect.objectContaining({ name: 'StreamError' }),
      );
    });
  });

  test('that are subscribed too late to be known are an error', () => {
    marbles((m) => {
      const records$ = m.records('-a|', ann);
      m.expectRecords(
        of(1)
          .pipe(
            delay(1),
            switchMap(() => records$),
          )
          .pipe(sums(10)),
      ).toBe('--#', {}, { code: 'UNSUPPORTED' });
    });
  });

  test('refuses windows of event time behind free ones, as a run does', () => {
    marbles((m) => {
      const counts$ = m.records('-a|', abc).pipe(countByKey(), countByKey({ window: tumbling(10) }));
      m.expectRecords(counts$).toBe('#', {}, { code: 'UNSUPPORTED' });
    });
  });
});

describe('windows that no watermark closes', () => {
  test('hold the records that are in them until their results are acked', () => {
    const given = '   -a-b------c--|';
    const sums = '    ----------------(xy|)';
    const released = '----------------(abc)';
    marbles((m) => {
      const records$ = m.records(given, { a: ['ann', 1], b: ['bob', 2], c: ['ann', 4] });
      const sums$ = records$.pipe(
        reduceByKey((a, b) => a + b),
        delay(3),
        commitOffsets({ every: 1 }),
      );
      m.expectRecords(sums$).toBe(sums, { x: ['ann', 5, window(-Infinity, Infinity)], y: ['bob', 2] });
      m.expectReleased(records$).toBe(released);
      m.expectCommits(records$).toBe('16ms x', { x: 3 });
    });
  });
});

describe('windows that make room', () => {
  test('release the records of a part with it', () => {
    const given = '    ab--------c-|';
    const parts = '    ------(xy)-------(z|)';
    const released = ' ------(ab)-------c';
    marbles((m) => {
      const records$ = m.records(given, abc);
      const counts$ = records$.pipe(
        countByKey({ window: tumbling(10), maxKeys: 1, onFull: 'emitEarly' }),
        delay(5),
        commitOffsets({ every: 1 }),
      );
      m.expectRecords(counts$).toBe(parts, {
        x: ['ann', 1, window(0, 10), { final: false }],
        y: ['bob', 1, window(0, 10), { final: false }],
        z: ['cid', 1, window(10, 20), { final: true }],
      });
      m.expectReleased(records$).toBe(released);
    });
  });
});

describe('windows without records', () => {
  test('are shown, and hold nothing', () => {
    marbles((m) => {
      const records$ = m.records('-a 20ms b|', abc);
      m.expectRecords(records$.pipe(countByWindow({ window: tumbling(10), emptyWindows: true }), ack())).toBe('22ms x(yz|)', {
        x: [null, 1, window(0, 10)],
        y: [null, 0, window(10, 20)],
        z: [null, 1, window(20, 30)],
      });
    });
  });
});

describe('expectRecords', () => {
  const counts = (m: Marbles) =>
    m
      .records('ab|', { a: ['ann', 1, { timestamp: 12 }], b: ['bob', 2, { timestamp: 9 }] })
      .pipe(countByKey({ window: tumbling(10), emit: 'onUpdate', late: 'emit' }), ack());
  const early = ['ann', 1, window(10, 20), { final: false }] as const;
  const missed = { window: window(0, 10), by: 2 };

  test('compares what is not final, and what is late for which window, where it is said', () => {
    marbles((m) => {
      const last = ['ann', 1, window(10, 20), { final: true }] as const;
      m.expectRecords(counts(m)).toBe('xy(z|)', { x: early, y: ['bob', 2, undefined, { late: missed }], z: last });
      m.expectRecords(counts(m)).toBe('xy(z|)', { x: ['ann', 1], y: ['bob', 2], z: ['ann', 1] });
    });
  });

  test('shows it where it differs', () => {
    expect(
      failure((m) =>
        m.expectRecords(counts(m)).toBe('xy(z|)', {
          x: ['ann', 1, window(10, 20), { final: true }],
          y: ['bob', 2, undefined, { late: { ...missed, by: 3 } }],
          z: early,
        }),
      ),
    ).toEqual([
      'the records differ from the diagram:',
      '',
      '  expected  xy(z|)',
      '  received  zA(x|)',
      '',
      "  at 0 ms: expected x = ['ann', 1, { start: 10, end: 20 }, { final: true }], received z = ['ann', 1, { start: 10, end: 20 }, { final: false }]",
      "  at 1 ms: expected y = ['bob', 2, undefined, { late: { window: { start: 0, end: 10 }, by: 3 } }], received A = ['bob', 2, undefined, { late: { window: { start: 0, end: 10 }, by: 2 } }]",
      "  at 2 ms: expected z = ['ann', 1, { start: 10, end: 20 }, { final: false }], received x = ['ann', 1, { start: 10, end: 20 }]",
    ]);
  });
});

describe('expectReleased', () => {
  test('tells when each record is acked or dropped', () => {
    marbles((m) => {
      const records$ = m.records('-a-b-c|', abc);
      const kept$ = records$.pipe(
        filterRecords((n) => n !== 2),
        delay(3),
        ack(),
      );
      m.expectRecords(kept$).toBe('----a---(c|)', abc);
      m.expectReleased(records$).toBe('---ba---c');
    });
  });

  test('tells of none that a plain operator swallows', () => {
    marbles((m) => {
      const records$ = m.records('-a-b-c|', abc);
      m.expectRecords(
        records$.pipe(
          filter(({ value }) => value !== 2),
          ack(),
        ),
      ).toBe('-a---c|', { a: ['ann', 1], c: ['cid', 3] });
      m.expectReleased(records$).toBe('-a---c');
    });
  });

  test('tells of a record when all that was made of it is acked', () => {
    marbles((m) => {
      const records$ = m.records('a-b---|', { a: ['k', 'x y'], b: ['k', ''] });
      const words$ = records$.pipe(
        flatMapValues((line) => line.split(' ').filter(Boolean)),
        (word$) => word$.pipe(switchMap((word) => (word.value === 'x' ? of(word) : of(word).pipe(delay(4))))),
        ack(),
      );
      m.expectObservable(words$.pipe(map(({ value }) => value))).toBe('x---y-|');
      m.expectReleased(records$).toBe('--b-a');
    });
  });

  test('tells of a record in a window when the result is acked, and of a late one at once', () => {
    marbles((m) => {
      const values = { a: ['k', 1], b: ['k', 2], c: ['k', 4], l: ['k', 8, { timestamp: 0 }] } as const;
      const records$ = m.records('-a-b 8ms c--l--|', values);
      m.expectRecords(records$.pipe(sums(10), delay(5), ack())).toBe(' 17ms x-----(y|)', {
        x: ['k', 3],
        y: ['k', 4],
      });
      m.expectReleased(records$).toBe('---------------l-(ab)--c');
    });
  });

  test('tells of a record in several windows when the last of them is acked', () => {
    marbles((m) => {
      const records$ = m.records('------a-----b---c---|', { a: ['k', 1], b: ['k', 2], c: ['k', 4] });
      const counts$ = records$.pipe(countByKey({ window: hopping(10, { every: 5 }) }), ack());
      m.expectRecords(counts$).toBe('------------x---y---(zw|)', {
        x: ['k', 1, window(0, 10)],
        y: ['k', 2, window(5, 15)],
        z: ['k', 2, window(10, 20)],
        w: ['k', 1, window(15, 25)],
      });
      m.expectReleased(records$).toBe('----------------a---(bc)');
    });
  });

  test('needs the source itself', () => {
    expect(failure((m) => m.expectReleased(m.records('a|', abc).pipe(ack()) as never).toBe('a'))).toEqual([
      'expectReleased needs what m.records gave: the source itself, and not what was piped from it',
    ]);
  });
});

describe('expectCommits', () => {
  test('tells when which offset was committed: as often as the pipeline says, and at the end', () => {
    marbles((m) => {
      const records$ = m.records('-a-b--------c--|', abc);
      m.expectRecords(records$.pipe(commitOffsets({ every: 5 }))).toBe('-a-b--------c--|', abc);
      m.expectCommits(records$).toBe('-----x---------y', { x: 2, y: 3 });
    });
  });

  test('tells of commits by count', () => {
    marbles((m) => {
      const records$ = m.records('-a-b--c--|', abc);
      m.expectRecords(records$.pipe(commitOffsets({ count: 2 }))).toBe('-a-b--c--|', abc);
      m.expectCommits(records$).toBe('---x-----y', { x: 2, y: 3 });
    });
  });

  test('tells of the 5 s of a pipeline that only acks, and of none of one that does not', () => {
    marbles((m) => {
      const records$ = m.records('-a 6s |', abc);
      m.expectRecords(records$.pipe(ack())).toBe('-a 6s |', abc);
      m.expectCommits(records$).toBe('5s x', { x: 1 });
    });
    marbles((m) => {
      const records$ = m.records('-a 6s |', abc);
      m.expectRecords(records$).toBe('-a 6s |', abc);
      m.expectCommits(records$).toBe('');
    });
  });

  test('a commit never passes a record that is not released, nor one in an open window (L1)', () => {
    marbles((m) => {
      const records$ = m.records('-a-b--|', abc);
      const slowFirst$ = records$.pipe(
        delayWhen(({ value }) => timer(value === 1 ? 4 : 0)),
        commitOffsets({ every: 1 }),
      );
      m.expectRecords(slowFirst$).toBe('---b-a|', abc);
      m.expectCommits(records$).toBe('------x', { x: 2 });
    });
    marbles((m) => {
      const values = { a: ['k', 1], b: ['k', 2], c: ['k', 4] } as const;
      const records$ = m.records('-a-b 8ms c----|', values);
      m.expectRecords(records$.pipe(sums(10), commitOffsets({ every: 1 }))).toBe('------------x----(y|)', { x: ['k', 3], y: ['k', 4] });
      m.expectCommits(records$).toBe('-------------x---y', { x: 2, y: 3 });
    });
  });

  test('tells of every partition', () => {
    marbles((m) => {
      const records$ = m.records(['-a---c|', '--b---|'], abc);
      m.expectRecords(records$.pipe(commitOffsets({ every: 4 }))).toBe('-ab--c|', abc);
      m.expectCommits(records$).toBe('----x-y', { x: [1, 1], y: [2, 1] });
    });
  });

  test('what was acked is committed when the pipeline is unsubscribed, or fails', () => {
    marbles((m) => {
      const records$ = m.records('-a-b-c-|', abc);
      m.expectRecords(records$.pipe(commitOffsets()), '^---!').toBe('-a-b', abc);
      m.expectCommits(records$).toBe('----x', { x: 2 });
    });
    marbles((m) => {
      const records$ = m.records('-a-b-c-|', abc);
      const failing$ = records$.pipe(
        ack(),
        mapValues((n) => {
          if (n === 2) throw new Error('no');
          return n;
        }),
      );
      m.expectRecords(failing$).toBe('-a-#', abc, { code: 'CALLBACK_FAILED', offset: 1 });
      m.expectCommits(records$).toBe('---x', { x: 2 });
    });
  });

  test('commitOffsets completes when everything is acked, though the source has completed before', () => {
    marbles((m) => {
      const records$ = m.records('-a|', abc);
      m.expectRecords(records$.pipe(delay(5), commitOffsets())).toBe('------(a|)', abc);
      m.expectCommits(records$).toBe('------x', { x: 1 });
    });
  });
});

describe('what RxJS has', () => {
  test('is there: cold, hot, time, animate, flush, and the clock', () => {
    marbles((m) => {
      m.animate('--x');
      expect(m.time('---|')).toBe(3);
      m.expectObservable(m.cold('-a|').pipe(delay(2, m.scheduler))).toBe('---(a|)');
      m.expectObservable(m.hot('-a-^-b|')).toBe('--b|');
      m.flush();
      expect(m.scheduler.now()).toBe(3);
    });
  });

  test('an Observable may be expected to give what another gives, and one that gives Observables, by their diagrams', () => {
    marbles((m) => {
      m.expectObservable(m.cold('-a-b|')).toEqual(m.cold('-a-b|'));
      const inner = m.cold('-x|');
      m.expectObservable(m.cold('-a|').pipe(map(() => m.cold('-x|')))).toBe('-a|', { a: inner });
      m.expectObservable(throwError(() => new Error('no'))).toBe('#', {}, new Error('no'));
    });
    expect(failure((m) => m.expectObservable(m.cold('-a|')).toEqual(m.cold('-b|')))).toContain(
      "  at 1 ms: expected A = 'b', received B = 'a'",
    );
    expect(
      failure((m) => m.expectObservable(m.cold('-a|').pipe(map(() => m.cold('--x|')))).toBe('-a|', { a: m.cold('-x|') })),
    ).toHaveLength(6);
  });
});

describe('a failure', () => {
  test('shows both diagrams under one another, and the values of what differs', () => {
    expect(failure((m) => m.expectRecords(m.records('-a--c|', abc)).toBe('-a-b-|', { ...abc, a: ['ann', 5] }))).toEqual([
      'the records differ from the diagram:',
      '',
      '  expected  -a-b-|',
      '  received  -A--c|',
      '',
      "  at 1 ms: expected a = ['ann', 5], received A = ['ann', 1]",
      "  at 3 ms: expected b = ['bob', 2], received nothing",
      "  at 4 ms: expected nothing, received c = ['cid', 3]",
    ]);
  });

  test('writes long times as times, and groups in brackets, and keeps the columns', () => {
    const values = { a: ['k', 1], b: ['k', 2] } as const;
    expect(
      failure((m) => m.expectRecords(m.records('-a 9s b|', values).pipe(sums(1_000))).toBe('9s x|', { x: ['k', 1, window(0, 1_000)] })),
    ).toEqual([
      'the records differ from the diagram:',
      '',
      '  expected   9s x|',
      '  received   9s --x(A|)',
      '',
      "  at 9000 ms: expected x = ['k', 1, { start: 0, end: 1000 }], received nothing",
      '  at 9001 ms: expected completion, received nothing',
      "  at 9002 ms: expected nothing, received x = ['k', 1, { start: 0, end: 1000 }]",
      "  at 9003 ms: expected nothing, received A = ['k', 2, { start: 9000, end: 10000 }]",
      '  at 9003 ms: expected nothing, received completion',
    ]);
  });

  test('shows an error by its name and message', () => {
    const failing$ = (m: Marbles) =>
      m.records('-a|', abc).pipe(
        mapValues((): number => {
          throw new Error('no');
        }),
      );
    expect(failure((m) => m.expectRecords(failing$(m)).toBe('-a|', abc))).toEqual([
      'the records differ from the diagram:',
      '',
      '  expected  -a|',
      '  received  -#',
      '',
      expect.stringMatching(
        /^ {2}at 1 ms: expected a = \['ann', 1\], received # = StreamError: the callback of mapValues threw at test\[0\]@0: no/,
      ),
      '  at 2 ms: expected completion, received nothing',
    ]);
  });

  test('of releases shows letters, of commits offsets, of subscriptions both signs', () => {
    const acked = (m: Marbles) => {
      const records$ = m.records('-a-b|', abc);
      m.expectRecords(records$.pipe(commitOffsets({ every: 2 }))).toBe('-a-b|', abc);
      return records$;
    };
    expect(failure((m) => m.expectReleased(acked(m)).toBe('-b'))).toEqual([
      'the releases differ from the diagram:',
      '',
      '  expected  -b',
      '  received  -a-b',
      '',
      '  at 1 ms: expected b, received a',
      '  at 3 ms: expected nothing, received b',
    ]);
    expect(failure((m) => m.expectCommits(acked(m)).toBe('--x', { x: 1 }))).toEqual([
      'the commits differ from the diagram:',
      '',
      '  expected  --x',
      '  received  --x-A',
      '',
      '  at 4 ms: expected nothing, received A = 2',
    ]);
    expect(failure((m) => m.expectSubscriptions(acked(m).subscriptions).toBe('^--!'))).toEqual([
      'the subscriptions (number 1) differ from the diagram:',
      '',
      '  expected  ^--!',
      '  received  ^---!',
      '',
      '  at 3 ms: expected !, received nothing',
      '  at 4 ms: expected nothing, received !',
    ]);
  });

  test('has the place in the test that it belongs to at the top of its stack', () => {
    const expectation = (m: Marbles) => m.expectRecords(m.records('-a|', abc)).toBe('-b|', abc);
    try {
      marbles(function theTest(m) {
        expectation(m);
      });
    } catch (error) {
      const { stack = '', message } = error as Error;
      expect(stack.replace(`Error: ${message}\n`, '').split('\n')[0]).toMatch(/at expectation .*marbles\.test\.ts/);
      return;
    }
    throw new Error('it passed');
  });

  test('says which marble has no value, or an offset that goes back', () => {
    expect(failure((m) => m.expectRecords(m.records('-a-z|', abc)).toBe(''))).toEqual([
      'there is no record for the marble z: the values have a, b, c. Write z: [key, value]',
    ]);
    expect(failure((m) => m.expectRecords(m.records('-a|', abc)).toBe('-z|', abc))).toEqual([
      'there is no value for the marble z of the records: the values have a, b, c',
    ]);
    const back = { a: ['k', 1, { offset: 5 }], b: ['k', 1, { offset: 4 }] } as const;
    expect(failure((m) => m.expectRecords(m.records('ab|', back)).toBe('ab|', { a: ['k', 1], b: ['k', 1] }))).toEqual([
      'marble b has the offset 4, but its partition has come to 6: offsets go up in a partition',
    ]);
  });

  test('of an async test says what to use', () => {
    const run = async () => Promise.resolve();
    expect(() => marbles(run as never)).toThrow('the test in marbles is async, but time in marbles never waits for a promise');
  });
});
