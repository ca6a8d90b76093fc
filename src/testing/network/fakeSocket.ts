import { takeOut } from './takeOut';

const settled = Promise.resolve();

/** A request that waits for its answer. */
export interface Exchange {
  /** Called when the connection is gone before the answer. */
  readonly fail: (error: Error) => void;
}

/** Does a request, and calls back when it is answered. */
type Take = (answered: () => void) => void;

/**
 * One connection of a client to a broker.
 *
 * A broker takes the next request of a connection when it has answered the one before: so what a client sends behind a request that waits, waits too. When the
 * connection closes, nothing that is under way is answered, and what the broker has not taken yet is not done.
 */
export class FakeSocket {
  readonly #underWay: Exchange[] = [];
  readonly #idle: (() => void)[] = [];
  /** What has arrived and is not answered, in order; the first of it has been taken. */
  readonly #arrived: Take[] = [];
  #closed = false;
  /** What has been sent and has not arrived, in order. */
  readonly sent: Take[] = [];
  /** When the last of what was sent arrives, ms. */
  lastArrival = 0;

  constructor(private readonly onClose: () => void) {}

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether the broker has something of it to do. */
  get busy(): boolean {
    return this.#arrived.length > 0;
  }

  begin(exchange: Exchange): void {
    this.#underWay.push(exchange);
  }

  end(exchange: Exchange): void {
    takeOut(this.#underWay, exchange);
    if (this.#underWay.length === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    if (this.#underWay.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** The first of what was sent arrives: it is taken when all that arrived before is answered. */
  arriveNext(): void {
    const take = this.sent.shift();
    if (!take || this.#closed) return;
    this.#arrived.push(take);
    if (this.#arrived.length === 1) this.#takeFirst();
  }

  readonly #takeFirst = (): void => {
    if (!this.#closed) this.#arrived[0]?.(this.#answered);
  };

  readonly #answered = (): void => {
    this.#arrived.shift();
    if (this.#arrived.length > 0) void settled.then(this.#takeFirst);
  };

  /** With an error, what is under way fails. */
  close(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose();
    const underWay = this.#underWay.splice(0);
    if (error) for (const { fail } of underWay) fail(error);
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
