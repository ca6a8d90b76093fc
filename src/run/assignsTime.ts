import { timeAfterWindows, timeAssignedTwice } from './runErrors';
import type { Participant } from './scope';

/** Whether event time is assigned on the way, by one of these operators. Throws where that cannot be: twice, or after windows. */
export function assignsTime(upstreamFirst: readonly Participant[]): boolean {
  const assigning = upstreamFirst.filter((participant) => participant.assignsTime);
  if (assigning.length > 1) throw timeAssignedTwice();
  const firstWindow = upstreamFirst.findIndex(({ stage, gathers }) => stage ?? gathers);
  if (firstWindow >= 0 && upstreamFirst.findLastIndex((participant) => participant.assignsTime) > firstWindow) throw timeAfterWindows();
  return assigning.length > 0;
}
