import { StreamError } from '../errors';
import type { Position } from './position';

/** What an aggregate is made of; the type of its state is its own business. */
export interface AggregateParts<in V, out R> {
  readonly seed: () => unknown;
  /** May change `state` in place. Keeps `position`, so it must not change. */
  readonly fold: (state: unknown, value: V, position: Position) => unknown;
  /** Leaves both as they were, since one partial may be part of several windows. */
  readonly merge: (a: unknown, b: unknown) => unknown;
  readonly result: (state: unknown) => R;
}

/** A fold as a value, for `summarizeByKey`: takes `V`, gives `R`. */
export interface Aggregate<in V, out R> {
  /** Opaque: made by `aggregate`, `sumOf`, `minOf`, … */
  readonly '~aggregate': AggregateParts<V, R>;
}

/** An aggregate of ours, whose fold may ask where a value stands. */
export function aggregateOf<V, S, R>(
  seed: () => S,
  fold: (state: S, value: V, position: Position) => S,
  merge: (a: S, b: S) => S,
  result: (state: S) => R,
): Aggregate<V, R> {
  return { '~aggregate': { seed, fold, merge, result } as AggregateParts<V, R> };
}

/**
 * An aggregate of your own: `seed`, `fold` and `merge` as for `aggregateByKey`, and what its state means in the end.
 *
 * Values are folded in offset order within a partition; what several partitions, sessions or stretches of a window came to is merged. The result is that of a
 * batch over the same records if merging two states is as good as folding all their values into one, in any order: `merge` is associative and commutative,
 * and a seed changes nothing. `fold` may change its state in place; `merge` must leave both as they were, since one of them may be part of other windows too.
 *
 * As `Aggregator` of Spark and `AggregateFunction` of Flink. Kafka Streams has `merge` for sessions only: its other windows are of one partition each.
 *
 * @throws StreamError `INVALID_OPTION` if one of the four is no function
 * @since 0.1.0
 * @example
 * ```ts
 * import { aggregate } from 'millrace';
 *
 * const spread = aggregate(
 *   () => ({ low: Infinity, high: -Infinity }),
 *   ({ low, high }, amount: number) => ({ low: Math.min(low, amount), high: Math.max(high, amount) }),
 *   (a, b) => ({ low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) }),
 *   ({ low, high }) => high - low,
 * );
 * ```
 */
export function aggregate<V, S, R>(
  seed: () => S,
  fold: (state: S, value: V) => S,
  merge: (a: S, b: S) => S,
  result: (state: S) => R,
): Aggregate<V, R> {
  for (const [name, part] of Object.entries({ seed, fold, merge, result })) {
    if (typeof part !== 'function')
      throw new StreamError(
        'INVALID_OPTION',
        `${name} of an aggregate is not a function: give it seed, fold, merge and result, in this order`,
      );
  }
  return aggregateOf(seed, (state, value: V) => fold(state, value), merge, result);
}
