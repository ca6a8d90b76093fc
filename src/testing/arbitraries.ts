import { StreamError } from '../errors';
import type { KafkaRecord } from '../records';
import { PartitionEpoch } from '../run/partitionEpoch';
import { type Duration, toMillis } from '../time/duration';
import type { FakeRequest, Fault, FaultOutcome } from './network/fakeFaults';
import type { AnyArbitrary, FastCheckArbitrary, FastCheckModule } from './fastCheck';
import { anyTime, recordOf } from './record';

/** What records to make. */
export interface RecordsConstraints<K, V> {
  readonly key: AnyArbitrary<K>;
  readonly value: AnyArbitrary<V>;
  /** How many partitions the records come from. Default 1 to 4. */
  readonly partitions?: number | undefined;
  /** Records at most, of all partitions together. Default 100. */
  readonly maxLength?: number | undefined;
  /** How far event time goes on from one record of a partition to the next at most, ms or a duration. Default '10s'. */
  readonly maxStep?: Duration | undefined;
  /** How far a record may fall behind the newest of its partition, ms or a duration. Default 0: each partition is in order. */
  readonly disorder?: Duration | undefined;
  /** How far apart in event time partitions may begin, ms or a duration. Default '1m'. */
  readonly lag?: Duration | undefined;
}

/** A step of a schedule: what to do, so much later than the one before. */
export interface ScheduledStep<A> {
  /** ms */
  readonly after: number;
  readonly action: A;
}

/** What `arbitraries` makes. */
export interface Arbitraries {
  /** Records of a topic in the order they arrive, partitions mixed; offsets count up in each, and each has provenance of its own. */
  readonly records: <K, V>(constraints: RecordsConstraints<K, V>) => FastCheckArbitrary<readonly KafkaRecord<K, V>[]>;
  /** Faults for `FakeKafka.inject` that pass: a pipeline gets over them itself, or where they end it, with RxJS' `retry`. 3 at most unless said otherwise. */
  readonly faults: (constraints?: { readonly maxFaults?: number | undefined }) => FastCheckArbitrary<readonly Fault[]>;
  /** Durations in all their forms, from `min` (default 1 ms) to `max` (default '1h'). */
  readonly duration: (constraints?: {
    readonly min?: Duration | undefined;
    readonly max?: Duration | undefined;
  }) => FastCheckArbitrary<Duration>;
  /** What happens when: some of the actions, with pauses of up to `maxPause` (default '10s') between them, `maxLength` (default 10) at most. */
  readonly schedules: <A>(
    actions: readonly A[],
    constraints?: { readonly maxLength?: number | undefined; readonly maxPause?: Duration | undefined },
  ) => FastCheckArbitrary<readonly ScheduledStep<A>[]>;
}

/** What goes wrong with a request, and passes. */
const anyOutcome: readonly FaultOutcome[] = [
  { delay: 10 },
  { delay: '2s' },
  'loseAnswer',
  { error: 'ECONNRESET' },
  { error: 'CONNECTION_CLOSED' },
];
const ofGroups: readonly FaultOutcome[] = [
  ...anyOutcome,
  { error: 'NOT_COORDINATOR_FOR_GROUP' },
  { error: 'GROUP_COORDINATOR_NOT_AVAILABLE' },
];
const ofMembers: readonly FaultOutcome[] = [...ofGroups, { error: 'REBALANCE_IN_PROGRESS' }];
const ofLeaders: readonly FaultOutcome[] = [...anyOutcome, { error: 'NOT_LEADER_FOR_PARTITION' }];
const outcomes: readonly (readonly [FakeRequest, readonly FaultOutcome[]])[] = [
  ['metadata', anyOutcome],
  ['fetch', ofLeaders],
  ['produce', ofLeaders],
  ['listOffsets', ofLeaders],
  ['findCoordinator', anyOutcome],
  ['joinGroup', anyOutcome],
  ['syncGroup', ofMembers],
  ['heartbeat', ofMembers],
  ['offsetCommit', ofMembers],
  ['offsetFetch', ofGroups],
];

/**
 * Arbitraries for property tests of pipelines, made with your fast-check, which is not a dependency of this package.
 *
 * @param fc - fast-check, 3 or 4: `import * as fc from 'fast-check'`
 * @throws StreamError `INVALID_OPTION`, when an arbitrary is made with constraints that nothing fits
 * @since 0.1.0
 * @example
 * ```ts
 * import { mapValues } from 'millrace';
 * import { arbitraries } from 'millrace/testing';
 * import * as fc from 'fast-check';
 * import { from, lastValueFrom, toArray } from 'rxjs';
 *
 * const { records } = arbitraries(fc);
 * const lines = records({ key: fc.constantFrom('ann', 'bob'), value: fc.string(), disorder: '5s' });
 * await fc.assert(
 *   fc.asyncProperty(lines, async (given) => {
 *     const mapped = await lastValueFrom(from(given).pipe(mapValues((line) => line.length), toArray()));
 *     return mapped.every(({ value }, n) => value === given[n]?.value.length);
 *   }),
 * );
 * ```
 */
