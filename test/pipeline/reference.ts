import fc from 'fast-check';

/** A record of the input: event time in ms. */
export interface Input {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
}

/** The windows of a pipeline, in ms. */
export interface Windows {
  readonly size: number;
  /** One begins so often: windows are side by side, or overlap. */
  readonly every: number;
  readonly grace: number;
  readonly outOfOrderness: number;
}

/** Partitions of records that come in order with some disorder, some of them hopelessly late. */
export function inputs(most: { partitions: number; records: number }): fc.Arbitrary<Input[][]> {
  const record = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    value: fc.integer({ min: 1, max: 9 }),
    step: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 8 }) }, { weight: 1, arbitrary: fc.integer({ min: 20, max: 60 }) }),
    behind: fc.oneof(
      { weight: 5, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 15 }) },
      { weight: 1, arbitrary: fc.integer({ min: 16, max: 90 }) },
    ),
  });
  const partition = fc.array(record, { maxLength: most.records, size: 'max' }).map((steps) => {
    let time = 1_000;
    return steps.map(({ key, value, step, behind }) => ({ key, value, timestamp: (time += step) - behind }));
  });
  return fc.array(partition, { minLength: 1, maxLength: most.partitions, size: 'max' });
}

export const windows: fc.Arbitrary<Windows> = fc
  .record({
    size: fc.constantFrom(10, 25),
    every: fc.constantFrom(1, 2, 3),
    grace: fc.constantFrom(0, 5, 20),
    outOfOrderness: fc.constantFrom(0, 4),
  })
  .map(({ every, ...shape }) => ({ ...shape, every: Math.ceil(shape.size / every) }));

/** `key@end` and the sum of its values, as a batch computation has it: a record is late by the watermark of its own partition before it. */
export function batch(partitions: readonly (readonly Input[])[], { size, every, grace, outOfOrderness }: Windows): Map<string, number> {
  const sums = new Map<string, number>();
  for (const records of partitions) {
    let watermark = -Infinity;
    for (const { key, value, timestamp } of records) {
      for (let start = Math.floor(timestamp / every) * every; start + size > timestamp; start -= every) {
        const end = start + size;
        if (end + grace > watermark) sums.set(`${key}@${end}`, (sums.get(`${key}@${end}`) ?? 0) + value);
      }
      watermark = Math.max(watermark, timestamp - outOfOrderness);
    }
  }
  return sums;
}
