import type { Lane } from './lane';

/** What is known of how far the partitions of a run are. */
type Reader = Pick<Lane, 'epoch' | 'atEnd'>;

/**
 * How new the newest timestamp of a partition may be while it still delivers, ms: `maxSkew` past the partition of the run that is furthest behind.
 *
 * Partitions that have nothing to give do not count: idle ones, those at the end of a bounded read, and those that join, which wait for the others themselves.
 * One that has not spoken yet counts as infinitely far behind. Two partitions cannot wait for each other: of those that count, the one furthest behind is
 * never held, and it goes on until it has overtaken another, or has nothing to give and counts no more.
 */
export function newestAllowed(lane: Reader, lanes: readonly Reader[], maxSkew: number): number {
  if (maxSkew === Infinity) return Infinity;
  let furthestBehind = Infinity;
  for (const other of lanes) {
    const { idle, joinsAfter, newest } = other.epoch;
    if (other === lane || idle || joinsAfter || other.atEnd) continue;
    if (newest < furthestBehind) furthestBehind = newest;
  }
  return furthestBehind + maxSkew;
}
