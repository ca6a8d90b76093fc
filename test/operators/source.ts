import { asyncScheduler, from, Observable } from 'rxjs';
import type { KafkaRecord } from '../../src/records';
import { FreeWindows } from '../../src/run/freeWindows';
import { PartitionEpoch } from '../../src/run/partitionEpoch';
import { type Participant, participantsDownstream, type RunHandle } from '../../src/run/scope';
import { Task } from '../../src/run/task';
import type { Clock } from '../../src/time/clock';

/** What a record is made of; the place is that of the next offset of its partition. */
export interface Row<K, V> {
  readonly key: K;
  readonly value: V;
  /** ms. Default 0. */
  readonly timestamp?: number;
  /** Default 0. */
  readonly partition?: number;
}

/** The partitions of the topic `t`, as a run tracks them. */
export class Topic {
  readonly epochs: readonly PartitionEpoch[];

  constructor(partitions = 1, onReleased: (epoch: PartitionEpoch) => void = () => undefined) {
    this.epochs = Array.from(
      { length: partitions },
      (_, slot) =>
        new PartitionEpoch('t', slot, slot, { offset: 0, watermark: -Infinity, steps: [], ackedThrough: 0 }, 0, false, onReleased),
    );
  }

  /** A record as `fromTopic` delivers it: it has taken a credit. */
  record<V, K = string>({ key, value, timestamp = 0, partition = 0 }: Row<K, V>): KafkaRecord<K, V> {
    const epoch = this.#epoch(partition);
    const offset = epoch.position;
    const share = epoch.deliver(offset, timestamp, 1);
    return { key, value, timestamp, headers: { trace: 'h' }, topic: 't', partition, offset, '~provenance': share };
  }

  /** The first of several records of the key `k`, and so on. */
  records<V>(...values: readonly V[]): KafkaRecord<string, V>[] {
    return values.map((value) => this.record({ key: 'k', value }));
  }

  /** Offsets of the partition that are not released, as far as a commit can tell: it goes to the first of them. */
  committable(partition = 0): number {
    const epoch = this.#epoch(partition);
    return epoch.oldest?.offset ?? epoch.position;
  }

  #epoch(partition: number): PartitionEpoch {
    const epoch = this.epochs[partition];
    if (!epoch) throw new Error(`the topic has no partition ${partition}`);
    return epoch;
  }
}

/** What the source found when it was subscribed. */
export interface Found {
  participants?: readonly Participant[];
  task?: Task;
  /** What the operators are told to wait for. */
  finished?: Promise<void>;
  /** The clock that operators find there. */
  clock?: Clock;
}

/** A bounded read, as a run does it: it finds its operators, delivers everything, closes what is open, and completes. */
export function read<V, K = string>(rows: readonly Row<K, V>[] | Observable<Row<K, V>>, found: Found = {}): Observable<KafkaRecord<K, V>> {
  return new Observable((subscriber) => {
    const topic = new Topic(2, (epoch) => task.advanced(epoch));
    const participants = participantsDownstream();
    const task = new Task(
      topic.epochs,
      [...participants].reverse().flatMap(({ stage }) => stage ?? []),
      { maxResults: 1_000, maxSteps: 10, writeAhead: false, autoRelease: false, out: -Infinity },
      {
        commitWanted: () => undefined,
        moved: () => undefined,
        missed: () => undefined,
        closing: () => undefined,
        changed: (stage, every) => void (found.clock ?? asyncScheduler).schedule(() => stage.update(), every),
      },
    );
    const clock = found.clock ?? asyncScheduler;
    new FreeWindows(topic.epochs, {
      clock,
      maxResults: 1_000,
      autoRelease: false,
      moved: () => undefined,
      changed: (stage, every) => void clock.schedule(() => stage.update(), every),
    });
    Object.assign(found, { participants, task });
    for (const participant of participants) participant.attach?.(handleOf(found));
    const close = () => {
      for (let step = task.endStep, before = -Infinity; step !== undefined && step > before; step = task.endStep) {
        task.stepAll(step);
        before = step;
      }
      subscriber.complete();
    };
    subscriber.add(
      from(rows).subscribe({
        next: (row) => {
          const record = topic.record(row);
          subscriber.next(record);
          const epoch = topic.epochs[record.partition];
          if (epoch) task.advanced(epoch);
        },
        error: (error: unknown) => subscriber.error(error),
        complete: close,
      }),
    );
  });
}

function handleOf({ finished = Promise.resolve(), clock = asyncScheduler }: Found): RunHandle {
  return { whenFinished: (done, failed) => void finished.then(done, failed), clock };
}

/** What came out: the elements, or what it failed with. */
export function outcome<T>(source: Observable<T>): { readonly values: T[]; readonly error?: unknown; readonly completed: boolean } {
  const values: T[] = [];
  const result: { values: T[]; error?: unknown; completed: boolean } = { values, completed: false };
  source.subscribe({
    next: (value) => void values.push(value),
    error: (error: unknown) => (result.error = error),
    complete: () => (result.completed = true),
  });
  return result;
}
