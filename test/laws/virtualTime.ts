import { VirtualTimeScheduler } from 'rxjs';

/** A clock that stands still while promises are settling, and otherwise jumps to what is scheduled next. */
export class VirtualTime extends VirtualTimeScheduler {
  /** Runs until the promise settles; an error if nothing is left that could settle it. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const noticed = promise.then(
      () => (settled = true),
      () => (settled = true),
    );
    for (;;) {
      await macrotask();
      if (settled) break;
      const next = this.actions[0];
      if (!next) throw new Error('nothing is scheduled any more, and what was waited for has not come');
      this.maxFrames = next.delay;
      this.flush();
    }
    await noticed;
    return promise;
  }

  /** Lets so much time pass, ms. */
  async pass(ms: number): Promise<void> {
    await this.until(new Promise<void>((resolve) => void this.schedule(resolve, ms)));
  }
}

/** All promises that can settle have settled when a macrotask comes. */
function macrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
