import type { GroupReader, TopicPartition } from '../kafka/groupReader';
import type { Place } from '../records';
import type { AssignedPartition } from './restore';
import { nothingCommitted } from './runErrors';

/** Where a partition without a commit starts. */
export type Beginning = 'earliest' | 'latest' | 'committed' | { readonly timestamp: number } | { readonly offsets: readonly Place[] };

/** Where a bounded read ends, exclusive. */
export type Ending = 'latest' | { readonly timestamp: number } | { readonly offsets: readonly Place[] };

type Bounds = ReadonlyMap<string, readonly { readonly partition: number; readonly low: number; readonly end: number }[]>;

/** A partition as a key of maps. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic} ${partition}`;
}

/** The first offset of each partition and the one after its last, by topic. */
export async function boundsOf(topics: readonly string[], reader: GroupReader): Promise<Bounds> {
  return new Map(await Promise.all(topics.map(async (topic) => [topic, await reader.bounds(topic)] as const)));
}

/** Where each partition starts if it has no commit; those that `offsets` does not name start at the earliest record. */
export async function startOf(
  from: Beginning,
  topics: readonly string[],
  reader: GroupReader,
  bounds: Bounds,
): Promise<(topic: string, partition: number) => number> {
  const at = new Map<string, number>();
  if (typeof from === 'object' && 'timestamp' in from) {
    for (const topic of topics)
      for (const { partition, offset } of await reader.offsetsAt(topic, from.timestamp)) at.set(nameOf({ topic, partition }), offset);
  } else if (typeof from === 'object') {
    for (const { topic, partition, offset } of from.offsets) at.set(nameOf({ topic, partition }), offset);
  }
  return (topic, partition) => {
    const bound = bounds.get(topic)?.find((other) => other.partition === partition);
    return at.get(nameOf({ topic, partition })) ?? (from === 'latest' ? bound?.end : bound?.low) ?? 0;
  };
}

/** What is known of the partitions that were assigned: their commits, their bounds, and where to begin without a commit. */
export async function foundOf(
  assigned: readonly TopicPartition[],
  { from, groupId }: { readonly from: Beginning; readonly groupId: string | undefined },
  topics: readonly string[],
  reader: GroupReader,
): Promise<AssignedPartition[]> {
  const commits = groupId === undefined ? [] : await reader.committed(topics);
  const bounds = await boundsOf(topics, reader);
  const starts = await startOf(from, topics, reader, bounds);
  return assigned.map(({ topic, partition }) => {
    const { low, end } = bounds.get(topic)?.find((other) => other.partition === partition) ?? { low: 0, end: 0 };
    const committed = commits.find((other) => other.topic === topic && other.partition === partition) ?? null;
    if (!committed && from === 'committed') throw nothingCommitted({ topic, partition }, groupId);
    return { topic, partition, committed, start: starts(topic, partition), low, end };
  });
}

/** Where each partition of a bounded read ends, by `topic partition`; empty if the read is not bounded. Those that `offsets` does not name end where they end now. */
export async function endsOf(until: Ending | undefined, topics: readonly string[], reader: GroupReader): Promise<Map<string, number>> {
  const ends = new Map<string, number>();
  if (until === undefined) return ends;
  for (const topic of topics) {
    for (const { partition, end } of await reader.bounds(topic)) ends.set(nameOf({ topic, partition }), end);
    if (typeof until === 'object' && 'timestamp' in until) {
      for (const { partition, offset } of await reader.offsetsAt(topic, until.timestamp)) ends.set(nameOf({ topic, partition }), offset);
    }
  }
  if (typeof until === 'object' && 'offsets' in until)
    for (const { topic, partition, offset } of until.offsets) ends.set(nameOf({ topic, partition }), offset);
  return ends;
}

/** Where each partition stands for the group, by `topic partition`: at its commit, or else where it would start. */
export async function standingOf(from: Beginning, topics: readonly string[], reader: GroupReader): Promise<Map<string, number>> {
  const bounds = await boundsOf(topics, reader);
  const starts = await startOf(from, topics, reader, bounds);
  const standing = new Map<string, number>();
  for (const [topic, partitions] of bounds)
    for (const { partition } of partitions) standing.set(nameOf({ topic, partition }), starts(topic, partition));
  for (const { topic, partition, offset } of await reader.committed(topics)) standing.set(nameOf({ topic, partition }), offset);
  return standing;
}
