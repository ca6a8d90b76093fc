import { placeOf } from '../errors';
import type { FreeWindows } from './freeWindows';
import { timeOutOfOrder } from './runErrors';
import { Share, type ShareRoot } from './share';
import type { Stage } from './stage';
import { Unreleased } from './unreleased';

/** A move of the watermark that does not follow from a timestamp: in force from just before the record at `offset`. */
export interface Step {
  readonly offset: number;
  /** ms */
  readonly watermark: number;
}

/** What is known of a partition when an epoch begins: what was committed, or nothing yet. */
export interface Restored {
  /** The next offset to read. */
  readonly offset: number;
  /** The watermark just before it, ms. */
  readonly watermark: number;
  /** Forced steps at later offsets. */
  readonly steps: readonly Step[];
  /** Records below this have given their own outputs already. */
  readonly ackedThrough: number;
}

/** Where event time is assigned on the way, and not by the source: what the epoch is told of each timestamp. */
export interface AssignedTime {
  /** The timestamp that an element of the record goes by; undefined if it is to be dropped. Throws `BAD_TIMESTAMP`. */
  timeOf(timestamp: number, epoch: PartitionEpoch, offset: number): number | undefined;
  /** The newest timestamp may have moved. */
  moved(epoch: PartitionEpoch): void;
}

/** A record that has been delivered and is not yet released. */
export class Delivered implements ShareRoot {
  readonly kind = 'record';
  shares = 0;
  released = false;
  /** Where time is assigned on the way: it has been there. */
  timed = false;

  constructor(
    readonly epoch: PartitionEpoch,
    readonly offset: number,
    /**
     * The watermark of its partition as it was before it, ms: by this it is judged, wherever and whenever it arrives. Where time is assigned on the way, it is
     * known when the record is there, or when all before it have been there or are released.
     */
    public stamp: number,
    readonly bytes: number,
  ) {}

  get ended(): boolean {
    return this.epoch.ended;
  }

  get autoRelease(): boolean {
    return this.epoch.autoRelease;
  }

  get stages(): readonly Stage[] {
    return this.epoch.stages;
  }

  get free(): FreeWindows | undefined {
    return this.epoch.free;
  }

  get slot(): number {
    return this.epoch.slot;
  }

  get where(): string {
    return placeOf({ topic: this.epoch.topic, partition: this.epoch.partition, offset: this.offset });
  }

  spent(): void {
    if (this.shares === 0) this.epoch.release(this);
  }
}

/**
 * One assignment of a partition: what has been delivered, what is released, and how far its event time has come.
 *
 * Pure: no client, no clock. The position moves by `deliver` and `skipTo`, the watermark by timestamps and by steps.
 */
export class PartitionEpoch {
  /** Acks, and commits, of an ended epoch do nothing (L4). */
  ended = false;
  /** Nothing to read for long enough: windows do not wait for it. */
  idle = false;
  /** The step whose commit is not acknowledged yet; until then nothing is delivered. */
  gate: Step | null = null;
  /** While a partition joins others that have a past: where those must come first, by partition. */
  joinsAfter: ReadonlyMap<PartitionEpoch, number> | null = null;
  /** The next offset to deliver. */
  position: number;
  /** ms; no record with an earlier timestamp is expected. */
  watermark: number;
  /** The newest timestamp, ms. */
  newest: number;
  steps: Step[];
  /** Set by the task it belongs to. */
  stages: readonly Stage[] = [];
  /** Those of the assignment. */
  free: FreeWindows | undefined;
  /** Its place among all partitions of the assignment. */
  freeSlot = 0;
  inFlight = 0;
  bytesInFlight = 0;
  /** Released in this epoch, for cadence by count and for the stall clock. */
  releases = 0;
  readonly ackedBefore: number;
  readonly #unreleased = new Unreleased();
  #afterLastRecord: number;
  /** The last record that was given its time on the way. */
  #lastTimed: number;
  /** The stamp of it, ms. */
  #lastStamp = -Infinity;
  /** The least time that one of its elements was given, ms. */
  #leastTime = Infinity;

  constructor(
    readonly topic: string,
    readonly partition: number,
    /** Its place among the partitions of its task. */
    readonly slot: number,
    restored: Restored,
    private readonly outOfOrderness: number,
    /** Records are released when they have been delivered: a run without a group and without windows. */
    readonly autoRelease: boolean,
    private readonly onReleased: (epoch: PartitionEpoch) => void = () => undefined,
    /** Event time is assigned on the way: the timestamps that records are delivered with move nothing. */
    readonly assigned?: AssignedTime | undefined,
  ) {
    this.position = restored.offset;
    this.#afterLastRecord = restored.offset;
    this.#lastTimed = restored.offset - 1;
    this.watermark = restored.watermark;
    this.newest = restored.watermark === -Infinity ? -Infinity : restored.watermark + outOfOrderness;
    this.steps = [...restored.steps];
    this.ackedBefore = restored.ackedThrough;
    this.takeSteps();
  }

  /** Takes a credit: stamps the record at `offset`, moves past it, and gives its first share. */
  deliver(offset: number, timestamp: number, bytes: number): Share {
    this.skipTo(offset);
    const delivered = new Delivered(this, offset, this.watermark, bytes);
    this.#unreleased.push(delivered);
    this.inFlight++;
    this.bytesInFlight += bytes;
    this.position = offset + 1;
    this.idle = false;
    if (this.assigned) return new Share(delivered);
    this.#forgetSteps(offset, timestamp);
    this.#moveTo(timestamp);
    if (this.steps.length > 0) this.takeSteps();
    return new Share(delivered);
  }

