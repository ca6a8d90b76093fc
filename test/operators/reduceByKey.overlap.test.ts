import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ack } from '../../src/operators/ack';
import { aggregateByKey } from '../../src/operators/aggregateByKey';
import { collectByWindow } from '../../src/operators/collectByWindow';
import { countByKey } from '../../src/operators/countByKey';
import { countByValue } from '../../src/operators/countByValue';
import { keyBy } from '../../src/operators/keyBy';
import { reduceByKey } from '../../src/operators/reduceByKey';
import { reduceByWindow } from '../../src/operators/reduceByWindow';
import { hopping } from '../../src/time/hopping';
import { outcome, read, type Row } from './source';

const sum = (a: number, b: number): number => a + b;
const difference = (reduced: number, leaving: number): number => reduced - leaving;
const window = hopping(20, { every: 10 });

function row<V>(value: V, timestamp: number, partition = 0): Row<string, V> {
  return { key: 'k', value, timestamp, partition };
}

interface Shown {
  readonly window: { readonly end: number };
  readonly key: unknown;
  readonly value: unknown;
}

const shown = ({ window, key, value }: Shown): readonly unknown[] => [window.end, key, value];

describe('where windows overlap', () => {
  // The third is behind the second, and in an earlier slice.
  const disorder = [row('a', 1), row('b', 12), row('c', 3), row('d', 14), row('e', 29)];
  const inOrderOfSlices = [
    [10, 'ac'],
    [20, 'acbd'],
    [30, 'bde'],
    [40, 'e'],
  ];
  const options = { window, grace: 20 };
  const join = (a: string, b: string): string => a + b;
  const textOf = ({ window: { end }, value }: Shown): readonly unknown[] => [end, value];

  test('reduceByKey combines values by offset within a slice, and slices in order of time', () => {
    expect(outcome(read(disorder).pipe(reduceByKey(join, options))).values.map(textOf)).toEqual(inOrderOfSlices);
  });

  test('reduceByWindow does', () => {
    expect(outcome(read(disorder).pipe(reduceByWindow(join, options))).values.map(textOf)).toEqual(inOrderOfSlices);
  });

  test('aggregateByKey does, and may change its states in place', () => {
    const listed = read(disorder).pipe(
      aggregateByKey(
        (): string[] => [],
        (list, value) => {
          list.push(value);
          return list;
        },
        (a, b) => [...a, ...b],
        options,
      ),
    );
    expect(outcome(listed).values.map(({ window: { end }, value }) => [end, value.join('')])).toEqual(inOrderOfSlices);
  });

  test('collectByWindow keeps the order of offsets', () => {
    const collected = outcome(read(disorder).pipe(collectByWindow(options))).values;
    expect(collected.map(({ window: { end }, value }) => [end, value.map((record) => record.value).join('')])).toEqual([
      [10, 'ac'],
      [20, 'abcd'],
      [30, 'bde'],
      [40, 'e'],
    ]);
  });

  test('results given early are those of windows that share nothing: by offset', () => {
    const early = outcome(read(disorder).pipe(reduceByKey(join, { ...options, emit: 'onUpdate' }), ack())).values;
    expect(early.filter(({ final }) => final).map(textOf)).toContainEqual([20, 'abcd']);
  });

  test('partitions are merged after slices', () => {
    const rows = [row('1a', 1, 1), row('0a', 12, 0), row('1b', 13, 1), row('0b', 3, 0)];
    const joined = read(rows).pipe(
      keyBy(() => 'all'),
      reduceByKey((a, b) => `${a} ${b}`, options),
    );
    expect(outcome(joined).values.map(textOf)).toContainEqual([20, '0b 0a 1a 1b']);
  });
});

describe('with inverse', () => {
  const rows = fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      value: fc.integer({ min: -2, max: 2 }),
      timestamp: fc.integer({ min: 0, max: 200 }),
      partition: fc.nat(1),
    }),
    { maxLength: 60 },
  );
  const windows = fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 15 }))
    .map(([size, every]) => hopping(size, { every: Math.min(size, every) }));

  test('results are those of merging, for sums and for counts', () => {
    fc.assert(
      fc.property(rows, windows, fc.nat(60), (given, shape, grace) => {
        const options = { window: shape, grace };
        const keyed = () => read(given).pipe(keyBy((_, { key }) => key));
        const merged = outcome(keyed().pipe(reduceByKey(sum, options))).values.map(shown);
        expect(outcome(keyed().pipe(reduceByKey(sum, { ...options, inverse: difference }))).values.map(shown)).toEqual(merged);

        const ones = read(given.map((each) => ({ ...each, value: 1 }))).pipe(keyBy((_, { key }) => key));
        const counted = outcome(ones.pipe(reduceByKey(sum, options))).values.map(shown);
        expect(outcome(keyed().pipe(countByKey(options))).values.map(shown)).toEqual(counted);
        const names = read(given.map((each) => ({ ...each, value: each.key })));
        expect(outcome(names.pipe(countByValue(options))).values.map(shown)).toEqual(counted);
      }),
    );
  });

  test('a key goes with its last record, though its value is not 0, and stays while it has one, though it is', () => {
    // 0.1 + 0.2 - 0.1 - 0.2 is not 0; and 0.5 - 0.5 is.
    const given = [row(0.1, 1), row(0.2, 12), row(0.5, 41), row(-0.5, 52)];
    const asked: string[] = [];
    const inverse = (reduced: number, leaving: number): number => {
      asked.push(`${reduced} - ${leaving}`);
      return reduced - leaving;
    };
    expect(
      outcome(read(given).pipe(reduceByKey(sum, { window, inverse }))).values.map(({ window: { end }, value }) => [end, value]),
    ).toEqual([
      [10, 0.1],
      [20, 0.1 + 0.2],
      [30, 0.1 + 0.2 - 0.1],
      [50, 0.5],
      [60, 0],
      [70, -0.5],
    ]);
    expect(asked).toEqual([`${0.1 + 0.2} - 0.1`, '0 - 0.5']);
  });

  test('results given early need none', () => {
    const inverse = (): number => NaN;
    const early = read([row(1, 1), row(2, 12)]).pipe(reduceByKey(sum, { window, inverse, emit: 'onUpdate' }), ack());
    expect(
      outcome(early)
        .values.filter(({ final }) => final)
        .map(({ value }) => value),
    ).toEqual([1, 3, 2]);
  });
});
