import type { TimeWindow } from '../../records';
import type { Folding } from '../../time/folding';
import type { Origin } from '../holds';
import { Chain, type Link } from './chain';
import { KeyState } from './keyStates';
import { type Session, Sessions } from './sessions';

/** A session of one key over all partitions. */
export interface WholeSession extends TimeWindow {
  /** What partitions have of it: in their order, and of each in order of time. */
  readonly parts: readonly Session[];
  /** The part whose first record comes first, in order of partition and offset. */
  readonly first: Session;
}

/** A stretch of time, and what follows it. */
interface Stretch extends TimeWindow {
  readonly next: Stretch | undefined;
}

class WholeStretch implements Link<WholeStretch>, Stretch {
  before: WholeStretch | undefined;
  next: WholeStretch | undefined;

  constructor(
    public start: number,
    public end: number,
  ) {}
}

/**
 * The sessions of one key.
 *
 * Sessions of several partitions that overlap are one, and end together: one of them alone may have ended before the watermark while another still goes on.
 * Their states stay apart, so that what comes of a record does not depend on which partition is read faster; what stretch of time they make up together is kept
 * beside them.
 */
export class SessionsOfKey extends KeyState<Sessions> {
  /** How many sessions partitions have. */
  size = 0;
  /** The stretches of time they make up, in order; no two overlap. Where there is one partition its sessions say it. */
  readonly #whole = this.partitions.length > 1 ? new Chain<WholeStretch>() : undefined;

  /** Adds a record that reaches from `start` to `end`; none that follows in its partition begins before `closedThrough`. Gives what its partition has of its session. */
  add(start: number, end: number, record: unknown, folding: Folding, origin: Origin, order: number, closedThrough: number): Session {
    const sessions = (this.partitions[origin.slot] ??= new Sessions(folding));
    const { length } = sessions;
    const session = sessions.add(start, end, record, origin, order);
    if (this.#whole) {
      const stretch = stretchOver(this.#whole, start, end);
      if (sessions.length > length && stretch.start < session.start) sessions.joinEnded(session, stretch.start, closedThrough);
    }
    this.size += sessions.length - length;
    return session;
  }

  /** Where its sessions are, in order of time. */
  *stretches(): Generator<TimeWindow, void, void> {
    for (let stretch = this.#first; stretch; stretch = stretch.next) yield stretch;
  }

  get #first(): Stretch | undefined {
    return (this.#whole ?? this.partitions[0])?.first;
  }

  /** Where the first of them ends; Infinity if there is none. */
  get firstEnd(): number {
    return this.#first?.end ?? Infinity;
  }

  /** Takes out the first session. */
  takeFirst(): WholeSession | undefined {
    const whole = this.#first && this.at(this.#first);
    if (!whole) return undefined;
    if (this.#whole?.first) this.#whole.remove(this.#whole.first);
    this.size -= whole.parts.length;
    for (const part of whole.parts) this.partitions[part.slot]?.takeOut(part);
    return whole;
  }

  /** The first session that overlaps the window, if there is one. */
  at({ start, end }: TimeWindow): WholeSession | undefined {
    let stretch = this.#first;
    while (stretch && stretch.end <= start) stretch = stretch.next;
    if (!stretch || stretch.start >= end) return undefined;
    const parts: Session[] = [];
    let first: Session | undefined;
    for (const sessions of this.partitions) {
      for (let part = sessions?.first; part && part.start < stretch.end; part = part.next) {
        if (part.start < stretch.start) continue;
        parts.push(part);
        if (!first || part.isBefore(first)) first = part;
      }
    }
    return first && { start: stretch.start, end: stretch.end, parts, first };
  }
}

/** The stretch that [start, end) is part of, once it has joined those that it overlaps. */
function stretchOver(stretches: Chain<WholeStretch>, start: number, end: number): WholeStretch {
  let joined = stretches.last;
  while (joined && joined.start >= end) joined = joined.before;
  if (!joined || joined.end <= start) {
    const stretch = new WholeStretch(start, end);
    stretches.insert(stretch, joined);
    return stretch;
  }
  for (let former = joined.before; former && former.end > start; former = joined.before) {
    joined.start = former.start;
    stretches.remove(former);
  }
  if (start < joined.start) joined.start = start;
  if (end > joined.end) joined.end = end;
  return joined;
}
