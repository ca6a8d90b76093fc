import { from, NEVER, Observable, of, Subject, take, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, test, vi } from 'vitest';
import { operate } from '../../src/operators/operate';
import { participantsDownstream } from '../../src/run/scope';
import { outcome } from './source';

const doubled = operate<number, number>((destination) => ({ next: (n) => destination.next(n * 2) }));

test('values go through the handler, and an end or an error through as it is', () => {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, expectObservable, expectSubscriptions }) => {
    const ending = cold('-a-b|', { a: 1, b: 2 });
    expectObservable(ending.pipe(doubled)).toBe('-a-b|', { a: 2, b: 4 });
    const failing = cold('-a-#', { a: 1 }, 'broken');
    expectObservable(failing.pipe(doubled)).toBe('-a-#', { a: 2 }, 'broken');
    expectSubscriptions(ending.subscriptions).toBe('^---!');
    expectSubscriptions(failing.subscriptions).toBe('^--!');
  });
});

test('a source that gives all at once stops when the subscriber has enough', () => {
  const pulled: number[] = [];
  const source = from(
    (function* () {
      for (let n = 1; n < 1_000; n++) {
        pulled.push(n);
        yield n;
      }
    })(),
  );
  expect(outcome(source.pipe(doubled, take(2)))).toEqual({ values: [2, 4], completed: true });
  expect(pulled).toEqual([1, 2]);
});

describe('a throw in the handler', () => {
  const failing = operate<number, number>(() => ({
    next: () => {
      throw new Error('no');
    },
  }));

  test('is an error notification, and unsubscribes the source', () => {
    const left = vi.fn();
    const source = new Observable<number>((subscriber) => {
      subscriber.add(left);
      subscriber.next(1);
    });
    expect(outcome(source.pipe(failing)).error).toEqual(new Error('no'));
    expect(left).toHaveBeenCalledTimes(1);
  });

  test('is not thrown into the one who gave the value', () => {
    const subject = new Subject<number>();
    const result = outcome(subject.pipe(failing));
    expect(() => subject.next(1)).not.toThrow();
    expect(result.error).toEqual(new Error('no'));
  });
});

describe('an operator that completes later', () => {
  const later = (done: Promise<void>) =>
    operate<number, number>((destination) => ({
      next: (n) => destination.next(n),
      complete: () => void done.then(() => destination.complete()),
    }));

  test('completes when it says so', async () => {
    let done: () => void = () => undefined;
    const result = outcome(of(1).pipe(later(new Promise((resolve) => (done = resolve)))));
    expect(result).toEqual({ values: [1], completed: false });
    done();
    await Promise.resolve();
    await Promise.resolve();
    expect(result.completed).toBe(true);
  });

  test('fails at once with its source', () => {
    expect(outcome(throwError(() => new Error('no')).pipe(later(new Promise(() => undefined)))).error).toEqual(new Error('no'));
  });
});

test('what it holds is let go once, however it ends', () => {
  for (const source of [of(1), throwError(() => new Error('no'))]) {
    const teardown = vi.fn();
    outcome(source.pipe(operate<number, number>((destination) => ({ next: (n) => destination.next(n), teardown }))));
    expect(teardown).toHaveBeenCalledTimes(1);
  }
  const teardown = vi.fn();
  NEVER.pipe(operate<number, number>(() => ({ next: () => undefined, teardown })))
    .subscribe()
    .unsubscribe();
  expect(teardown).toHaveBeenCalledTimes(1);
});

test('its source finds it while it is subscribed, and not after', () => {
  const found: string[][] = [];
  const source = new Observable<number>(() => void found.push(participantsDownstream().map(({ name }) => name)));
  source.pipe(operate<number, number>(() => ({ next: () => undefined, participant: { name: 'mine' } }))).subscribe();
  source.subscribe();
  expect(found).toEqual([['mine'], []]);
});

test('each subscription has an operation of its own', () => {
  let made = 0;
  const counting = operate<number, number>((destination) => {
    const number = ++made;
    return { next: () => destination.next(number) };
  });
  const source = of(0).pipe(counting);
  expect([outcome(source).values, outcome(source).values]).toEqual([[1], [2]]);
});
