interface Task<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A queue that so many workers take from; kafkajs' `partitionsConsumedConcurrently`. */
export class FakeWorkers<T> {
  readonly #queue: Task<T>[] = [];
  #busy = 0;

  constructor(
    private readonly count: number,
    private readonly handle: (item: T) => Promise<void>,
  ) {}

  /** Resolves when all of these have been handled, also those after one that failed; fails with the first error. */
  async handleAll(items: readonly T[]): Promise<void> {
    const [only, second] = items;
    if (only !== undefined && second === undefined && this.#queue.length === 0 && this.#busy < this.count) {
      this.#busy++;
      try {
        await this.handle(only);
      } finally {
        this.#busy--;
        this.#start();
      }
      return;
    }
    const handled = items.map((item) => new Promise<void>((resolve, reject) => this.#queue.push({ item, resolve, reject })));
    this.#start();
    const results = await Promise.allSettled(handled);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  #start(): void {
    while (this.#busy < this.count && this.#queue.length > 0) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy++;
    for (let task = this.#queue.shift(); task; task = this.#queue.shift()) {
      try {
        await this.handle(task.item);
        task.resolve();
      } catch (error) {
        task.reject(error);
      }
    }
    this.#busy--;
  }
}
