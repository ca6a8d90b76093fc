import type { KafkaMessage } from '../../src/kafka/client';
import type { TimeWindow } from '../../src/records';
import type { Lane } from '../../src/run/lane';
import { type Delivered, PartitionEpoch, type Restored } from '../../src/run/partitionEpoch';
import type { Share } from '../../src/run/share';
import { Task, type TaskOptions } from '../../src/run/task';
import type { WindowedStage } from '../../src/run/windowedStage';
import type { WindowShape } from '../../src/time/windowShape';
import { tumbling } from '../../src/time/tumbling';
import { lastEndOf, tableFor } from '../../src/run/tables/tableFor';
import { reducing } from '../time/reducing';

/** As in a run, a task hears of what is released. */
const taskOfEpoch = new WeakMap<PartitionEpoch, Task>();

/** A partition that begins at its first record, unless said otherwise. */
export function partition(restored: Partial<Restored> = {}, { slot = 0, outOfOrderness = 0, autoRelease = false } = {}): PartitionEpoch {
  const { offset = 0, watermark = -Infinity, steps = [], ackedThrough = offset } = restored;
  return new PartitionEpoch('t', slot, slot, { offset, watermark, steps, ackedThrough }, outOfOrderness, autoRelease, (epoch) =>
    taskOfEpoch.get(epoch)?.advanced(epoch),
  );
}

/** A result on its way to where it goes next. */
export interface Given {
  readonly key: unknown;
  readonly value: unknown;
  readonly window: TimeWindow;
  readonly share: Share;
}

interface SummingOptions {
  readonly grace?: number;
  readonly shape?: WindowShape<unknown>;
  readonly onGiven?: ((given: Given) => void) | undefined;
}

/** A windowed operator that sums numbers; what it gives is in `given`. */
export interface Summing extends WindowedStage {
  readonly given: Given[];
  readonly failures: unknown[];
}

export function summing(size: number, { grace = 0, shape = tumbling(size), onGiven = () => undefined }: SummingOptions = {}): Summing {
  const given: Given[] = [];
  const failures: unknown[] = [];
  return {
    name: `sum of ${size} ms`,
    lastEndOf: lastEndOf(shape),
    table: (options) => tableFor(shape, options),
    grace,
    folding: reducing<number>((a, b) => a + b),
    fingerprint: `sum ${size}`,
    emit: ({ key, value, window }, _, share) => {
      const result = { key, value, window, share };
      given.push(result);
      onGiven(result);
    },
    fail: (error) => void failures.push(error),
    given,
    failures,
  };
}

/** A task over partitions that need no first commit, with what it told the run. */
export function taskOf(
  partitions: readonly PartitionEpoch[],
  stages: readonly WindowedStage[],
  options: Partial<TaskOptions> = {},
): Task & { readonly told: string[]; readonly lateRecords: Delivered[] } {
  const told: string[] = [];
  const late: Delivered[] = [];
  const task = new Task(
    partitions,
    stages,
    { maxResults: 1_000, maxSteps: 10, writeAhead: true, autoRelease: false, out: -Infinity, ...options },
    {
      commitWanted: () => void told.push('commit wanted'),
      moved: () => void told.push('moved'),
      missed: (record) => void late.push(record),
      closing: () => undefined,
    },
  );
  for (const epoch of partitions) taskOfEpoch.set(epoch, task);
  return Object.assign(task, { told, lateRecords: late });
}

/** Delivers the next record of the partition, with the first windowed operator folding it. */
export function fold(task: Task, epoch: PartitionEpoch, timestamp: number, key: unknown = 'k', value: unknown = 1): void {
  const share = epoch.deliver(epoch.position, timestamp, 1);
  task.stages[0]?.fold(share, timestamp, key, value);
  task.advanced(epoch);
}

/** A message as a fetch gives it. */
export function message(offset: number, timestamp = 0): KafkaMessage {
  return { key: null, value: null, timestamp: String(timestamp), offset: String(offset) };
}

export function messages(from: number, count: number): KafkaMessage[] {
  return Array.from({ length: count }, (_, index) => message(from + index));
}

/** Offsets that wait in the lane, in order; empties it. */
export function take(lane: Lane): string[] {
  const offsets: string[] = [];
  for (let next = lane.peek(); next; next = lane.peek()) {
    offsets.push(next.offset);
    lane.shift();
  }
  return offsets;
}
