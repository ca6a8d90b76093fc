/** What the records of one slice came to, and which of all of them came first. */
export class Part<S> {
  /** What the stack from its bottom to here comes to; right only as far as the queue has merged. */
  together: S;
  /** Which part from the bottom of the stack to here arrived first. */
  earliest: Part<S>;

  constructor(
    readonly slice: { readonly start: number },
    /** As the first record has it. */
    readonly key: unknown,
    /** Counts up as parts get their first record. */
    readonly arrival: number,
    public state: S,
  ) {
    this.together = state;
    this.earliest = this;
  }
}

/**
 * Slices in order of time, with what they come to merged: new ones enter, old ones leave.
 *
 * These are two stacks (K. Tangwongsan, M. Hirzel, S. Schneider, "In-order sliding-window aggregation in worst-case constant time", VLDB Journal 30, 2021,
 * describes them with their history). The front has its oldest part on top, the back its newest, and each part knows what its stack comes to up to itself: so
 * the whole is one merge of the two tops. When the front is empty the back is turned over and becomes the front. A part is merged once in each stack, and
 * once for each change of the whole: with one part entering per question these are at most 3 merges for each part, on average, however many there are.
 *
 * Entering and leaving call no `merge`; it is called when the whole is asked for. A part may enter in the middle: only those above it in its stack are merged
 * again, and they are few if it is not far behind.
 */
export class SliceQueue<S> {
  #front: Part<S>[] = [];
  #back: Part<S>[] = [];
  /** How many parts, from the bottom, are merged. */
  #mergedInFront = 0;
  #mergedInBack = 0;
  #whole: S | undefined;
  #known = false;

  /** Makes an empty queue. `merge` leaves both as they were, and is given the older one first. */
  constructor(protected readonly merge: (a: S, b: S) => S) {}

  get length(): number {
    return this.#front.length + this.#back.length;
  }

  /** The part that arrived first. */
  get earliest(): Part<S> | undefined {
    const front = this.#front.at(-1)?.earliest;
    const back = this.#back.at(-1)?.earliest;
    return !front || (back && back.arrival < front.arrival) ? back : front;
  }

  /** Start of the newest slice; -Infinity if there is none. */
  get newest(): number {
    return (this.#back.at(-1) ?? this.#front[0])?.slice.start ?? -Infinity;
  }

  /** The states of the parts, in no particular order. */
  *states(): Generator<S, void, void> {
    for (const { state } of this.parts()) yield state;
  }

  *parts(): Generator<Part<S>, void, void> {
    yield* this.#front;
    yield* this.#back;
  }

  /** Lets a part enter, after those of the same slice. Says whether it is the newest. */
  add(part: Part<S>): boolean {
    const { start } = part.slice;
    this.#known = false;
    const back = this.#back;
    let at = back.length;
    for (let newer = back[at - 1]; newer && newer.slice.start > start; newer = back[at - 1]) at--;
    if (at > 0 || this.#front.length === 0 || start >= (this.#front[0]?.slice.start ?? start)) {
      insert(back, at, part);
      this.#mergedInBack = Math.min(this.#mergedInBack, at);
      return at === back.length - 1;
    }
    const front = this.#front;
    for (let newer = front[at]; newer && newer.slice.start > start; newer = front[at]) at++;
    insert(front, at, part);
    this.#mergedInFront = Math.min(this.#mergedInFront, at);
    return false;
  }

  /** Lets the slices that start before a time leave, in order of time, adds them to `gone`, and says how many they were. */
  leave(before: number, gone?: Part<S>[]): number {
    let count = 0;
    for (;;) {
      const oldest = this.#front.at(-1) ?? this.#back[0];
      if (!oldest || oldest.slice.start >= before) break;
      if (this.#front.length === 0) this.#turn();
      this.#front.pop();
      gone?.push(oldest);
      count++;
    }
    if (count === 0) return 0;
    this.#known = false;
    this.#mergedInFront = Math.min(this.#mergedInFront, this.#front.length);
    return count;
  }

  /** The back is empty without its parts: what they came to, from the other end, says nothing about the new front. */
  #turn(): void {
    this.#front = this.#back.reverse();
    this.#back = [];
    this.#mergedInFront = this.#mergedInBack = 0;
    order(this.#front, 0);
  }

  /** What all parts come to, merged in order of time. */
  merged(): S {
    if (this.#known) return this.#whole as S;
    const { merge } = this;
    const front = settle(this.#front, this.#mergedInFront, (newer, part) => merge(part, newer));
    this.#mergedInFront = this.#front.length;
    const back = settle(this.#back, this.#mergedInBack, merge);
    this.#mergedInBack = this.#back.length;
    const top = front ?? back;
    if (!top) throw new Error('an empty queue of slices comes to nothing');
    this.#whole = front && back ? merge(front.together, back.together) : top.together;
    this.#known = true;
    return this.#whole;
  }
}

function insert<S>(stack: Part<S>[], at: number, part: Part<S>): void {
  if (at === stack.length) stack.push(part);
  else stack.splice(at, 0, part);
  order(stack, at);
}

/** Says again which part came first, from `at` on. */
function order<S>(stack: readonly Part<S>[], at: number): void {
  let below = stack[at - 1];
  for (let part = stack[at]; part; part = stack[++at]) {
    part.earliest = below && below.earliest.arrival < part.arrival ? below.earliest : part;
    below = part;
  }
}

/** Merges from `at` on, and gives the top. */
function settle<S>(stack: readonly Part<S>[], at: number, merge: (below: S, part: S) => S): Part<S> | undefined {
  let below = stack[at - 1];
  for (let part = stack[at]; part; part = stack[++at]) {
    part.together = below ? merge(below.together, part.state) : part.state;
    below = part;
  }
  return below;
}
