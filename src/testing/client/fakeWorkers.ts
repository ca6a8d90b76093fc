/** Items that were brought together. */
interface Group {
  /** How many are not handled yet. */
  left: number;
  /** In the order of the items. */
  readonly errors: unknown[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Task<T> {
  readonly item: T;
  readonly place: number;
  readonly group: Group;
}

/** A queue that so many workers take from; kafkajs' `partitionsConsumedConcurrently`. */
export class FakeWorkers<T> {
  readonly #queue: Task<T>[] = [];
  #busy = 0;

  constructor(
    private readonly count: number,
    private readonly handle: (item: T) => Promise<void>,
  ) {}

  /** Resolves when all of these have been handled, also those after one that failed; fails with the error of the first of them that did. */
  handleAll(items: readonly T[]): Promise<void> {
    if (items.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const group: Group = { left: items.length, errors: [], resolve, reject };
      items.forEach((item, place) => this.#queue.push({ item, place, group }));
      this.#start();
    });
  }

  #start(): void {
    while (this.#busy < this.count) {
      const task = this.#queue.shift();
      if (!task) return;
      this.#busy++;
      this.handle(task.item).then(
        () => this.#over(task.group),
        (error: unknown) => {
          task.group.errors[task.place] = error;
          this.#over(task.group);
        },
      );
    }
  }

  #over(group: Group): void {
    this.#busy--;
    if (--group.left === 0) {
      const [place] = Object.keys(group.errors); // in ascending order, those that did not fail left out
      if (place === undefined) group.resolve();
      else group.reject(group.errors[Number(place)]);
    }
    this.#start();
  }
}
