import { commitOffsets } from 'millrace';
import { TestScheduler } from 'rxjs/testing';
import { expect, test } from 'vitest';
import { logOf, recordsOf } from '../../../src/testing/marbles/recordsOf';

test('a run is logged with its frames; another subscription is a run of its own', () => {
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(({ flush }) => {
    const records$ = recordsOf(['-a-b|'], { a: ['k', 1], b: ['k', 2] }, {}, scheduler);
    const acked$ = records$.pipe(commitOffsets({ every: 2 }));
    const offsets: number[] = [];
    acked$.subscribe(({ offset }) => offsets.push(offset));
    flush();
    acked$.subscribe(({ offset }) => offsets.push(offset)).unsubscribe();
    expect(offsets).toEqual([0, 1]);
    expect(records$.subscriptions).toEqual([
      { subscribedFrame: 0, unsubscribedFrame: 4 },
      { subscribedFrame: 4, unsubscribedFrame: 4 },
    ]);
    const log = logOf(records$, 'test');
    expect(log.released).toEqual([
      { frame: 1, sign: 'a' },
      { frame: 3, sign: 'b' },
    ]);
    expect(log.commits).toEqual([
      { frame: 2, kind: 'N', value: 1 },
      { frame: 4, kind: 'N', value: 2 },
    ]);
    expect(() => logOf(acked$, 'expectReleased')).toThrow('expectReleased needs what m.records gave');
  });
});

test.each([{ outOfOrderness: -1 }, { idleAfter: 0 }])('%j is refused', (options) => {
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(() => {
    expect(() => recordsOf(['-|'], {}, options, scheduler)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
