import type { Sessions, WindowState } from './sessions';

/**
 * Takes out the sessions of one key that end at or before `through` (the watermark less `grace`), ordered by end. `partitions` holds what each partition
 * has, in partition order.
 *
 * Sessions of several partitions that overlap are one, and close together: one of them alone may have ended before the watermark while another still goes
 * on. States merge in partition order, within a partition in order of time, so the result does not depend on which partition was read faster.
 */
export function closeSessions<S>(
  partitions: readonly (Sessions<never, S> | undefined)[],
  merge: (a: S, b: S) => S,
  through: number,
): WindowState<S>[] {
  const found = partitions
    .flatMap((sessions, slot) => (sessions?.open ?? []).filter(({ start }) => start < through).map((session) => ({ slot, session })))
    .sort((a, b) => a.session.start - b.session.start || a.slot - b.slot);
  const closed: WindowState<S>[] = [];
  const taken = partitions.map(() => 0);
  for (let index = 0; index < found.length;) {
    const group = [];
    let start = Infinity;
    let end = -Infinity;
    for (let next = found[index]; next && (group.length === 0 || next.session.start < end); next = found[++index]) {
      group.push(next);
      start = Math.min(start, next.session.start);
      end = Math.max(end, next.session.end);
    }
    if (end > through) break; // what follows begins after it, and so ends after it
    group.sort((a, b) => a.slot - b.slot || a.session.start - b.session.start);
    closed.push({ start, end, state: group.map(({ session }) => session.state).reduce(merge) });
    for (const { slot } of group) taken[slot] = (taken[slot] ?? 0) + 1;
  }
  partitions.forEach((sessions, slot) => sessions?.drop(taken[slot] ?? 0));
  return closed;
}
