import { countByKey, type Duration, type KafkaRecord, mapValues, text, tumbling, fromTopic, type WindowedRecord } from 'millrace';
import {
  arbitraries,
  type Fault,
  marbles,
  type PipelineResult,
  record,
  type RecordsObservable,
  roundTrip,
  runPipeline,
  VirtualClock,
} from 'millrace/testing';
import fc from 'fast-check';
import type { SchedulerLike } from 'rxjs';
import { expectTypeOf } from 'vitest';

const clock: SchedulerLike = new VirtualClock({ start: new Date(0) });
expectTypeOf(new VirtualClock().until(Promise.resolve(1))).toEqualTypeOf<Promise<number>>();
expectTypeOf(new VirtualClock().advance('10s')).toEqualTypeOf<Promise<void>>();
// @ts-expect-error a duration has a unit
new VirtualClock().advance('10');

expectTypeOf(record('ann', 1)).toEqualTypeOf<KafkaRecord<string, number>>();
// @ts-expect-error the key stands beside the value, not in the options
record('ann', 1, { key: 'bob' });

marbles((m) => {
  const lines$ = m.records('-a-b|', { a: ['ann', 'to be'], b: ['bob', 'or not', { offset: 7 }] });
  expectTypeOf(lines$).toEqualTypeOf<RecordsObservable<string, string>>();
  const lengths$ = lines$.pipe(mapValues((line) => line.length));
  m.expectRecords(lengths$).toBe('-a-b|', { a: ['ann', 5], b: ['bob', 6] });
  // @ts-expect-error a length is a number
  m.expectRecords(lengths$).toBe('-a-b|', { a: ['ann', 'five'] });
  m.expectRecords(lines$.pipe(countByKey({ window: tumbling(5) }))).toBe('a', { a: ['ann', 1, { start: 0, end: 5 }] });
  m.expectRecords(lines$.pipe(countByKey({ window: tumbling(5), emit: 'onUpdate' }))).toBe('a', {
    a: ['ann', 1, undefined, { final: false }],
  });
  const late = { window: { start: 0, end: 5 }, by: 1 };
  m.expectRecords(lines$.pipe(countByKey({ window: tumbling(5), late: 'emit' }))).toBe('ab', {
    a: ['ann', 1],
    b: ['ann', 'to be', undefined, { late }],
  });
  // @ts-expect-error a result is final or not
  m.expectRecords(lengths$).toBe('a', { a: ['ann', 5, undefined, { final: 'no' }] });
  m.records(['-a|', '-b|'], { a: ['ann', 1], b: ['bob', 2] }, { idleAfter: '5s' });
  // @ts-expect-error a record is a key and a value
  m.records('-a|', { a: 'to be' });
  m.expectReleased(lines$).toBe('-a');
  m.expectCommits(lines$).toBe('-x', { x: 2 });
  m.expectCommits(lines$).toBe('-x', { x: [2, 3] });
  m.expectSubscriptions(lines$.subscriptions).toBe('^');
  expectTypeOf(m.scheduler).toEqualTypeOf<SchedulerLike>();
});

const run = runPipeline(
  ({ kafka, topic, source }) =>
    fromTopic(kafka, topic, { ...source, key: text, value: text }).pipe(countByKey({ window: tumbling('10s') })),
  { records: [{ value: 'to be' }] },
);
expectTypeOf(run).toEqualTypeOf<Promise<PipelineResult<WindowedRecord<string, number>>>>();
runPipeline(({ kafka }) => fromTopic(kafka, 'a', { scheduler: clock }), { records: { a: [{ value: null }], b: [[{ value: null }], []] } });

// fast-check's own types are not imported by the package, and fit all the same.
const arb = arbitraries(fc);
fc.property(arb.records({ key: fc.constantFrom('ann', 'bob'), value: fc.nat() }), (records) => {
  expectTypeOf(records).toEqualTypeOf<readonly KafkaRecord<'ann' | 'bob', number>[]>();
});
fc.asyncProperty(arb.faults(), arb.duration(), arb.schedules(['kill', 'rebalance'] as const), async (faults, duration, steps) => {
  expectTypeOf(faults).toEqualTypeOf<readonly Fault[]>();
  expectTypeOf(duration).toEqualTypeOf<Duration>();
  expectTypeOf(steps).toEqualTypeOf<readonly { readonly after: number; readonly action: 'kill' | 'rebalance' }[]>();
});
expectTypeOf(fc.sample(arb.duration())).toEqualTypeOf<Duration[]>();
expectTypeOf(fc.tuple(arb.duration(), fc.nat())).toEqualTypeOf<fc.Arbitrary<[Duration, number]>>();
fc.property(fc.string(), roundTrip(text));
// @ts-expect-error the codec is of text
fc.property(fc.nat(), roundTrip(text));
// @ts-expect-error fast-check is passed in
arbitraries();
