import { concat, map, NEVER, of, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expect, test } from 'vitest';
import { materialized, receive } from '../../../src/testing/marbles/received';

test('what comes is noted with its frame, from the subscription to its end', () => {
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(({ cold, flush }) => {
    const all = receive(scheduler, cold('-a#', { a: 1 }, 'broken'));
    const some = receive(scheduler, cold('-a-b-c|'), '--^--!');
    const inner = receive(scheduler, of(2).pipe(map((n) => concat(timer(n), NEVER))));
    flush();
    expect(all).toEqual([
      { frame: 1, kind: 'N', value: 1 },
      { frame: 2, kind: 'E', value: 'broken' },
    ]);
    expect(some).toEqual([{ frame: 3, kind: 'N', value: 'a' }]);
    expect(inner).toEqual([
      { frame: 0, kind: 'N', value: [{ frame: 2, kind: 'N', value: 0 }] },
      { frame: 0, kind: 'C', value: undefined },
    ]);
  });
});

test('a cold Observable that is expected as a value is what it would give', () => {
  new TestScheduler(() => undefined).run(({ cold }) => {
    expect(materialized(cold('-a#', undefined, 'broken'))).toEqual([
      { frame: 1, kind: 'N', value: 'a' },
      { frame: 2, kind: 'E', value: 'broken' },
    ]);
    expect(materialized(cold('|'))).toEqual([{ frame: 0, kind: 'C', value: undefined }]);
    expect(materialized('other')).toBe('other');
  });
});
