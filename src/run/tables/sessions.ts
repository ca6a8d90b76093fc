import type { TimeWindow } from '../../records';
import type { Folding } from '../../time/folding';
import type { Origin } from '../holds';
import { Chain, type Link } from './chain';
import { Part } from './part';

/** A session of one key in one partition. */
export class Session extends Part implements Link<Session>, TimeWindow {
  before: Session | undefined;
  next: Session | undefined;

  constructor(
    public start: number,
    public end: number,
    state: unknown,
    origin: Origin,
    order: number,
  ) {
    super(state, origin, order);
  }
}

/**
 * The sessions of one key in one partition, in order of time; no two overlap.
 *
 * Each record reaches from its timestamp to its timestamp plus its gap, the end exclusive. Records whose reaches overlap, directly or through others, are one
 * session, from the first timestamp to the furthest reach: the overlap of stretches does not depend on the order they come in, so neither do the sessions.
 *
 * A record that joins sessions merges their states in order of time and is folded in last. Windows of a `CustomWindow` with `merge` are joined in the same way.
 */
export class Sessions extends Chain<Session> {
  length = 0;

  constructor(private readonly folding: Folding) {
    super();
  }

  /** Adds a record that reaches from `start` to `end`. Gives the session it is part of. */
  add(start: number, end: number, record: unknown, origin: Origin, order: number): Session {
    const { folding } = this;
    let joined = this.last; // most records join the last session or follow it
    while (joined && joined.start >= end) joined = joined.before;
    if (!joined || joined.end <= start) {
      const session = new Session(start, end, folding.first(record), origin, order);
      this.insert(session, joined);
      this.length++;
      return session;
    }
    while (joined.before && joined.before.end > start) this.#joinBefore(joined, joined.before);
    joined.state = folding.fold(joined.state, record);
    joined.start = Math.min(joined.start, start);
    joined.end = Math.max(joined.end, end);
    joined.take(origin);
    return joined;
  }

  /**
   * Makes one of sessions before `session` that are not going to change, since they end at or before `closedThrough`, and that another partition has made one:
   * from `start` on it reaches to `session`. Else a session that goes on for long would be kept in as many parts as each partition has.
   */
  joinEnded(session: Session, start: number, closedThrough: number): void {
    for (let ended = session.before; ended?.before && ended.before.start >= start;) {
      if (ended.end > closedThrough) ended = ended.before;
      else this.#joinBefore(ended, ended.before);
    }
  }

  #joinBefore(session: Session, former: Session): void {
    session.state = this.folding.merge(former.state, session.state);
    session.start = former.start;
    session.join(former);
    this.takeOut(former);
  }

  takeOut(session: Session): void {
    this.remove(session);
    this.length--;
  }
}
