import type { Place } from '../records';
import type { Clock } from '../time/clock';
import type { WindowedStage } from './windowedStage';

/** What an operator is to the run that feeds it. */
export interface Participant {
  /** The operator's name, for errors. */
  readonly name: string;
  /** The operator gives records another key, before it puts them into windows if it does, so equal keys may come from several partitions. */
  readonly rekeys?: boolean | undefined;
  /** The operator keeps windows: what the run must know to close and to rebuild them. */
  readonly stage?: WindowedStage | undefined;
  /** The operator keeps windows that no watermark closes; over which partitions they go matters to the run all the same. */
  readonly gathers?: boolean | undefined;
  /** Event time follows the timestamps that the operator gives, and not those of the source. */
  readonly assignsTime?: boolean | undefined;
  /** The operator acks, and wants offsets committed this often. */
  readonly cadence?: Cadence | undefined;
  /** Called once, when the run that feeds the operator is known. */
  readonly attach?: ((run: RunHandle) => void) | undefined;
  /** Whether the operator itself is waiting for a broker; the run does not call that a stall. */
  readonly busy?: (() => boolean) | undefined;
  /** Told of each record that came after its window had closed, and so was dropped. */
  readonly late?: ((place: Place) => void) | undefined;
}

/** What an operator may ask of its run. */
export interface RunHandle {
  /**
   * Calls `done` when everything is released, the last commit is done and the group is left, or `failed` with what prevented it; at once if that is known.
   * No promise, so that a run that needs none, in a marble diagram, can be waited for there.
   */
  whenFinished(done: () => void, failed: (error: unknown) => void): void;
  /** The clock that the source was given. */
  readonly clock: Clock;
}

/** How often offsets are committed. */
export interface Cadence {
  /** ms */
  readonly every: number;
  /** Released records. */
  readonly count: number;
}

/**
 * The operators that are subscribing right now, the one nearest to the subscriber first.
 *
 * Subscribing is a synchronous call from the end of a pipeline up to its source, also through `defer`, `merge` or `using`. So when a source is subscribed,
 * the operators on this stack are those that stand between it and the subscriber, and no others: a sibling branch of a `merge` has left the stack again.
 */
const subscribingNow: Participant[] = [];

/** Subscribes to what stands before `participant`; a source that is reached meanwhile finds it. */
export function subscribeAs<T>(participant: Participant, subscribe: () => T): T {
  subscribingNow.push(participant);
  try {
    return subscribe();
  } finally {
    subscribingNow.pop();
  }
}

/** The operators between the source that is being subscribed and its subscriber, downstream ones first. */
export function participantsDownstream(): readonly Participant[] {
  return [...subscribingNow];
}

/** Whether windows merge over partitions: a key that comes straight from a topic lives in one of them, any other key may come from several. */
export function windowsMerge(upstreamFirst: readonly Participant[]): boolean {
  const lastStage = upstreamFirst.findLastIndex(({ stage, gathers }) => stage ?? gathers);
  return upstreamFirst.slice(0, lastStage + 1).some(({ rekeys }) => rekeys);
}
