import { StreamError } from '../errors';
import type { TimeWindow } from '../records';
import type { Folding } from './folding';

/** A window with what its records came to. */
export interface WindowState<out S> extends TimeWindow {
  readonly state: S;
}

interface Session<S> {
  start: number;
  end: number;
  state: S;
}

/**
 * The sessions of one key in one partition.
 *
 * Each record reaches from its timestamp to its timestamp plus its gap, the end exclusive. Records whose reaches overlap, directly or through others, are one
 * session, from the first timestamp to the furthest reach: the overlap of stretches does not depend on the order they come in, so neither do the sessions.
 *
 * A record that joins sessions merges their states in order of time and is folded in last. Windows of a `CustomWindow` with `merge` are joined in the same way.
 */
export class Sessions<in V, S> {
  /** In order of time; no two overlap. */
  readonly #sessions: Session<S>[] = [];

  constructor(private readonly folding: Folding<V, S>) {}

  /** The open sessions, in order of time. */
  get open(): readonly WindowState<S>[] {
    return this.#sessions;
  }

  /** Adds a record that reaches from `start`, its timestamp, to `end`, its timestamp plus its gap. */
  add(start: number, end: number, value: V): void {
    if (!(start < end))
      throw new StreamError('INVALID_OPTION', `a record reaches from ${start} to ${end}: the gap of a session must be greater than 0`);
    const sessions = this.#sessions;
    const { folding } = this;
    let from = sessions.length; // most records join the last session or follow it
    for (let before = sessions[from - 1]; before && before.end > start; before = sessions[from - 1]) from--;
    const joined = sessions[from];
    if (!joined || joined.start >= end) {
      sessions.splice(from, 0, { start, end, state: folding.first(value) });
      return;
    }
    let to = from + 1;
    for (let next = sessions[to]; next && next.start < end; next = sessions[to]) {
      joined.state = folding.merge(joined.state, next.state);
      joined.end = next.end;
      to++;
    }
    sessions.splice(from + 1, to - from - 1);
    joined.start = Math.min(joined.start, start);
    joined.end = Math.max(joined.end, end);
    joined.state = folding.fold(joined.state, value);
  }

  /** Lets go of the first `count` sessions. */
  drop(count: number): void {
    this.#sessions.splice(0, count);
  }
}
