import { VirtualTimeScheduler } from 'rxjs';

/** Everything that promises are about to do. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Time that passes when the test says so; after each timer, promises have their turn. */
export class Clock extends VirtualTimeScheduler {
  async pass(millis: number): Promise<void> {
    const until = this.frame + millis;
    await settled();
    for (let next = this.#next; next <= until; next = this.#next) {
      this.maxFrames = next;
      this.flush();
      await settled();
    }
    this.frame = until;
  }

  get #next(): number {
    return Math.min(...this.actions.map(({ delay }) => delay));
  }
}
