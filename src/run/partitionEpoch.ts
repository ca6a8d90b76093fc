import { placeOf } from '../errors';
import type { FreeWindows } from './freeWindows';
import { Share, type ShareRoot } from './share';
import type { Stage } from './stage';

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

/** A record that has been delivered and is not yet released. */
export class Delivered implements ShareRoot {
  readonly kind = 'record';
  shares = 0;
  released = false;

  constructor(
    readonly epoch: PartitionEpoch,
    readonly offset: number,
    /** The watermark of its partition as it was before it, ms: by this it is judged, wherever and whenever it arrives. */
    readonly stamp: number,
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
  #unreleased: Delivered[] = [];
  #head = 0;
  #afterLastRecord: number;

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
  ) {
    this.position = restored.offset;
    this.#afterLastRecord = restored.offset;
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
    if (timestamp > this.newest) this.newest = timestamp;
    const reached = timestamp - this.outOfOrderness;
    if (this.steps.length > 0) {
      // A step is forgotten when the record it stands before reaches it by its own timestamp: from then on it judges nothing.
      this.steps = this.steps.filter((step) => step.offset < this.#afterLastRecord || step.offset > offset || step.watermark > reached);
    }
    this.#afterLastRecord = this.position;
    if (reached > this.watermark) this.watermark = reached;
    if (this.steps.length > 0) this.takeSteps();
    return new Share(delivered);
  }

  /** Moves past offsets that hold no record of ours: compacted away, aborted, or a transaction's markers. */
  skipTo(offset: number): void {
    if (offset <= this.position) return;
    this.position = offset;
    if (this.steps.length > 0) this.takeSteps();
  }

  /** What the record at `offset`, the next to be delivered, goes by where its own timestamp is bad: the newest before it, or what a step has moved time to. */
  timeBefore(offset: number): number {
    this.skipTo(offset);
    return this.watermark + this.outOfOrderness; // and not `newest`, which a later life cannot know where a step has overtaken it
  }

  /** Gives the credit back. */
  release(delivered: Delivered): void {
    if (this.ended || delivered.released) return;
    delivered.released = true;
    this.inFlight--;
    this.bytesInFlight -= delivered.bytes;
    this.releases++;
    const queue = this.#unreleased;
    while (this.#head < queue.length && queue[this.#head]?.released) this.#head++;
    if (this.#head === queue.length) {
      queue.length = 0;
      this.#head = 0;
    } else if (this.#head > 1_024 && this.#head * 2 > queue.length) {
      this.#unreleased = queue.slice(this.#head);
      this.#head = 0;
    }
    this.onReleased(this);
  }

  /** The oldest record that is not released. */
  get oldest(): Delivered | undefined {
    return this.#unreleased[this.#head];
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

  /** Steps in force at this position: those of earlier lives again at their offset, and acknowledged ones of this life. */
  takeSteps(): void {
    for (const step of this.steps) {
      if (step.offset <= this.position && step !== this.gate && step.watermark > this.watermark) this.watermark = step.watermark;
    }
  }
}
