import type { WindowState } from './sessions';
import type { SlidingEntry, SlidingSets } from './slidingSets';

/**
 * The sliding windows of one key that end after `after` and at or before `through`, ordered by end. `partitions` holds what each partition has, in partition
 * order; all have the same span.
 *
 * As a window of the length of the span moves over time, its set of records changes when one enters, and just after one has left: at each change there is a
 * window, so each distinct set is given once. A record that came late enters with the first window that was open for it; the set from before it may come once
 * more after it has left.
 *
 * States merge in partition order, within a partition in order of time.
 */
export function* slidingWindows<S>(
  partitions: readonly (SlidingSets<never, S> | undefined)[],
  merge: (a: S, b: S) => S,
  after: number,
  through: number,
): Generator<WindowState<S>, void, void> {
  const changes = new Set<number>();
  const held: { readonly entries: readonly SlidingEntry<S>[]; gone: number }[] = [];
  let span = 0;
  for (const sets of partitions) {
    if (!sets) continue;
    span = sets.span;
    held.push({ entries: sets.entries, gone: 0 });
    for (const { at, from } of sets.entries) for (const x of [from, at + span + 1]) if (after < x + 1 && x + 1 <= through) changes.add(x);
  }
  for (const x of [...changes].sort((a, b) => a - b)) {
    const states: S[] = [];
    for (const partition of held) {
      const { entries } = partition;
      for (let first = entries[partition.gone]; first && first.at < x - span; first = entries[partition.gone]) partition.gone++;
      for (let index = partition.gone; index < entries.length; index++) {
        const entry = entries[index];
        if (!entry || entry.at > x) break;
        if (entry.from <= x) states.push(entry.state);
      }
    }
    if (states.length > 0) yield { start: x - span, end: x + 1, state: states.reduce(merge) };
  }
}
