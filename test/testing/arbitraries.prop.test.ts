import { commitOffsets, fromTopic, int32 } from 'millrace';
import { arbitraries, FakeKafka, runPipeline, VirtualClock } from 'millrace/testing';
import fc from 'fast-check';
import { ignoreElements, lastValueFrom, retry, tap, timer } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { shareOf } from '../../src/run/share';
import { toMillis } from '../../src/time/duration';

const arb = arbitraries(fc);
const key = fc.constantFrom('ann', 'bob');
const value = fc.nat(9);

describe('records', () => {
  test('have offsets that count up in each partition, timestamps that fall behind as far as they may, and shares of their own', () => {
    const records = arb.records({ key, value, partitions: 3, maxLength: 40, maxStep: '1s', disorder: '3s', lag: 0 });
    fc.assert(
      fc.property(records, (given) => {
        const next = [0, 0, 0];
        const newest = [0, 0, 0];
        for (const record of given) {
          const { partition, offset, timestamp } = record;
          expect(offset).toBe(next[partition]);
          next[partition] = offset + 1;
          expect(timestamp).toBeGreaterThanOrEqual((newest[partition] ?? 0) - 3_000);
          expect(timestamp).toBeLessThanOrEqual(offset * 1_000 + 1_000);
          newest[partition] = Math.max(newest[partition] ?? 0, timestamp);
          shareOf(record, 'test').release();
        }
      }),
    );
  });

  test('are in order in each partition unless said otherwise, of 1 to 4 partitions, and up to 100', () => {
    const samples = fc.sample(arb.records({ key, value }), { numRuns: 300, seed: 1 });
    for (const given of samples) {
      for (let partition = 0; partition < 4; partition++) {
        const times = given.filter((record) => record.partition === partition).map(({ timestamp }) => timestamp);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }
    }
    const all = samples.flat();
    expect(new Set(all.map(({ partition }) => partition))).toEqual(new Set([0, 1, 2, 3]));
    expect(Math.max(...samples.map(({ length }) => length))).toBeGreaterThan(50);
    expect(Math.max(...samples.map(({ length }) => length))).toBeLessThanOrEqual(100);
  });

  test('come in every disorder that is allowed', () => {
    const behind = fc.sample(arb.records({ key, value, partitions: 1, disorder: '5s' }), { numRuns: 100, seed: 1 }).map((given) => {
      let newest = 0;
      return Math.max(0, ...given.map(({ timestamp }) => (newest = Math.max(newest, timestamp)) - timestamp));
    });
    expect(Math.max(...behind)).toBeGreaterThan(4_000);
    expect(Math.max(...behind)).toBeLessThanOrEqual(5_000);
  });

  test('shrink to the one that matters', () => {
    const found = fc.check(
      fc.property(arb.records({ key, value }), (given) => given.every((record) => record.value < 5)),
      { seed: 1 },
    );
    expect(found.counterexample?.[0]).toMatchObject([{ value: 5, offset: 0, timestamp: 0 }]);
  });
});

test('durations are within bounds, in every form', () => {
  fc.assert(
    fc.property(arb.duration({ min: '100ms', max: '1m' }), (duration) => {
      const ms = toMillis(duration, 'it');
      expect(ms).toBeGreaterThanOrEqual(100);
      expect(ms).toBeLessThanOrEqual(60_000);
    }),
  );
  const units = fc.sample(arb.duration(), { numRuns: 3_000, seed: 1 }).map((duration) => String(duration).replace(/[\d.]+/, ''));
  expect(new Set(units)).toEqual(new Set(['', 'ms', 's', 'm']));
});

test('schedules have some of the actions, with pauses', () => {
  fc.assert(
    fc.property(arb.schedules(['kill', 'rebalance'] as const, { maxLength: 4, maxPause: '5s' }), (steps) => {
      expect(steps.length).toBeLessThanOrEqual(4);
      for (const { after, action } of steps) {
        expect(after).toBeLessThanOrEqual(5_000);
        expect(['kill', 'rebalance']).toContain(action);
      }
    }),
  );
});

describe('faults', () => {
  test('are such as FakeKafka takes', () => {
    fc.assert(
      fc.property(arb.faults({ maxFaults: 5 }), (faults) => {
        expect(faults.length).toBeLessThanOrEqual(5);
        const kafka = new FakeKafka({ scheduler: new VirtualClock() });
        for (const fault of faults) kafka.inject(fault);
      }),
    );
  });

  test('pass: a pipeline that is tried again reads and commits everything', async () => {
    await fc.assert(
      fc.asyncProperty(arb.faults(), async (faults) => {
        const clock = new VirtualClock();
        const kafka = new FakeKafka({ scheduler: clock });
        kafka.append(
          'numbers',
          [1, 2, 3].map((n) => ({ value: new Uint8Array([0, 0, 0, n]) })),
        );
        for (const fault of faults) kafka.inject(fault);
        const numbers = new Set<number>();
        const read = lastValueFrom(
          fromTopic(kafka, 'numbers', { groupId: 'g', value: int32, until: 'latest', scheduler: clock }).pipe(
            tap((record) => numbers.add(record.value)),
            commitOffsets(),
            retry({ delay: () => timer(1_000, clock) }),
            ignoreElements(),
          ),
          { defaultValue: undefined },
        );
        await clock.until(read);
        expect(numbers).toEqual(new Set([1, 2, 3]));
        expect(kafka.committed('g')).toMatchObject([{ offset: 3 }]);
      }),
      { numRuns: 200 },
    );
  });
});

test('constraints that nothing fits are refused when the arbitrary is made', () => {
  expect(() => arb.records({ key, value, partitions: 0 })).toThrow('partitions of records is 0: it must be a whole number, 1 or more');
  expect(() => arb.duration({ min: '1m', max: '1s' })).toThrow('max of duration');
  expect(() => arb.schedules([])).toThrow('the actions of schedules are an empty list');
  expect(() => arb.faults({ maxFaults: -1 })).toThrow('maxFaults is -1');
});

test('records can be run through a pipeline', async () => {
  const bytes = (n: number) => new Uint8Array([0, 0, 0, n]);
  await fc.assert(
    fc.asyncProperty(arb.records({ key, value, maxLength: 20 }), async (given) => {
      const records = given.map((record) => ({ key: record.key, value: bytes(record.value), timestamp: record.timestamp }));
      const { results } = await runPipeline(({ kafka, topic, source }) => fromTopic(kafka, topic, { ...source, value: int32 }), {
        records,
      });
      expect(results.map((record) => record.value)).toEqual(given.map((record) => record.value));
    }),
    { numRuns: 50 },
  );
});
