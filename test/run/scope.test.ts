import { defer, merge, NEVER, Observable, of, Subject, switchMap, using } from 'rxjs';
import { expect, test } from 'vitest';
import { type Participant, participantsDownstream, subscribeAs, windowsMerge } from '../../src/run/scope';

/** Subscribes to a source behind operators of these names, through whatever stands between. */
function named<T>(name: string, source: Observable<T>): Observable<T> {
  return new Observable((subscriber) => subscribeAs({ name }, () => source.subscribe(subscriber)));
}

function source(found: string[][]): Observable<never> {
  return new Observable(() => void found.push(participantsDownstream().map(({ name }) => name)));
}

test('a source finds the operators between itself and its subscriber, downstream ones first', () => {
  const found: string[][] = [];
  named('last', named('first', source(found))).subscribe();
  expect(found).toEqual([['last', 'first']]);
});

test('it finds them through defer, using and merge, and none of a sibling branch', () => {
  const found: string[][] = [];
  const branch = (name: string) =>
    named(
      name,
      defer(() =>
        using(
          () => undefined,
          () => source(found),
        ),
      ),
    );
  named('end', merge(branch('left'), branch('right'))).subscribe();
  expect(found).toEqual([
    ['end', 'left'],
    ['end', 'right'],
  ]);
});

test('a source that is subscribed later finds nothing', () => {
  const found: string[][] = [];
  const later$ = new Subject<void>();
  named('end', later$.pipe(switchMap(() => source(found)))).subscribe();
  later$.next();
  expect(found).toEqual([[]]);
});

test('a throw while subscribing leaves nothing behind', () => {
  expect(() =>
    subscribeAs({ name: 'broken' }, () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  const found: string[][] = [];
  named('end', merge(source(found), of(1), NEVER))
    .subscribe()
    .unsubscribe();
  expect(found).toEqual([['end']]);
});

test('windows merge over partitions where a key may come from several of them when it is put into a window', () => {
  const stage = { stage: {} as never };
  const merge = (...upstreamFirst: Omit<Participant, 'name'>[]): boolean =>
    windowsMerge(upstreamFirst.map((participant, index) => ({ name: `operator ${index}`, ...participant })));
  expect(merge({ rekeys: true }, stage)).toBe(true);
  expect(merge({ rekeys: true, ...stage })).toBe(true);
  expect(merge(stage, { rekeys: true }, {}, stage)).toBe(true);
  expect(merge(stage, { rekeys: true })).toBe(false);
  expect(merge({ rekeys: true })).toBe(false);
  expect(merge({}, stage)).toBe(false);
});
