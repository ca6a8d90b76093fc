import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';
import { StreamError } from '../../errors';
import { type Duration, toMillis } from '../../time/duration';
import { whileDrained } from './whileDrained';
import { callersIn, type Origin, originOf } from './origin';
import { type Timer, TimerQueue } from './timerQueue';

/** Options of `VirtualClock`. */
export interface VirtualClockOptions {
  /** What the clock shows first, as a date or ms since the epoch. Default 0. */
  readonly start?: number | Date | undefined;
}

/** Options of `VirtualClock.until`. */
export interface UntilOptions {
  /** How much time may pass, ms or a duration. Default '1h'. */
  readonly most?: Duration | undefined;
}

/** Timers of one instant, more than which are taken for a loop that lets no time pass. */
const mostAtOnce = 100_000;
/** How many of the first timers remember who set them, which costs more than the rest of a timer. */
const remembered = 1_000;
/** Longer ones always do, ms: there are few. */
const long = 1_000;
const units = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** What is done when a timer fires. */
interface Action {
  /** Who set it, where that was noted. */
  origin: Origin | undefined;
  run(): void;
}

type Enqueue = (action: Action, delay: number) => Entry | undefined;

/** One timer of the clock; set again, it is another entry of the queue. */
class Entry implements Timer {
  place = 0;
  cancelled = false;

  constructor(
    readonly due: number,
    readonly order: number,
    readonly action: Action,
  ) {}
}

/** What RxJS calls an action: work that can schedule itself again. */
class ClockAction<T> extends Subscription implements SchedulerAction<T>, Action {
  origin: Origin | undefined;
  #state: T | undefined;
  #entry: Entry | undefined;

  constructor(
    private readonly work: (this: SchedulerAction<T>, state?: T) => void,
    private readonly enqueue: Enqueue,
  ) {
    super();
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this;
    this.#cancel();
    this.#state = state;
    this.#entry = this.enqueue(this, delay);
    return this;
  }

