import { finalize, ignoreElements, lastValueFrom, type Observable, type SchedulerLike, tap } from 'rxjs';
import { StreamError } from '../errors';
import type { Place } from '../records';
import { subscribeAs } from '../run/scope';
import type { Duration } from '../time/duration';
import { FakeKafka } from './fakeKafka';
import type { AppendedRecord, StoredRecord } from './fakeKafkaOptions';
import { VirtualClock } from './clock/virtualClock';

/** What is in a topic: records, which go to partitions by their keys, or the records of each partition. */
export type TopicContents = readonly AppendedRecord[] | readonly (readonly AppendedRecord[])[];

/** Options of `runPipeline`. */
export interface RunPipelineOptions {
  /** What the pipeline reads: the contents of one topic, or of each by name. An empty list makes an empty topic, to write to. */
  readonly records: TopicContents | { readonly [topic: string]: TopicContents };
  /** Partitions of topics whose contents are not given by partition. Default 1. */
  readonly partitions?: number | undefined;
  /** What the clock shows first, as a date or ms since the epoch; records without a timestamp have it. Default 0. */
  readonly start?: number | Date | undefined;
  /** How much virtual time it may take, ms or a duration. Default '1h'. */
  readonly most?: Duration | undefined;
}

/** What the pipeline is built with. */
export interface RunPipelineContext {
  readonly kafka: FakeKafka;
  /** The name of the topic where `records` is a list: 'records'. */
  readonly topic: string;
  /** To be spread into the options of `fromTopic`: read what is there, in a group, on the virtual clock. */
  readonly source: { readonly groupId: string; readonly until: 'latest'; readonly scheduler: SchedulerLike };
  /** The virtual clock, for every operator that takes a scheduler. */
  readonly scheduler: SchedulerLike;
}

/** What came of it. */
export interface PipelineResult<R> {
  /** What the pipeline gave, in order. */
  readonly results: readonly R[];
  /** What the group has committed, by topic and partition; `offset` is the next one to read. */
  readonly commits: readonly Place[];
  /** The records that came after their window had closed, and so were dropped. */
  readonly late: readonly StoredRecord[];
  /** For what else there is to see, such as `kafka.records('counts')`. */
  readonly kafka: FakeKafka;
}

const groupId = 'test';
const onlyTopic = 'records';

/**
 * Runs a pipeline over given records, on a Kafka in memory and a clock of its own, until it has read them all; gives what came of it.
 *
 * Spread `source` into the options of `fromTopic`. It takes no time: a window, a commit or a retry passes as fast as its work is done. An error of the pipeline
 * rejects it.
 *
 * @throws StreamError what the pipeline fails with; `TIMEOUT` if it does not complete; `INVALID_OPTION` for records that a topic has no partition for
 * @since 0.1.0
 * @example
 * ```ts
 * import { commitOffsets, countByKey, fromTopic, text, tumbling } from 'millrace';
 * import { runPipeline } from 'millrace/testing';
 *
 * const { results, commits, late } = await runPipeline(
 *   ({ kafka, topic, source }) =>
 *     fromTopic(kafka, topic, { ...source, key: text }).pipe(countByKey({ window: tumbling('10s') }), commitOffsets()),
 *   { records: [{ key: 'ann', value: 'to', timestamp: 1 }, { key: 'ann', value: 'be', timestamp: 20_000 }, { key: 'ann', value: 'or', timestamp: 2 }] },
 * );
 * console.log(results.map(({ key, value, window }) => [key, value, window.end])); // [['ann', 1, 10000], ['ann', 1, 30000]]
 * console.log(commits[0]?.offset, late[0]?.offset); // 3 2
 * ```
 */
export async function runPipeline<R>(
  build: (context: RunPipelineContext) => Observable<R>,
  { records, partitions = 1, start, most }: RunPipelineOptions,
): Promise<PipelineResult<R>> {
  const scheduler = new VirtualClock({ start });
  const kafka = new FakeKafka({ scheduler, partitions });
  const topics = isList(records) ? { [onlyTopic]: records } : records;
  for (const [topic, contents] of Object.entries(topics)) fill(kafka, topic, contents, partitions);

  const source = { groupId, until: 'latest', scheduler } as const;
  const pipeline$ = build({ kafka, topic: onlyTopic, source, scheduler });
  const results: R[] = [];
  const late: Place[] = [];
  const state = { ended: false };
  // It stands behind the pipeline as an operator would, to hear of what the run drops.
  const completed = subscribeAs({ name: 'runPipeline', late: (place) => late.push(place) }, () =>
    lastValueFrom(
      pipeline$.pipe(
        tap((result) => results.push(result)),
        ignoreElements(),
        finalize(() => (state.ended = true)),
      ),
      { defaultValue: undefined },
    ),
  );
  try {
    await scheduler.until(completed, { most });
  } catch (error) {
    throw state.ended ? error : notCompleted(error);
  }
  await scheduler.idle(); // a pipeline that acks without commitOffsets completes before its last commit

  return {
    results,
    commits: kafka.committed(groupId).map(({ topic, partition, offset }) => ({ topic, partition, offset })),
    late: late.flatMap((place) => kafka.records(place.topic).filter((stored) => samePlace(stored, place))),
    kafka,
  };
}

function fill(kafka: FakeKafka, topic: string, contents: TopicContents, partitions: number): void {
  const byPartition = contents.filter((part): part is readonly AppendedRecord[] => Array.isArray(part));
  if (byPartition.length === 0) {
    kafka.createTopic(topic, { partitions });
    kafka.append(topic, contents as readonly AppendedRecord[]);
    return;
  }
  kafka.createTopic(topic, { partitions: byPartition.length });
  byPartition.forEach((records, partition) =>
    kafka.append(
      topic,
      records.map((record) => ({ ...record, partition })),
    ),
  );
}

function notCompleted(error: unknown): StreamError {
  const report = error instanceof Error ? error.message : String(error);
  const message = `the pipeline did not complete: is ...source among the options of its fromTopic, and does every record reach an ack or commitOffsets? ${report}`;
  return new StreamError('TIMEOUT', message, { cause: error });
}

function isList(records: RunPipelineOptions['records']): records is TopicContents {
  return Array.isArray(records);
}

function samePlace(one: Place, other: Place): boolean {
  return one.topic === other.topic && one.partition === other.partition && one.offset === other.offset;
}