  /**
   * An element of a record has come to where event time is assigned: stamps the record, if it is the first of it, and moves the newest timestamp. Gives the time
   * that the element goes by; undefined if it is to be dropped.
   *
   * Records must come in the order of their offsets, or what is late would depend on the order.
   */
  assignTime(delivered: Delivered, timestamp: number): number | undefined {
    if (this.ended || !this.assigned) return timestamp;
    const { offset } = delivered;
    if (offset < this.#lastTimed) throw timeOutOfOrder(this, offset, this.#lastTimed);
    if (offset > this.#lastTimed) {
      // Only now all elements of the record before are known: a step judges each of them, so it may be forgotten when the least reaches it.
      if (this.#leastTime < Infinity) this.#forgetSteps(this.#lastTimed, this.#leastTime);
      this.#leastTime = Infinity;
      this.#lastTimed = offset;
      delivered.timed = true;
      if (this.steps.length > 0) this.takeSteps(offset);
      this.#lastStamp = delivered.stamp = this.watermark;
    }
    const time = this.assigned.timeOf(timestamp, this, offset);
    if (time === undefined) return undefined;
    if (time < this.#leastTime) this.#leastTime = time;
    this.#moveTo(time);
    if (this.steps.length > 0) this.takeSteps();
    this.assigned.moved(this);
    return time;
  }

  /**
   * A step is forgotten when the record it stands before reaches it by its own timestamp: from then on it judges nothing. Not so where windows of that record
   * begin before it: the step may have closed them.
   */
  #forgetSteps(offset: number, timestamp: number): void {
    if (this.steps.length > 0 && !this.stages.some(({ definition }) => definition.reachesBack)) {
      const reached = timestamp - this.outOfOrderness;
      this.steps = this.steps.filter((step) => step.offset < this.#afterLastRecord || step.offset > offset || step.watermark > reached);
    }
    this.#afterLastRecord = offset + 1;
  }

  #moveTo(timestamp: number): void {
    if (timestamp > this.newest) this.newest = timestamp;
    const reached = timestamp - this.outOfOrderness;
    if (reached > this.watermark) this.watermark = reached;
  }

  /** Moves past offsets that hold no record of ours: compacted away, aborted, or a transaction's markers. */
  skipTo(offset: number): void {
    if (offset <= this.position) return;
    this.position = offset;
    if (this.steps.length > 0) this.takeSteps();
  }

  /**
   * What the record at `offset`, the next to be delivered or the last to be given its time, goes by where its own timestamp is bad: the newest before it, or
   * what a step has moved time to.
   */
  timeBefore(offset: number): number {
    this.skipTo(offset);
    const watermark = this.assigned ? this.#lastStamp : this.watermark;
    return watermark + this.outOfOrderness; // and not `newest`, which a later life cannot know where a step has overtaken it
  }

  /** Gives the credit back. */
  release(delivered: Delivered): void {
    if (this.ended || delivered.released) return;
    delivered.released = true;
    this.inFlight--;
    this.bytesInFlight -= delivered.bytes;
    this.releases++;
    const wasOldest = this.oldest === delivered;
    if (wasOldest) this.#unreleased.trim();
    if (this.assigned) {
      if (this.steps.length > 0) this.takeSteps();
      if (wasOldest) this.#stampOldest();
    }
    this.onReleased(this);
  }

  /** Where time is assigned on the way, and the oldest record has not been there: all before it have, or never will. So the watermark before it is known. */
  #stampOldest(): void {
    const { oldest } = this;
    if (!oldest || oldest.timed) return;
    // One that has overtaken it has moved the watermark; its own stamp is what was before.
    const overtook = oldest.offset < this.#lastTimed ? this.#unreleased.firstTimed : undefined;
    oldest.stamp = overtook?.stamp ?? this.watermark;
  }

  /** The oldest record that is not released. */
  get oldest(): Delivered | undefined {
    return this.#unreleased.oldest;
  }

  /** The watermark as far as records have arrived: the stamp of the oldest that is still on its way (mapAsync, delay), or the partition's own. */
  get arrivedWatermark(): number {
    return this.oldest?.stamp ?? this.watermark;
  }

  /** Below this, records have no output of their own left to give. */
  get ackedThrough(): number {
    return Math.max(this.ackedBefore, this.oldest?.offset ?? this.position);
  }

  /** Puts a step at the position; of several at one offset the last is the highest. It is in force when `takeSteps` finds it without a gate. */
  addStep(watermark: number): Step {
    const step = { offset: this.position, watermark };
    this.steps = [...this.steps.filter((other) => other.offset !== step.offset), step];
    return step;
  }

  /** All records before this have been given their times, at delivery or on the way, or never will be. */
  get timedThrough(): number {
    return (this.assigned && this.#unreleased.firstBehind(this.#lastTimed)?.offset) ?? this.position;
  }

  /** Steps in force at this position: those of earlier lives again at their offset, and acknowledged ones of this life. */
  takeSteps(through = this.timedThrough): void {
    for (const step of this.steps) {
      if (step.offset <= through && step !== this.gate && step.watermark > this.watermark) this.watermark = step.watermark;
    }
  }
}