  run(): void {
    this.#entry = undefined;
    this.work.call(this, this.#state);
  }

  override unsubscribe(): void {
    this.#cancel();
    super.unsubscribe();
  }

  #cancel(): void {
    if (this.#entry) this.#entry.cancelled = true;
    this.#entry = undefined;
  }
}

/**
 * A clock that a test moves: give it to `FakeKafka`, to `fromTopic`, and to every operator that takes a scheduler, and a pipeline, the Kafka below it and all
 * their promises share one time, which stands still until the test says otherwise.
 *
 * After each timer, and before time goes on, everything that promises make happen happens, however long their chains are. So an hour takes as long as its
 * work does, and the order of things is the same on every run. It waits for promises in a macrotask that it took hold of when it was loaded; a test may
 * replace timers by fake ones, and they do not meet. What waits for anything but this clock and promises, such as a file or a socket, is not waited for.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { fromTopic, text } from 'millrace';
 * import { FakeKafka, VirtualClock } from 'millrace/testing';
 * import { take, lastValueFrom } from 'rxjs';
 *
 * const clock = new VirtualClock();
 * const kafka = new FakeKafka({ scheduler: clock });
 * kafka.createTopic('lines');
 * const line = lastValueFrom(fromTopic(kafka, 'lines', { value: text, scheduler: clock }).pipe(take(1)));
 * await clock.advance('10m');
 * kafka.append('lines', [{ value: 'at last' }]);
 * console.log((await clock.until(line)).value);
 * ```
 */
export class VirtualClock implements SchedulerLike {
  readonly #timers = new TimerQueue<Entry>();
  /** What has passed since the beginning, ms: timers go by it. */
  #elapsed = 0;
  /** What the clock shows beyond that, ms. */
  #shift: number;
  #scheduled = 0;
  #moving = false;
  #firedAtOnce = 0;
  /** Whether timers remember who set them, since they may be asked soon. */
  #tracing = false;
  /** Below it on the stack is who set a timer. */
  readonly #publicSchedule: unknown = (this as { readonly schedule: unknown }).schedule;
  readonly #enqueue: Enqueue = (action, delay) => {
    if (!Number.isFinite(delay)) return undefined; // never, as with RxJS' own clocks
    if (!action.origin && (this.#scheduled < remembered || delay >= long || this.#tracing)) action.origin = originOf(this.#publicSchedule);
    const entry = new Entry(this.#elapsed + Math.max(0, delay), this.#scheduled++, action);
    this.#timers.push(entry);
    return entry;
  };

  /**
   * Makes a clock that stands still.
   *
   * @throws StreamError `INVALID_OPTION` if `start` is no time
   */
  constructor({ start = 0 }: VirtualClockOptions = {}) {
    this.#shift = Number(start);
    if (!Number.isFinite(this.#shift))
      throw new StreamError('INVALID_OPTION', `start is ${String(start)}: give a date, or milliseconds since the epoch`);
  }

  /** What the clock shows, ms since the epoch. */
  now(): number {
    return this.#elapsed + this.#shift;
  }

  /** How many timers are waiting: none, when everything that used the clock has ended and tidied up. */
  get pending(): number {
    return this.#timers.waiting.length;
  }

  /** As RxJS asks of a scheduler: `work` is done `delay` ms from now, once the clock gets there. */
  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    return new ClockAction<T>(work, this.#enqueue).schedule(state, delay);
  }

  /**
   * Lets time pass: all timers that are due by then fire, in order, and after each of them, and before the first, promises have their turn.
   *
   * What a timer throws rejects it, at that timer's time; the others are still there, and time can go on.
   *
   * @throws StreamError `INVALID_OPTION` for a bad duration, `UNSUPPORTED` if the clock is being moved already or a loop lets no time pass
   */
  async advance(duration: Duration): Promise<void> {
    const end = this.#elapsed + toMillis(duration, 'the duration of advance');
    await this.#move(() => {
      if ((this.#timers.next?.due ?? Infinity) > end) {
        this.#elapsed = end;
        return false;
      }
      this.#fireNext();
      return true;
    });
  }

  /**
   * Resolves when everything has happened that can happen without time passing: promises, and timers that are due now.
   *
   * @throws StreamError `UNSUPPORTED` as `advance`
   */
  async idle(): Promise<void> {
    await this.advance(0);
  }

  /**
   * Lets as much time pass as it takes until `promise` settles, and gives what it settles to.
   *
   * @throws StreamError `TIMEOUT`, with what is scheduled and who scheduled it, if that takes more than `most` (default '1h'), or nothing is left to happen;
   *   `INVALID_OPTION` for a bad duration, `UNSUPPORTED` as `advance`
   */
  async until<T>(promise: PromiseLike<T>, { most = '1h' }: UntilOptions = {}): Promise<T> {
    const begin = this.#elapsed;
    const length = toMillis(most, 'most of until');
    let settled = false;
    const settle = () => {
      settled = true;
    };
    Promise.resolve(promise).then(settle, settle);
    await this.#move(() => {
      if (settled) return false;
      const next = this.#timers.next;
      if (!next || next.due > begin + length) {
        if (next) this.#elapsed = begin + length;
        throw this.#unsettled(begin, most);
      }
      // Those that keep setting timers anew until then have told who they are when it comes to the report.
      this.#tracing = next.due > begin + length * 0.9;
      this.#fireNext();
      return true;
    });
    return promise;
  }

  /**
   * Moves what the clock shows and nothing else, as when a clock is set, or a machine was asleep: timers keep the time that they have left. Negative goes back.
   *
   * @throws StreamError `INVALID_OPTION` for a bad duration
   */
  jump(duration: Duration): void {
    this.#shift += toMillis(duration, 'the duration of jump', -Infinity);
  }

  /** Two that move one clock would each find that time has passed behind its back. */
  async #move(step: () => boolean): Promise<void> {
    if (this.#moving)
      throw new StreamError('UNSUPPORTED', 'the clock is being moved already: await the call of advance, idle or until before this one');
    this.#moving = true;
    try {
      await whileDrained(step);
    } finally {
      this.#moving = false;
      this.#tracing = false;
    }
  }

  #fireNext(): void {
    const entry = this.#timers.shift();
    if (!entry) return;
    this.#firedAtOnce = entry.due === this.#elapsed ? this.#firedAtOnce + 1 : 0;
    if (this.#firedAtOnce >= mostAtOnce) {
      this.#timers.push(entry);
      this.#firedAtOnce = 0;
      throw new StreamError(
        'UNSUPPORTED',
        `time does not go on: ${mostAtOnce} timers have fired at ${this.#shown()}, and each time there was another.${this.#report()}`,
      );
    }
    this.#elapsed = entry.due;
    entry.action.run();
  }

  #unsettled(begin: number, most: Duration): StreamError {
    const passed = this.#elapsed - begin;
    const scheduled = this.#timers.next
      ? `the promise did not settle in ${inWords(toMillis(most, 'most'))}: it is ${this.#shown()} now.${this.#report()}`
      : `the promise cannot settle: after ${inWords(passed)}, at ${this.#shown()}, no timer is set and every other promise has settled`;
    return new StreamError(
      'TIMEOUT',
      `${scheduled}\nDoes it wait for something that is not on this clock (a file, a socket, setTimeout), or for an operator that was not given the clock as its scheduler?`,
    );
  }

  /** What is scheduled, the next first; those that were set by the same caller on one line. */
  #report(): string {
    const lines = new Map<string, number[]>();
    for (const { due, action } of this.#timers.waiting) {
      const callers = (action.origin && callersIn(action.origin)) || 'unknown';
      lines.set(callers, [...(lines.get(callers) ?? []), due - this.#elapsed]);
    }
    const shown = [...lines].slice(0, 12).map(([callers, dues]) => {
      const first = `in ${inWords(dues[0] ?? 0)}`;
      return `\n  ${dues.length === 1 ? first : `${first} to ${inWords(dues.at(-1) ?? 0)}, ${dues.length} of them`}: ${callers}`;
    });
    return ` Scheduled, by who set it:${shown.join('')}${lines.size > 12 ? `\n  and ${lines.size - 12} more` : ''}`;
  }

  #shown(): string {
    const now = this.now();
    return Math.abs(now) <= 8.64e15 ? new Date(now).toISOString() : `${now} ms`;
  }
}

function inWords(ms: number): string {
  const [unit, size] = units.find(([, least]) => ms >= least) ?? (['ms', 1] as const);
  return `${Number((ms / size).toFixed(3))} ${unit}`;
}
