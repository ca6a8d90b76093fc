/** A program that has clients of Kafka: they are killed together, and frozen together. */
export class FakeProcess {
  readonly #freezes = new Set<symbol>();
  /** What would have happened to it since it was frozen, in order. */
  readonly #missed: (() => void)[] = [];
  #killed = false;

  constructor(
    /** Undefined if it goes by no name. */
    readonly clientId?: string,
  ) {}

  get killed(): boolean {
    return this.#killed;
  }

  /** Like `kill -9`. */
  kill(): void {
    this.#killed = true;
    this.#missed.length = 0;
  }

  /** Like `SIGSTOP`; the returned function is `SIGCONT`, and what came meanwhile comes then. */
  freeze(): () => void {
    const freeze = Symbol();
    this.#freezes.add(freeze);
    return () => {
      if (!this.#freezes.delete(freeze) || this.#freezes.size > 0) return;
      for (const happen of this.#missed.splice(0)) happen();
    };
  }

  /** Something happens to it: a timer is due, an answer is there. A frozen process notices when it is thawed, a dead one never. */
  notice(happen: () => void): void {
    if (this.#killed) return;
    if (this.#freezes.size > 0) this.#missed.push(happen);
    else happen();
  }
}
