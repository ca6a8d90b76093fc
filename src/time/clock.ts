/** What it takes to wait; each of RxJS' schedulers is one. */
export interface Clock {
  /** ms since the epoch */
  now(): number;
  /** Does it once, `delay` ms from now. */
  schedule(work: () => void, delay: number): { unsubscribe(): void };
}
