import { placeOf, StreamError } from '../errors';
import type { Place } from '../records';
import type { PartitionEpoch } from './partitionEpoch';
import type { Pin } from './pin';

type TopicPartition = Omit<Place, 'offset'>;

/** Two `commitOffsets` stand in one pipeline. */
export function commitsTwice(): StreamError {
  return new StreamError(
    'INVALID_OPTION',
    'commitOffsets is in this pipeline twice: what the first has acked the second cannot; keep the last one',
  );
}

/** `commitOffsets` stands behind a source without a group. */
export function commitsForNobody(): StreamError {
  return new StreamError('INVALID_OPTION', 'commitOffsets needs a group to commit for: give fromTopic a groupId');
}

/** Two `assignTimestamps` stand in one pipeline. */
export function timeAssignedTwice(): StreamError {
  return new StreamError(
    'INVALID_OPTION',
    'assignTimestamps is in this pipeline twice: event time can follow only one of them; make the timestamp in one callback',
  );
}

/** `assignTimestamps` takes the results of windows. */
export function timeAfterWindows(): StreamError {
  return new StreamError(
    'UNSUPPORTED',
    'assignTimestamps takes the results of a window: their time is that of the window, by which later windows know when all of them have come. Put it before the first window; toTopic has a timestamp option for what is written',
  );
}

/** `assignTimestamps` was subscribed after its source, which goes by other timestamps. */
export function timeAssignedUnforeseen(place: Place): StreamError {
  return new StreamError(
    'UNSUPPORTED',
    `assignTimestamps learned of its source only from ${placeOf(place)}, too late for event time to follow it: subscribe source and assignTimestamps in one go, without share, a Subject or a switchMap between them`,
    place,
  );
}

/** The record at `offset` came to `assignTimestamps` after one that lies behind it, at `after`. */
export function timeOutOfOrder({ topic, partition }: TopicPartition, offset: number, after: number): StreamError {
  const place = { topic, partition, offset };
  return new StreamError(
    'UNSUPPORTED',
    `${placeOf(place)} came to assignTimestamps after ${placeOf({ topic, partition, offset: after })}: what is late would depend on the order. Put assignTimestamps before what changes the order of records (mergeMap, delayWhen, groupBy), or use concatMap there`,
    place,
  );
}

/** `from: 'committed'`, and the partition has no commit. */
export function nothingCommitted({ topic, partition }: TopicPartition, groupId: string | undefined): StreamError {
  return new StreamError(
    'INVALID_OPTION',
    `group "${groupId}" has committed nothing for ${topic}[${partition}], and from is 'committed': use 'earliest' or 'latest' for the first run`,
    { topic, partition, groupId },
  );
}

/** Only `own` of `all` partitions were assigned, for `patience` ms. */
export function partitionsMissing(own: number, all: number, patience: number, groupId: string | undefined): StreamError {
  return new StreamError(
    'PARTITIONS_ELSEWHERE',
    `this pipeline merges windows over all ${all} partitions, but for ${patience} ms the group "${groupId}" has given it only ${own}: is another program a member of the group? Give it a group of its own`,
    { groupId },
  );
}

/** Another member offers no assignor that leaves all partitions with one owner. */
export function groupSharesOut(groupId: string | undefined, cause: unknown): StreamError {
  return new StreamError(
    'PARTITIONS_ELSEWHERE',
    `this pipeline merges windows over all partitions and must be the one owner of them, but the group "${groupId}" shares them out: is another program a member of it? Give this pipeline a group of its own`,
    { groupId, cause },
  );
}

/** Retention was faster than the reader: `place` is where the run stands, `low` the first offset that is left. */
export function recordsDeleted(place: Place, low: number, groupId: string | undefined): StreamError {
  return new StreamError(
    'DATA_LOST',
    `the records from ${placeOf(place)} to ${low} were deleted before they were read: is retention shorter than the reader's lag?`,
    { ...place, groupId },
  );
}

/** The group was rebalanced after the Observable had completed, and before what it gave was acked. */
export function rebalancedUnacked(groupId: string | undefined): StreamError {
  return new StreamError(
    'COMMIT_FAILED',
    `the group "${groupId}" was rebalanced before the last results were acked: what they came from will be read again`,
    { groupId, retriable: true },
  );
}

/** The commit that ends a run was not stored. */
export function lastCommitFailed(groupId: string | undefined): StreamError {
  return new StreamError(
    'COMMIT_FAILED',
    `the last commit of group "${groupId}" failed: what was read since the one before it will be read again. Is the coordinator reachable, or was the group rebalanced just then?`,
    { groupId, retriable: true },
  );
}

/** `drainTimeout` (ms) is over; tells how many records of each partition are out, and from where on. */
export function drainTooLong(epochs: readonly PartitionEpoch[], drainTimeout: number, groupId: string | undefined): StreamError {
  const left = epochs.filter(({ inFlight }) => inFlight > 0).map(({ inFlight, oldest }) => `${inFlight} from ${oldest?.where ?? ''}`);
  return new StreamError(
    'TIMEOUT',
    `the drain did not finish in ${drainTimeout} ms; un-released: ${left.join(', ') || 'results of windows'}. They will be read again. Is the sink slower than drainTimeout?`,
    { groupId },
  );
}

