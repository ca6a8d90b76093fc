import { VirtualClock } from '../../src/testing/clock/virtualClock';

/** Everything that promises are about to do. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The clock that users have, under the short names that so many tests here use. */
export class Clock extends VirtualClock {
  pass(millis: number): Promise<void> {
    return this.advance(millis);
  }
}
