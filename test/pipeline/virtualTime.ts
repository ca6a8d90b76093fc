import { VirtualTimeScheduler } from 'rxjs';

/** A clock that stands still while promises are settling, and otherwise jumps to what is scheduled next. */
export class VirtualTime extends VirtualTimeScheduler {
  /** Runs until the promise settles; an error if that takes longer than `most` ms, or nothing is left that could settle it. */
  async until<T>(promise: Promise<T>, most = 30_000): Promise<T> {
    const end = this.frame + most;
    const state = { settled: false };
    const notice = (): void => {
      state.settled = true;
    };
    void promise.then(notice, notice);
    for (;;) {
      await macrotask();
      if (state.settled) return promise;
      const next = this.actions[0];
      if (!next || next.delay > end) throw new Error(`what was waited for has not come by ${Math.min(end, next?.delay ?? end)} ms`);
      this.maxFrames = next.delay;
      this.flush();
    }
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
