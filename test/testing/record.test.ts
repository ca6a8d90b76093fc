import { ack, commitOffsets, filterRecords, flatMapValues, mapValues } from 'millrace';
import { lastValueFrom, of, toArray } from 'rxjs';
import { expect, test } from 'vitest';
import { shareOf } from '../../src/run/share';
import { record } from '../../src/testing/record';

test('what is not said has values of its own', () => {
  expect(record('ann', 1)).toMatchObject({ key: 'ann', value: 1, timestamp: 0, topic: 'test', partition: 0, offset: 0 });
  expect(Object.keys(record('ann', 1).headers)).toEqual([]);
});

test('what is said is there', () => {
  const init = { timestamp: 5, topic: 'lines', partition: 2, offset: 9, headers: { trace: 'x' } };
  const made = record(null, 'x', init);
  expect(made).toMatchObject({ key: null, value: 'x', timestamp: 5, topic: 'lines', partition: 2, offset: 9 });
  expect({ ...made.headers }).toEqual({ trace: 'x' });
  expect(Object.getPrototypeOf(made.headers)).toBeNull();
});

test('it goes through operators, and is released as a record of a source is', async () => {
  const made = record('ann', 'a b c');
  const words$ = of(made).pipe(
    mapValues((line) => line.toUpperCase()),
    flatMapValues((line) => line.split(' ')),
    filterRecords((word) => word !== 'B'),
    ack(),
    toArray(),
  );
  expect((await lastValueFrom(words$)).map(({ key, value, offset }) => [key, value, offset])).toEqual([
    ['ann', 'A', 0],
    ['ann', 'C', 0],
  ]);
  expect(shareOf(made, 'test').released).toBe(true);
  expect(shareOf(made, 'test').root.shares).toBe(0);
});

test('an error names its place, and a second ack is one', async () => {
  const made = record('ann', 1, { topic: 'lines', partition: 3, offset: 4 });
  const fail = (): never => {
    throw new Error('no');
  };
  await expect(lastValueFrom(of(made).pipe(mapValues(fail)))).rejects.toMatchObject({ topic: 'lines', partition: 3, offset: 4 });
  await expect(lastValueFrom(of(made).pipe(ack(), ack()))).rejects.toMatchObject({
    code: 'ACKED_TWICE',
    message: expect.stringContaining('lines[3]@4') as string,
  });
});

test('commitOffsets takes it, and has nothing to wait for', async () => {
  expect((await lastValueFrom(of(record('ann', 1)).pipe(commitOffsets()))).value).toBe(1);
});

test.each([{ offset: -1 }, { offset: 1.5 }, { partition: NaN }, { timestamp: Infinity }])('%j is refused', (init) => {
  expect(() => record('ann', 1, init)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});
