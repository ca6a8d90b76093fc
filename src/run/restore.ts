import { placeOf, StreamError } from '../errors';
import type { Clock } from '../time/clock';
import { FreeWindows } from './freeWindows';
import { type CommitMetadata, decodeMetadata, stepsThatFit } from './metadata';
import { type AssignedTime, PartitionEpoch, type Restored } from './partitionEpoch';
import { Task, type TaskEvents } from './task';
import type { WindowedStage } from './windowedStage';

/** A partition as it was found when it was assigned. */
export interface AssignedPartition {
  readonly topic: string;
  readonly partition: number;
  /** What the group has committed; null for a partition without a commit. */
  readonly committed: { readonly offset: number; readonly metadata: string | null } | null;
  /** Where to begin without a commit. */
  readonly start: number;
  /** The first offset that is still there. */
  readonly low: number;
  /** The next offset to be written, or the last stable one. */
  readonly end: number;
}

/** What the run says of the tasks to rebuild. */
export interface RestoreOptions {
  readonly groupId: string | undefined;
  readonly stages: readonly WindowedStage[];
  /** Whether windows merge over all partitions. */
  readonly merged: boolean;
  readonly fingerprint: string;
  /** What to do when other windows were committed: fail, or begin again from the committed offsets. */
  readonly onChange: 'error' | 'rebuild';
  /** ms */
  readonly outOfOrderness: number;
  /** Event time is assigned on the way. */
  readonly assigned?: AssignedTime | undefined;
  readonly maxResults: number;
  readonly onReleased: (epoch: PartitionEpoch) => void;
  readonly events: TaskEvents;
  /** The source's. */
  readonly clock: Clock;
}

/** What a run works on for one epoch. */
export interface RestoredTasks {
  readonly tasks: readonly Task[];
  /** How many partitions each topic had when its first assignment was committed. */
  readonly founders: ReadonlyMap<string, number>;
  readonly free: FreeWindows;
}

/** The windows of a pipeline as text: what a commit says of them, and what the next run compares. */
export function fingerprintOf(stages: readonly WindowedStage[], merged: boolean, outOfOrderness: number, timeIsAssigned = false): string {
  if (stages.length === 0) return 'no windows';
  return `${merged ? 'merged' : 'per partition'}: ${stages.map((stage) => stage.fingerprint).join(', then ')}; out of orderness ${outOfOrderness}${timeIsAssigned ? '; time assigned' : ''}`;
}

/** Rebuilds the state of the assigned partitions from what was committed for them. */
export function restoreTasks(assigned: readonly AssignedPartition[], options: RestoreOptions): RestoredTasks {
  const { stages, merged, events } = options;
  const found = [...assigned]
    .sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition))
    .map((partition) => ({ partition, metadata: readMetadata(partition, options) }));
  const anyCommit = found.some(({ partition }) => partition.committed);
  const founders = new Map<string, number>();
  for (const { partition } of found) {
    const sameTopic = found.filter((other) => other.partition.topic === partition.topic);
    const told = sameTopic.find(({ metadata }) => metadata)?.metadata?.founders;
    const committed = sameTopic.some((other) => other.partition.committed);
    // A topic that was added to a group with a past has no founders: all its partitions join.
    founders.set(partition.topic, told ?? (anyCommit && !committed ? 0 : sameTopic.length));
  }

  const autoRelease = options.groupId === undefined;
  const groups = merged ? (found.length > 0 ? [found] : []) : found.map((one) => [one]);
  const tasks = groups.map((group) => {
    const epochs = group.map(({ partition, metadata }, slot) => {
      const { topic, partition: number, committed, start } = partition;
      return new PartitionEpoch(
        topic,
        number,
        slot,
        restored(committed?.offset ?? start, metadata),
        options.outOfOrderness,
        autoRelease && stages.length === 0,
        options.onReleased,
        options.assigned,
      );
    });
    const out = Math.max(-Infinity, ...group.map(({ metadata }) => metadata?.out ?? -Infinity));
    const writeAhead = !autoRelease && stages.length > 0;
    const task = new Task(
      epochs,
      stages,
      { maxResults: options.maxResults, maxSteps: stepsThatFit(options.fingerprint), writeAhead, autoRelease, out },
      events,
    );
    group.forEach(({ partition }, slot) => {
      const epoch = epochs[slot];
      if (!epoch || partition.committed || !writeAhead) return;
      const joins = merged && partition.partition >= (founders.get(partition.topic) ?? 0);
      // Without a commit, a founder has given nothing yet and begins from nothing. Any other one joins partitions that may have closed windows before.
      if (joins) epoch.joinsAfter = new Map(epochs.map((other, index) => [other, group[index]?.partition.end ?? 0]));
      else task.begin(epoch);
    });
    return task;
  });
  const { clock, maxResults } = options;
  const free = new FreeWindows(
    tasks.flatMap(({ partitions }) => partitions),
    { clock, maxResults, autoRelease, moved: () => events.moved(), changed: (stage, every) => events.changed?.(stage, every) },
  );
  return { tasks, founders, free };
}

function restored(offset: number, metadata: CommitMetadata | undefined): Restored {
  return {
    offset,
    watermark: metadata?.watermark ?? -Infinity,
    steps: metadata?.steps ?? [],
    ackedThrough: metadata?.ackedThrough ?? offset,
  };
}

function readMetadata(
  { topic, partition, committed, low, end }: AssignedPartition,
  { groupId, fingerprint, onChange }: RestoreOptions,
): CommitMetadata | undefined {
  if (!committed) return undefined;
  const { offset } = committed;
  const place = { topic, partition, offset };
  if (offset < low || offset > end) {
    throw new StreamError(
      'DATA_LOST',
      `group "${groupId}" has committed ${placeOf(place)}, but the partition holds ${low} to ${end}: has retention deleted records before they were read, or was the topic made anew? To go on from another place, reset the group's offsets`,
      { ...place, groupId },
    );
  }
  const metadata = decodeMetadata(offset, committed.metadata);
  if (onChange === 'rebuild') return metadata !== 'unreadable' && metadata?.fingerprint === fingerprint ? metadata : undefined;
  if (metadata === 'unreadable') {
    throw new StreamError(
      'METADATA_UNREADABLE',
      `the commit of group "${groupId}" at ${placeOf(place)} carries metadata of another program or of a newer millrace: does something else commit for this group? With onChange: 'rebuild' windows are rebuilt from the committed offsets`,
      { ...place, groupId },
    );
  }
  if (metadata && metadata.fingerprint !== fingerprint) {
    throw new StreamError(
      'WINDOWS_CHANGED',
      `the windows of group "${groupId}" have changed since its commit at ${placeOf(place)}: they were "${metadata.fingerprint}" and are "${fingerprint}". Use a new groupId, or onChange: 'rebuild' to rebuild windows from the committed offsets, where results may repeat or lack records`,
      { ...place, groupId },
    );
  }
  return metadata;
}
