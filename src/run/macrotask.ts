import { asyncScheduler, type SchedulerLike } from 'rxjs';

/**
 * Runs `work` after timers and I/O have had their turn.
 *
 * The pump delivers in slices, and heartbeats must get through between two of them: a microtask (`asapScheduler`) would starve them, a timer
 * (`asyncScheduler`) costs a millisecond a slice. Under any other scheduler, a virtual one, its zero delay is the macrotask.
 */
export function macrotask(scheduler: SchedulerLike, work: () => void): void {
  if (scheduler !== asyncScheduler) scheduler.schedule(work);
  else if (typeof setImmediate === 'function') setImmediate(work);
  else viaMessageChannel(work);
}

/** What browsers have in place of `setImmediate`. */
function viaMessageChannel(work: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    work();
  };
  port2.postMessage(null);
}
