import { windowsAfterFree } from './runErrors';
import type { Participant } from './scope';

/** Throws where windows of event time take the results of free windows, which come when they please and would be late or not by chance. */
export function windowsInOrder(upstreamFirst: readonly Participant[]): void {
  const free = upstreamFirst.findIndex(({ gathers }) => gathers);
  const after = free < 0 ? undefined : upstreamFirst.slice(free).find(({ stage }) => stage);
  if (after) throw windowsAfterFree(after.name, upstreamFirst[free]?.name ?? '');
}
