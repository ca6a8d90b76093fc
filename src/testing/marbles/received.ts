import { Observable, type SchedulerLike, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

/** A notification and the frame it came in, as a test sees it. */
export interface Received {
  readonly frame: number;
  readonly kind: 'N' | 'E' | 'C';
  /** The value, or the error. */
  readonly value?: unknown;
}

/** Subscribes at the frame of `^`, at once without one, and unsubscribes at that of `!`; what comes is in the list. */
export function receive(scheduler: SchedulerLike, observable: Observable<unknown>, subscription?: string | null): readonly Received[] {
  const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(subscription ?? null, true);
  const received: Received[] = [];
  let subscribed = Subscription.EMPTY;
  scheduler.schedule(
    () => {
      subscribed = record(scheduler, observable, 0, received);
    },
    subscribedFrame === Infinity ? 0 : subscribedFrame,
  );
  // Scheduled before anything that comes, so that what would come in the same frame does not.
  if (unsubscribedFrame !== Infinity) scheduler.schedule(() => subscribed.unsubscribe(), unsubscribedFrame);
  return received;
}

/** An Observable that comes as a value is subscribed in turn: its notifications are the value, with frames from then on. */
function record(scheduler: SchedulerLike, observable: Observable<unknown>, since: number, into: Received[]) {
  const note = (kind: Received['kind'], value?: unknown) => void into.push({ frame: scheduler.now() - since, kind, value });
  return observable.subscribe({
    next: (value) => {
      if (!(value instanceof Observable)) return note('N', value);
      const inner: Received[] = [];
      note('N', inner);
      record(scheduler, value, scheduler.now(), inner);
    },
    error: (error: unknown) => note('E', error),
    complete: () => note('C'),
  });
}

/** What a cold Observable of the test would give, which may be expected as a value; any other value as it is. */
export function materialized(value: unknown): unknown {
  if (!(value instanceof Observable) || !('messages' in value)) return value;
  const messages = value.messages as readonly {
    frame: number;
    notification: { kind: Received['kind']; value?: unknown; error?: unknown };
  }[];
  return messages.map(({ frame, notification: { kind, value: inner, error } }): Received => {
    return { frame, kind, value: kind === 'E' ? error : kind === 'N' ? inner : undefined };
  });
}
