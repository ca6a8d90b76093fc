import { bufferTime, debounceTime, firstValueFrom, interval, type SchedulerAction, Subject, take, timer, toArray } from 'rxjs';
import { describe, expect, test, vi } from 'vitest';
import { VirtualClock } from '../../../src/testing/clock/virtualClock';

/** A clock, and what happened on it, with the time it showed. */
function started(start?: number | Date) {
  const clock = new VirtualClock({ start });
  const told: string[] = [];
  const tell = (what: string) => void told.push(`${what}@${clock.now()}`);
  const at = (ms: number, what = `${ms}`) => clock.schedule(() => tell(what), ms);
  return { clock, told, tell, at };
}

/** Settles after so many turns of the microtasks. */
async function hops(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await Promise.resolve();
}

describe('the time it shows', () => {
  test.each([
    [undefined, 0],
    [5_000, 5_000],
    [new Date('2026-01-01T00:00:00Z'), 1_767_225_600_000],
  ])('begins at %s', (start, shown) => {
    expect(started(start).clock.now()).toBe(shown);
  });

  test('begins at a time', () => {
    expect(() => new VirtualClock({ start: new Date('no date') })).toThrow('start is Invalid Date: give a date, or milliseconds');
  });

  test('stands still until it is moved, and then stands where it was moved to', async () => {
    const { clock } = started(7);
    await clock.idle();
    expect(clock.now()).toBe(7);
    await clock.advance('10s');
    expect(clock.now()).toBe(10_007);
  });

  test.each(['10 s', -1, NaN])('is not moved by %s', async (duration) => {
    await expect(started().clock.advance(duration as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('advance', () => {
  test('fires what is due, in order, and what was set first of one time first', async () => {
    const { clock, told, at } = started();
    at(20);
    at(10, 'a');
    at(10, 'b');
    at(30);
    at(-5, 'negative');
    await clock.advance(20);
    expect(told).toEqual(['negative@0', 'a@10', 'b@10', '20@20']);
    expect(clock.pending).toBe(1);
  });

  test('gives promises their turn before the first timer and after each, whatever the length of their chain', async () => {
    const { clock, told, tell } = started();
    void hops(500).then(() => tell('before'));
    for (const name of ['a', 'b']) {
      clock.schedule(() => {
        tell(name);
        void hops(500).then(() => tell(`after ${name}`));
      }, 10);
    }
    await clock.advance(10);
    expect(told).toEqual(['before@0', 'a@10', 'after a@10', 'b@10', 'after b@10']);
  });

  test('fires what timers and promises set meanwhile', async () => {
    const { clock, told, at } = started();
    clock.schedule(() => void hops(3).then(() => at(5, 'set by a promise')), 10);
    await clock.advance(15);
    expect(told).toEqual(['set by a promise@15']);
  });

  test('does not fire what was unsubscribed', async () => {
    const { clock, told, at } = started();
    const second = at(10, 'second');
    clock.schedule(() => second.unsubscribe(), 10 - 1);
    await clock.advance(20);
    expect(told).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('work can set itself again, with another state, and an earlier time is then forgotten', async () => {
    const { clock, told } = started();
    const action = clock.schedule(
      function (this: SchedulerAction<number>, n = 0) {
        told.push(`${n}@${clock.now()}`);
        if (n < 3) this.schedule(n + 1, 10);
      },
      5,
      1,
    ) as SchedulerAction<number>;
    await clock.advance(16);
    action.schedule(9, 100);
    await clock.advance(1_000);
    action.unsubscribe();
    action.schedule(7, 1);
    await clock.advance(1_000);
    expect(told).toEqual(['1@5', '2@15', '9@116']);
  });

  test('what is set for never does not come', async () => {
    const { clock, told, at } = started();
    at(Infinity);
    at(NaN);
    await clock.advance('7d');
    expect(told).toEqual([]);
  });

  test('an error of a timer arrives, at its time, and the others are still there', async () => {
    const { clock, told, at } = started();
    clock.schedule(() => {
      throw new Error('no');
    }, 10);
    at(20);
    await expect(clock.advance(100)).rejects.toThrow('no');
    expect(clock.now()).toBe(10);
    await clock.advance(10);
    expect(told).toEqual(['20@20']);
  });

  test('two at a time are an error that says what to do', async () => {
    const { clock } = started();
    const first = clock.advance(10);
    await expect(clock.idle()).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: 'the clock is being moved already: await the call of advance, idle or until before this one',
    });
    await first;
    expect(clock.now()).toBe(10);
  });

  test('a loop that lets no time pass is an error that names who is in it', async () => {
    const { clock } = started();
    const again = () => void clock.schedule(again);
    again();
    await expect(clock.idle()).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringMatching(
        /^time does not go on: 100000 timers have fired at 1970-01-01T00:00:00.000Z, and each time there was another\./,
      ) as string,
    });
  });

  test('drives the operators of RxJS', async () => {
    const clock = new VirtualClock();
    const source$ = new Subject<number>();
    const debounced = firstValueFrom(source$.pipe(debounceTime(50, clock)));
    const buffered = firstValueFrom(source$.pipe(bufferTime(100, clock), take(1)));
    const ticks = firstValueFrom(interval(30, clock).pipe(take(3), toArray()));
    for (const n of [1, 2, 3]) {
      source$.next(n);
      await clock.advance(20);
    }
    await clock.advance(50);
    expect([await debounced, await buffered, await ticks]).toEqual([3, [1, 2, 3], [0, 1, 2]]);
    expect(clock.pending).toBe(0);
  });

  test('works while timers are faked, and leaves those alone', async () => {
    vi.useFakeTimers();
    try {
      const { clock, told, at } = started();
      const faked = vi.fn();
      setTimeout(faked, 5);
      at(10);
      await clock.advance(10);
      expect(told).toEqual(['10@10']);
      expect(faked).not.toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });
});

test('idle lets everything happen that needs no time, and nothing else', async () => {
  const { clock, told, at } = started();
  clock.schedule(() => void hops(9).then(() => at(0, 'now')));
  at(1);
  await clock.idle();
  expect(told).toEqual(['now@0']);
});

describe('until', () => {
  test('lets as much time pass as it takes', async () => {
    const { clock, at } = started();
    at(40);
    expect(await clock.until(firstValueFrom(timer(30, clock)))).toBe(0);
    expect(clock.now()).toBe(30);
  });

  test('lets none pass where none is needed, and gives a rejection on', async () => {
    const { clock, at } = started();
    at(10);
    await expect(clock.until(Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await clock.until(hops(100).then(() => 'settled'))).toBe('settled');
    expect(clock.now()).toBe(0);
  });

  test('a promise that takes too long is an error that says what is scheduled, and who did', async () => {
    const { clock } = started(new Date('2026-03-01T12:00:00Z'));
    function poll(): void {
      clock.schedule(poll, 20);
    }
    function sessionTimeout(): void {
      clock.schedule(() => undefined, 90_000);
    }
    poll();
    sessionTimeout();
    const error: unknown = await clock.until(new Promise(() => undefined), { most: '1m' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'TIMEOUT' });
    expect((error as Error).message.split('\n')).toEqual([
      'the promise did not settle in 1 m: it is 2026-03-01T12:01:00.000Z now. Scheduled, by who set it:',
      expect.stringMatching(/^ {2}in 20 ms: poll \(virtualClock\.test\.ts:\d+\)/),
      expect.stringMatching(/^ {2}in 30 s: sessionTimeout \(virtualClock\.test\.ts:\d+\), virtualClock\.test\.ts:\d+$/),
      'Does it wait for something that is not on this clock (a file, a socket, setTimeout), or for an operator that was not given the clock as its scheduler?',
    ]);
    expect(clock.now()).toBe(Date.UTC(2026, 2, 1, 12, 1));
  });

  test('of many timers that one caller set it tells how many', async () => {
    const { clock } = started();
    for (let n = 2; n < 5; n++) clock.schedule(() => undefined, n * 3_600_000);
    await expect(clock.until(new Promise(() => undefined))).rejects.toThrow(/\n {2}in 1 h to 3 h, 3 of them: virtualClock\.test\.ts/);
  });

  test('a promise that nothing can settle is an error at once', async () => {
    const { clock, at } = started();
    at(1_500);
    await expect(clock.until(new Promise(() => undefined))).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(
        /^the promise cannot settle: after 1.5 s, at 1970-01-01T00:00:01.500Z, no timer is set and every other promise has settled\n/,
      ) as string,
    });
  });

  test('what a timer throws arrives', async () => {
    const { clock } = started();
    clock.schedule(() => {
      throw new Error('no');
    }, 10);
    await expect(clock.until(new Promise(() => undefined))).rejects.toThrow('no');
  });
});

describe('jump', () => {
  test.each([
    ['1h', 3_600_005],
    ['-1h', -3_599_995],
  ] as const)('by %s moves what the clock shows, and timers keep the time that they have left', async (duration, shown) => {
    const { clock, told, at } = started();
    at(10);
    await clock.advance(5);
    clock.jump(duration);
    expect(clock.now()).toBe(shown);
    await clock.advance(4);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual([`10@${shown + 5}`]);
  });
});
