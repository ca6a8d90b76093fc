import type { SchedulerLike } from 'rxjs';
import type { KafkaMessage } from '../kafka/client';
import type { Lane } from './lane';
import { macrotask } from './macrotask';

/** What the pump needs of the run. */
export interface PumpHost {
  readonly lanes: readonly Lane[];
  /** Whether records may be delivered at all. */
  readonly pumping: boolean;
  readonly maxInFlight: number;
  readonly maxInFlightBytes: number;
  /** A partition whose newest timestamp is beyond this waits for others, ms. It does not move while the partition has its turn. */
  newestAllowed(lane: Lane): number;
  /** Turns the message into a record and gives it to the pipeline. */
  deliver(lane: Lane, message: KafkaMessage, offset: number): void;
  /** The lane has room again. */
  drained(lane: Lane): void;
  /** A slice has ended; if it did not progress, nothing more can be delivered now. */
  sliced(progress: boolean): void;
}

/** Records delivered before heartbeats and timers get their turn. */
const slice = 256;
/** Records of one partition before the next one has its turn. */
const turn = 64;

/** Delivers what has been fetched, as far as credit goes, one partition after the other, in slices. */
export class Pump {
  #scheduled = false;

  constructor(
    private readonly host: PumpHost,
    private readonly scheduler: SchedulerLike,
  ) {}

  /** More may be deliverable: a batch came, a credit came back, a gate opened. */
  wake(): void {
    if (this.#scheduled || !this.host.pumping) return;
    this.#scheduled = true;
    macrotask(this.scheduler, this.#run);
  }

  readonly #run = (): void => {
    this.#scheduled = false;
    let budget = slice;
    let progress = true;
    while (progress && budget > 0) {
      progress = false;
      for (const lane of this.host.lanes) {
        const allowed = this.host.newestAllowed(lane);
        for (let n = 0; n < turn && budget > 0 && this.host.pumping && this.#deliverOne(lane, allowed); n++) {
          budget--;
          progress = true;
        }
      }
    }
    if (!this.host.pumping) return;
    this.host.sliced(progress);
    if (progress) this.wake();
  };

  /** Whether the partition moved. */
  #deliverOne(lane: Lane, newestAllowed: number): boolean {
    const { epoch, task } = lane;
    if (
      epoch.ended ||
      epoch.inFlight >= this.host.maxInFlight ||
      epoch.bytesInFlight >= this.host.maxInFlightBytes ||
      epoch.newest > newestAllowed ||
      !task.mayDeliver(epoch)
    )
      return false;
    const message = lane.peek();
    if (!message) return this.#skipTo(lane, Math.min(lane.through, lane.until));
    const offset = Number(message.offset);
    if (offset >= lane.until) {
      lane.clear();
      return this.#skipTo(lane, lane.until);
    }
    lane.shift();
    if (offset >= epoch.position) this.host.deliver(lane, message, offset);
    if (lane.paused && lane.waiting < lane.mark) this.host.drained(lane);
    return true;
  }

  /** Nothing of ours is left before `offset`; steps of earlier lives may stand there, and raise the watermark. Others may have waited for it to end. */
  #skipTo({ epoch, task }: Lane, offset: number): boolean {
    const from = epoch.position;
    epoch.skipTo(offset);
    task.advanced(epoch);
    return epoch.position > from;
  }
}
