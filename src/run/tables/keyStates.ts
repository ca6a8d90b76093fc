import { Heap, type Placed } from '../../time/heap';
import { keyIdentity } from '../../time/keyIdentity';
import { Holds, type Origin } from '../holds';
import type { Part } from './part';

/** What a table keeps of one key, by partition. */
export class KeyState<P> implements Placed {
  place = 0;
  /** Nothing of the key ends before this, ms. */
  due = Infinity;
  readonly partitions: (P | undefined)[];

  constructor(
    readonly identity: unknown,
    readonly key: unknown,
    slots: number,
  ) {
    this.partitions = new Array<P | undefined>(slots).fill(undefined);
  }
}

/** What a key has of a partition, one of them. */
type PartOf<S> = S extends KeyState<Iterable<infer P extends Part>> ? P : never;

/**
 * The keys of a table whose windows follow from the records of each: by what they are compared by, and by what ends first.
 *
 * What they all hold is gathered when it is asked for after some of it has gone; as records come it is kept up to date.
 */
export class KeyStates<S extends KeyState<Iterable<Part>>> implements Iterable<S> {
  readonly #byIdentity = new Map<unknown, S>();
  readonly #byDue = new Heap<S>((a, b) => a.due < b.due);
  #holds: Holds | undefined;

  constructor(
    private readonly slots: number,
    private readonly make: (identity: unknown, key: unknown, slots: number) => S,
  ) {}

  [Symbol.iterator](): Iterator<S> {
    return this.#byIdentity.values();
  }

  get isEmpty(): boolean {
    return this.#byIdentity.size === 0;
  }

  /** The key of which something ends first. */
  get first(): S | undefined {
    return this.#byDue.first;
  }

  get(identity: unknown): S | undefined {
    return this.#byIdentity.get(identity);
  }

  /** The state of a key; a new one must be told of an end before it is asked for. */
  of(key: unknown): S {
    const identity = keyIdentity(key);
    let state = this.#byIdentity.get(identity);
    if (!state) {
      this.#byIdentity.set(identity, (state = this.make(identity, key, this.slots)));
      this.#byDue.push(state);
    }
    return state;
  }

  /** Something of the key ends at `end`. */
  endsAt(state: S, end: number): void {
    if (end < state.due) this.putBack(state, end);
  }

  /** Nothing of the key ends before `due`. */
  putBack(state: S, due: number): void {
    state.due = due;
    this.#byDue.moved(state);
  }

  /** Lets go of the first key, of which nothing is left. */
  dropFirst(): void {
    const state = this.#byDue.shift();
    if (state) this.#byIdentity.delete(state.identity);
  }

  came(origin: Origin): void {
    this.#holds?.hold(origin.slot, origin.offset, origin.stamp);
  }

  gone({ slot, offset }: Part): void {
    if (this.#holds && offset <= this.#holds.offsetOf(slot)) this.#holds = undefined;
  }

  /** What all parts hold, but for results of an earlier operator. */
  get holds(): Holds {
    if (this.#holds) return this.#holds;
    const holds = (this.#holds = new Holds(this.slots));
    for (const part of this.#parts()) part.giveOffset(holds);
    return holds;
  }

  /** The part that holds the smallest offset of a partition, and its key. */
  holderOf(slot: number): { readonly state: S; readonly part: PartOf<S> } | undefined {
    let holder: { readonly state: S; readonly part: PartOf<S> } | undefined;
    for (const state of this)
      for (const part of (state.partitions[slot] ?? []) as Iterable<PartOf<S>>)
        if (!holder || part.offset < holder.part.offset) holder = { state, part };
    return holder && holder.part.offset < Infinity ? holder : undefined;
  }

  *states(): Generator<unknown, void, void> {
    for (const { state } of this.#parts()) yield state;
  }

  *#parts(): Generator<Part, void, void> {
    for (const { partitions } of this) for (const parts of partitions) if (parts) yield* parts;
  }
}
