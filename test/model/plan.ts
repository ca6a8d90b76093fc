import fc from 'fast-check';
import { secondKinds, type WindowKind, windowKinds, type WindowPlan } from './windowKinds';

/** How records become results; what differs for recovery is which partitions share windows, and how many windows follow one another. */
export const shapes = ['no windows', 'windows per partition', 'merged windows', 'chained per partition', 'chained and rekeyed'] as const;
export type Shape = (typeof shapes)[number];

/** A pipeline, and the world around it. Times are ms of event time unless said otherwise. */
export interface Plan {
  readonly shape: Shape;
  readonly partitions: number;
  /** First timestamps are near this. */
  readonly epoch: number;
  readonly outOfOrderness: number;
  /** ms of time that passes. */
  readonly idleAfter: number;
  readonly windows: readonly WindowPlan[];
  readonly maxInFlight: number;
  readonly maxResults: number;
  /** Records and results take their time from operator to operator, as with `mapAsync` or `delay`. */
  readonly delays: boolean;
  /** Event time is assigned on the way, at delivery or when a record gets there: by records with words, and those without that are not behind the clock. */
  readonly assigned: 'no' | 'at once' | 'later';
  /** The sink acks within the call that gives it a result. */
  readonly acksAtOnce: boolean;
  /** Nothing but the log moves watermarks, so that what is late can be told from the log. */
  readonly calm: boolean;
  /** The metadata has room for one step. */
  readonly crowded: boolean;
}

/** A record to come, relative to those before it. */
export interface Line {
  /** Modulo the partitions there are. */
  readonly partition: number;
  /** How far the clock moves on before it. */
  readonly after: number;
  /** How far its timestamp is behind the clock. */
  readonly lag: number;
  /** Offsets after it that hold no record: a transaction's markers, or records that compaction has taken. */
  readonly gap: number;
  readonly words: readonly string[];
}

const actions = [
  'append',
  'fetch',
  'arrive',
  'ack',
  'commit',
  'answer',
  'wait',
  'quiet',
  'crash',
  'crashMidway',
  'rebalance',
  'unsubscribe',
  'stop',
  'end',
  'grow',
] as const;
export type ActionName = (typeof actions)[number];

/** Something that happens, and a number from which its particulars follow. */
export type Action = readonly [name: ActionName, choice: number];

export interface Case {
  readonly plan: Plan;
  readonly lines: readonly Line[];
  readonly actions: readonly Action[];
}

type Weights = Readonly<Partial<Record<ActionName, number>>>;

/** How often things happen differs from one stretch of a case to the next; otherwise rare sequences would be rarer still. */
const moods: readonly Weights[] = [
  { append: 6, fetch: 8, arrive: 6, ack: 3, commit: 2, answer: 3, wait: 1, crash: 1 },
  // A slow sink: results of several windows wait for it.
  { append: 10, fetch: 12, arrive: 10, ack: 2, commit: 2, answer: 3, crashMidway: 1 },
  { append: 3, fetch: 4, arrive: 3, ack: 2, answer: 3, wait: 2, quiet: 3, crash: 1, grow: 2 },
  { append: 6, fetch: 6, arrive: 4, ack: 1, commit: 2, answer: 4, wait: 1, quiet: 4, crash: 2 },
  { append: 2, fetch: 6, arrive: 6, ack: 6, commit: 3, answer: 4, wait: 1, rebalance: 1, unsubscribe: 1, stop: 1, end: 2, crash: 1 },
];

const action = moods.map((weights) =>
  fc.tuple(
    fc.oneof(...actions.filter((name) => weights[name]).map((name) => ({ weight: weights[name] ?? 0, arbitrary: fc.constant(name) }))),
    fc.nat(0xffff),
  ),
);

/** Times are multiples of ten, so that they meet the ends of windows often. */
const tens = (max: number): fc.Arbitrary<number> => fc.nat(max).map((n) => n * 10);

const line: fc.Arbitrary<Line> = fc.record({
  partition: fc.nat(11),
  after: fc.oneof({ weight: 4, arbitrary: tens(3) }, { weight: 1, arbitrary: tens(20) }),
  lag: fc.oneof({ weight: 3, arbitrary: tens(6) }, { weight: 2, arbitrary: tens(16) }, { weight: 1, arbitrary: tens(40) }),
  gap: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) }),
  words: fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom('a', 'b', 'c')) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }) },
  ),
});

/** Sizes that are no multiple of ten are for windows that follow from records, where ends then fall apart. */
const window = (kinds: readonly WindowKind[], sizes: readonly number[]): fc.Arbitrary<WindowPlan> =>
  fc
    .record({
      kind: fc.constantFrom(...kinds),
      size: fc.constantFrom(...sizes),
      every: fc.constantFrom(20, 30, 50),
      offset: fc.constantFrom(0, 30),
      grace: fc.constantFrom(0, 30, 70),
      updates: fc.constantFrom<WindowPlan['updates']>(undefined, undefined, 'each', 10, 30),
      keepsLate: fc.boolean(),
    })
    .map((plan) => ({ ...plan, updates: plan.kind === 'sliding' ? undefined : plan.updates }));

const windowsOf: Readonly<Record<Shape, number>> = {
  'no windows': 0,
  'windows per partition': 1,
  'merged windows': 1,
  'chained per partition': 2,
  'chained and rekeyed': 2,
};

function plan(shape: Shape, kinds: readonly WindowKind[]): fc.Arbitrary<Plan> {
  const windows = fc.tuple(window(kinds, [50, 100]), window(secondKinds, [100, 200, 70])).map((both) => both.slice(0, windowsOf[shape]));
  return fc.record({
    shape: fc.constant(shape),
    partitions: fc.constantFrom(1, 2, 2, 3),
    epoch: fc.constantFrom(1_700_000_000_000, -200),
    outOfOrderness: fc.constantFrom(0, 0, 40),
    idleAfter: fc.constantFrom(20, 50),
    windows,
    maxInFlight: fc.constantFrom(1_024, 2),
    maxResults: fc.constantFrom(1_024, 1_024, 1, 4),
    delays: fc.boolean(),
    assigned: fc.constantFrom('no', 'no', 'at once', 'later'),
    acksAtOnce: fc.constantFrom(false, false, false, true),
    calm: fc.constantFrom(false, false, true),
    crowded: fc.constantFrom(false, false, true),
  });
}

/** A pipeline of this shape, of which the first windows are of one of these kinds, a topic, and what happens to both. */
export function cases(shape: Shape, kinds: readonly WindowKind[] = windowKinds): fc.Arbitrary<Case> {
  return fc.record({
    plan: plan(shape, kinds),
    lines: fc.array(line, { maxLength: 120, size: 'max' }),
    actions: fc
      .array(fc.oneof(...action.map((one) => fc.array(one, { minLength: 1, maxLength: 40, size: 'max' }))), {
        minLength: 1,
        maxLength: 6,
        size: 'max',
      })
      .map((stretches) => stretches.flat()),
  });
}
