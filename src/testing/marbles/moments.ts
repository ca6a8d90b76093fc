import { TestScheduler } from 'rxjs/testing';
import type { Moment } from './difference';

/** What is in a diagram of RxJS' run mode, by its letters: a frame is 1 ms, spaces mean nothing, and ` 10s ` lets time pass. To be called within `run`. */
export function momentsOf(marbles: string): Moment[] {
  return TestScheduler.parseMarbles(marbles, undefined, undefined, false, true).map(({ frame, notification }) =>
    notification.kind === 'N' ? { frame, sign: String(notification.value) } : { frame, sign: notification.kind === 'C' ? '|' : '#' },
  );
}
