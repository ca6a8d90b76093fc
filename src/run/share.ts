import { StreamError } from '../errors';
import type { Provenance, StreamRecord } from '../records';
import type { FreeWindows } from './freeWindows';
import type { Stage } from './stage';

/** What shares are parts of: a delivered record, a closed window whose results are on their way, or early results of open ones. */
export interface ShareRoot {
  readonly kind: 'record' | 'window' | 'update';
  /** Un-released shares. */
  shares: number;
  /** Whether its epoch has ended: acks then do nothing (L4). */
  readonly ended: boolean;
  /** Whether it is released when it has been given, so that nobody need ack it and an ack too many does no harm: without a group. */
  readonly autoRelease: boolean;
  /** The windowed operators that registered with the run, with the windows of its task. */
  readonly stages: readonly Stage[];
  /** Those that register with nobody, since no watermark closes them. */
  readonly free: FreeWindows | undefined;
  /** Where it came from, for errors. */
  readonly where: string;
  /** The number of its partition among those of its task; 0 for a window, which is of all of them. */
  readonly slot: number;
  /** Called after each release of a share. */
  spent(): void;
}

/**
 * One share of a record, or of a window's results: what every element carries.
 *
 * Each element has a share of its own, and not only a place in a count: an operator that passes one element on twice would otherwise ack on behalf of a
 * sibling that is still on its way, and a commit could pass it. The fields are private so that a record can be logged or put into JSON.
 */
export class Share implements Provenance {
  readonly kind = 'millrace';
  #root: ShareRoot;
  #released = false;

  /** Counts itself in. */
  constructor(root: ShareRoot) {
    this.#root = root;
    root.shares++;
  }

  get root(): ShareRoot {
    return this.#root;
  }

  /** Another share of the same root, for another element made from this one. */
  fork(): Share {
    if (this.#released && !this.#root.autoRelease) this.#refuse();
    return new Share(this.#root);
  }

  /** The effect of this element is safe, or it was dropped or absorbed. */
  release(): void {
    if (!this.#spend()) return;
    this.#root.shares--;
    this.#root.spent();
  }

  get released(): boolean {
    return this.#released;
  }

  /** Whether spending it means something. */
  #spend(): boolean {
    if (this.#root.ended || (this.#released && this.#root.autoRelease)) return false;
    if (this.#released) this.#refuse();
    this.#released = true;
    return true;
  }

  #refuse(): never {
    throw new StreamError(
      'ACKED_TWICE',
      `an element of ${this.#root.where} was acked twice: does an operator multiply records (mergeMap, repeat, expand, a second subscriber of share), or does the pipeline ack in two places? Use flatMapValues to make several records of one, and one ack() or commitOffsets()`,
    );
  }
}

/** The share that `record` carries. */
export function shareOf(record: StreamRecord, operator: string): Share {
  const provenance: unknown = record['~provenance'];
  if (provenance instanceof Share) return provenance;
  throw new StreamError(
    'NO_SOURCE',
    `${operator} got an element that did not come from fromTopic: was a record built by hand, without { ...record }, or are two copies of millrace loaded (one by import, one by require)?`,
  );
}