/** Nothing was released for `stallAfter` ms. Names the oldest record that is out; without one, the result of a window, as it is given in words. */
export function stalled(
  epochs: readonly PartitionEpoch[],
  stallAfter: number,
  groupId: string | undefined,
  result = 'a result of a window',
): StreamError {
  const oldest = epochs.map((epoch) => epoch.oldest).find((record) => record);
  const what = oldest ? `the oldest un-released record is ${oldest.where}` : `what is not released is ${result}`;
  return new StreamError(
    'STALLED',
    `nothing was released for ${stallAfter} ms and no credit is left; ${what}. Does an operator swallow records without releasing them (filter, take, bufferCount, distinct, debounceTime)? Use filterRecords; or is ack() or commitOffsets() missing at the end? A sink that is only slow needs a larger stallAfter`,
    { topic: oldest?.epoch.topic, partition: oldest?.epoch.partition, offset: oldest?.offset, groupId },
  );
}

/** More records than `maxReplay` lie between what can be committed, `offset`, and the position of this partition. */
export function replayTooLong(
  { topic, partition, position }: PartitionEpoch,
  offset: number,
  pin: Pin | undefined,
  maxReplay: number,
  groupId: string | undefined,
): StreamError {
  const place = { topic, partition, offset };
  return new StreamError(
    'REPLAY_TOO_LONG',
    `${position - offset} records from ${placeOf(place)} on would be read again after a crash, and maxReplay is ${maxReplay}: they are held by ${heldBy(pin)} A higher maxReplay allows more`,
    { ...place, groupId },
  );
}

/** A record has been held for `held` ms, which is more than half of what its topic keeps records for. */
export function heldTooLong(
  { topic, partition }: PartitionEpoch,
  offset: number,
  pin: Pin | undefined,
  { held, retention }: { readonly held: number; readonly retention: number },
  groupId: string | undefined,
): StreamError {
  const place = { topic, partition, offset };
  return new StreamError(
    'REPLAY_TOO_LONG',
    `${placeOf(place)} was read ${held} ms ago and cannot be committed, and the topic keeps records for ${retention} ms (retention.ms): if it is deleted before, a crash loses what it counts in. It is held by ${heldBy(pin)} A longer retention.ms gives more time; maxReplay: Infinity does without this limit`,
    { ...place, groupId },
  );
}

function heldBy(pin: Pin | undefined): string {
  return pin ? `${pin.what}. ${pin.check}` : 'something that has let go meanwhile.';
}

/** The step that ends a bounded read does not fit into the metadata of this partition. */
export function endHasNoRoom({ topic, partition, position, steps }: PartitionEpoch, groupId: string | undefined): StreamError {
  const place = { topic, partition, offset: position };
  return new StreamError(
    'STATE_FULL',
    `the end of the reading cannot be recorded for ${placeOf(place)}: ${steps.length} steps, one for each time that windows closed without a record, fill its commit metadata. Is a window so long that the topic goes quiet that often within it? A larger idleAfter makes fewer steps; atEnd: 'hold' needs none`,
    { ...place, groupId },
  );
}

/** Windows that follow from several records, or from what is in them, are not the first of the pipeline: where a result goes must be known before the result is. */
export function windowsUnforeseen(operator: string): StreamError {
  return new StreamError(
    'UNSUPPORTED',
    `${operator} has sessions, sliding windows or a window of your own, and takes the results of another window: put it first, or give it tumbling, hopping or calendar`,
  );
}

/** Windows without records are known only when a later one closes, and by then the next operator may have closed the windows that they belong to. */
export function windowsFilledTooLate(operator: string): StreamError {
  return new StreamError(
    'UNSUPPORTED',
    `${operator} gives windows without records (emptyWindows) to another window, which may have closed before they are known: leave emptyWindows out, or put that window first`,
  );
}

/** An operator keeps more than it may. */
export function stateFull(
  operator: string,
  { size, firstEnd, lastEnd }: { readonly size: number; readonly firstEnd: number; readonly lastEnd: number },
  limit: { readonly states?: number; readonly bytes?: number },
): StreamError {
  const what = limit.states === undefined ? `about ${String(limit.bytes)} bytes (maxBytes)` : `${limit.states} keys (maxKeys)`;
  return new StreamError(
    'STATE_FULL',
    `${operator} has reached its limit of ${what}: it keeps ${size} states, one for each key of each open window and partition, in windows that end from ${firstEnd} to ${lastEnd}. Are there more keys than you thought, is grace or the window too long, or does one partition lag behind so that windows stay open (maxSkew)? A higher limit takes more memory; onFull: 'emitEarly' gives parts of results early`,
  );
}

/** Windows that the watermark closes, behind one that ends when it pleases. */
export function windowsAfterFree(operator: string, before: string): StreamError {
  return new StreamError(
    'UNSUPPORTED',
    `${operator} closes its windows by event time, but takes the results of ${before}, which come at the end of the source or by the clock: give ${before} a window of event time, or ${operator} none`,
  );
}