export function arbitraries(fc: FastCheckModule): Arbitraries {
  const oneOf = <T>(values: readonly [T, ...T[]]): AnyArbitrary<T> =>
    fc.integer({ min: 0, max: values.length - 1 }).map((index) => values[index] ?? values[0]);
  return {
    records: (constraints) => own(recordsWith(fc, constraints)),
    faults: ({ maxFaults = 3 } = {}) => {
      const fault = oneOf(nonEmpty(outcomes, 'outcomes')).chain(([on, possible]) =>
        fc
          .tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 3 }), oneOf(nonEmpty(possible, 'outcomes')))
          .map(([nth, times, then]): Fault => ({ on, nth, times, then })),
      );
      return own(fc.array(fault, { maxLength: atLeast(maxFaults, 0, 'maxFaults') }));
    },
    duration: ({ min = 1, max = '1h' } = {}) => {
      const [least, most] = [toMillis(min, 'min of duration'), toMillis(max, 'max of duration')];
      const whole = fc.integer({ min: Math.ceil(least), max: atLeast(Math.floor(most), Math.ceil(least), 'max of duration') });
      return own(fc.tuple(whole, oneOf(forms)).map(([ms, form]) => form(ms)));
    },
    schedules: (actions, { maxLength = 10, maxPause = '10s' } = {}) => {
      const after = fc.integer({ min: 0, max: toMillis(maxPause, 'maxPause of schedules') });
      const step = fc.tuple(after, oneOf(nonEmpty(actions, 'the actions of schedules'))).map(([ms, action]) => ({ after: ms, action }));
      return own(fc.array(step, { maxLength: atLeast(maxLength, 0, 'maxLength of schedules') }));
    },
  };
}

/** The ways to write a duration. */
const forms: readonly [(ms: number) => Duration, ...((ms: number) => Duration)[]] = [
  (ms) => ms,
  (ms) => `${ms}ms`,
  (ms) => `${ms / 1_000}s`,
  (ms) => (ms % 60_000 === 0 ? `${ms / 60_000}m` : ms),
];

function recordsWith<K, V>(fc: FastCheckModule, constraints: RecordsConstraints<K, V>): AnyArbitrary<readonly KafkaRecord<K, V>[]> {
  const { key, value, partitions, maxLength = 100 } = constraints;
  const maxStep = toMillis(constraints.maxStep ?? '10s', 'maxStep of records');
  const disorder = toMillis(constraints.disorder ?? 0, 'disorder of records');
  const lag = toMillis(constraints.lag ?? '1m', 'lag of records');
  const upTo = (max: number) => fc.integer({ min: 0, max: Math.floor(max) });
  const count =
    partitions === undefined
      ? fc.integer({ min: 1, max: 4 })
      : fc.integer({ min: partitions, max: atLeast(partitions, 1, 'partitions of records') });
  return count.chain((number) => {
    const row = fc.tuple(key, value, upTo(number - 1), upTo(maxStep), upTo(disorder));
    // Its own idea of size would stop at some ten, whatever is asked for.
    const rows = fc.array(row, { maxLength: atLeast(maxLength, 0, 'maxLength of records'), size: 'max' });
    const starts = fc.array(upTo(lag), { minLength: number, maxLength: number });
    return fc.tuple(rows, starts).map(([all, begin]) => {
      const epochs = begin.map((_, partition) => new PartitionEpoch('test', partition, partition, nothing, 0, false, undefined, anyTime));
      const newest = [...begin];
      return all.flatMap(([k, v, partition, step, behind]) => {
        const epoch = epochs[partition];
        if (!epoch) return [];
        const now = (newest[partition] ?? 0) + step;
        newest[partition] = now;
        return recordOf(k, v, { timestamp: Math.max(0, now - behind), offset: epoch.position }, epoch);
      });
    });
  });
}

const nothing = { offset: 0, watermark: -Infinity, steps: [], ackedThrough: 0 };

/** It is one of fast-check's own, of which only a part was looked at here. */
function own<T>(arbitrary: AnyArbitrary<T>): FastCheckArbitrary<T> {
  return arbitrary as FastCheckArbitrary<T>;
}

function atLeast(value: number, least: number, name: string): number {
  if (value >= least && Number.isInteger(value)) return value;
  throw new StreamError('INVALID_OPTION', `${name} is ${value}: it must be a whole number, ${least} or more`);
}

function nonEmpty<T>(values: readonly T[], name: string): readonly [T, ...T[]] {
  const [first, ...rest] = values;
  if (values.length > 0) return [first as T, ...rest];
  throw new StreamError('INVALID_OPTION', `${name} are an empty list: give one at least`);
}
