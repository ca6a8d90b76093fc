import { concat, ignoreElements, Observable, type OperatorFunction, type Subscriber, tap } from 'rxjs';
import { type Participant, subscribeAs } from '../run/scope';

/** One subscription of an operator. */
export interface Operation<T> {
  readonly next: (value: T) => void;
  /** Called instead of completing the destination, which is then the operator's to complete. Default: complete it. */
  readonly complete?: (() => void) | undefined;
  readonly teardown?: (() => void) | undefined;
  /** What the run is told about this operator. */
  readonly participant?: Participant | undefined;
}

/**
 * Builds an RxJS 7 operator from handlers, on public API only.
 *
 * A hand-written operator goes wrong in two ways: a throw in a handler becomes an uncaught exception instead of an error notification, and a synchronous
 * source does not stop when the subscriber has enough. `tap` cures the first, subscribing the destination itself the second.
 */
export function operate<T, R>(init: (destination: Subscriber<R>) => Operation<T>): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((destination) => {
      const { next, complete, teardown, participant } = init(destination);
      if (teardown) destination.add(teardown);
      const handled = source.pipe(tap({ next }), ignoreElements());
      // An operator that completes later is, to RxJS, a second source that follows the first: so both end when the destination does.
      const whole = complete ? concat(handled, new Observable<never>(() => complete())) : handled;
      const subscribe = () => whole.subscribe(destination);
      if (participant) subscribeAs(participant, subscribe);
      else subscribe();
    });
}
