import { nonRetriableError } from '../network/fakeErrors';
import type { TopicPartitions } from './fakePauses';

/** Refuses a place without a topic or with a partition that is no number. */
export function checkPlace(topic: string, partition: number): void {
  if (!topic) throw nonRetriableError(`Invalid topic ${topic}`);
  if (isNaN(partition)) throw nonRetriableError(`Invalid partition, expected a number received ${partition}`);
}

/** Refuses what is no whole number, or less than is allowed. */
export function checkOffset(offset: string, least: number): void {
  if (!/^-?\d+$/.test(offset)) throw nonRetriableError(`Invalid offset, expected a long received ${offset}`);
  if (Number(offset) < least) throw nonRetriableError('Offset must not be a negative number');
}

/** Refuses what is not to be paused or resumed. */
export function checkPartitions({ topic, partitions }: TopicPartitions): void {
  if (!topic) throw nonRetriableError(`Invalid topic ${topic}`);
  if (partitions !== undefined && (!Array.isArray(partitions) || partitions.some(isNaN))) {
    throw nonRetriableError(`Array of valid partitions required to pause specific partitions instead of ${String(partitions)}`);
  }
}
