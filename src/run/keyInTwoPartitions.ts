import { StreamError } from '../errors';
import type { Place } from '../records';
import type { DueWindow } from './tables/windowTable';
import type { Task } from './task';

/** How often a closing window is compared: enough where two partitioners are at work, for then most keys are in two places; and not felt, however many keys and partitions there are. */
const mostLookups = 1_000;

/**
 * The error if a key of a window that closes is in the same window of another partition too: each of the two would be given as if it were the whole.
 *
 * Windows that have closed already are not there to compare with. While partitions are read side by side this finds out soon; a partition that is far ahead of
 * all others escapes it.
 */
export function keyInTwoPartitions(window: DueWindow, stage: number, task: Task, tasks: readonly Task[]): StreamError | undefined {
  if (tasks.length < 2) return undefined;
  const most = Math.ceil(mostLookups / (tasks.length - 1));
  let left = most;
  for (const [identity, key] of window.keys ?? []) {
    if (left-- <= 0) return undefined;
    const other = tasks.find((one) => one !== task && one.stages[stage]?.table.hasKey(identity, window));
    const [here, there] = [task.partitions[0], other?.partitions[0]];
    if (here && there) return tell(key, window, here, there);
  }
  return undefined;
}

function tell(key: unknown, { start, end }: DueWindow, here: Omit<Place, 'offset'>, there: Omit<Place, 'offset'>): StreamError {
  const name = JSON.stringify(key, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
  return new StreamError(
    'UNSUPPORTED',
    `the key ${name} is in ${here.topic}[${here.partition}] and in ${there.topic}[${there.partition}], both in the window [${start}, ${end}), which would be given twice: keys that come straight from a topic are counted by partition. Do two producers choose partitions differently, or were partitions added? keyBy((value, record) => record.key) merges them`,
    { topic: here.topic, partition: here.partition },
  );
}
