import { expect, test } from 'vitest';
import { FakeLog } from '../../../src/testing/broker/fakeLog';

const messages = (...values: string[]) => values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: '0', headers: {} }));
const life = (epoch: number) => ({ producerId: 1, epoch });
const told = (log: FakeLog) =>
  log.messages('read_committed').map(({ offset, value }) => `${offset}:${Buffer.from(value ?? []).toString()}`);

test('a batch that is there already is not stored again, and nobody is told of a change', () => {
  const log = new FakeLog('t', 0, 0);
  expect(log.produce(messages('a', 'b'), { ...life(0), sequence: 0 }, false)).toBe(0);
  let changes = 0;
  log.onChange(() => changes++);
  expect(log.produce(messages('a', 'b'), { ...life(0), sequence: 0 }, false)).toBe(0);
  expect([changes, log.end]).toEqual([0, 2]);
  expect(log.produce(messages('c'), { ...life(0), sequence: 2 }, false)).toBe(2);
  expect([changes, told(log)]).toEqual([1, ['0:a', '1:b', '2:c']]);
});

test('a mark in the name of a successor ends what the former life of a producer can do', () => {
  const log = new FakeLog('t', 0, 0);
  log.produce(messages('a'), { ...life(0), sequence: 0 }, true);
  log.endTransaction(life(1), 'abort', 7);
  expect(() => log.produce(messages('b'), { ...life(0), sequence: 1 }, true)).toThrow(
    expect.objectContaining({ type: 'INVALID_PRODUCER_EPOCH' }),
  );
  expect([log.end, told(log)]).toEqual([2, []]);
});

test('a mark wakes those who wait, and has the time of its writing', () => {
  const log = new FakeLog('t', 0, 0);
  log.produce(messages('a'), { ...life(0), sequence: 0 }, true);
  let changes = 0;
  log.onChange(() => changes++);
  expect(log.stableEnd).toBe(0);
  log.endTransaction(life(0), 'commit', 7);
  expect([changes, log.stableEnd, log.offsetAt(1)]).toEqual([1, 2, 1]);
});

test('what is before the beginning is stable', () => {
  const log = new FakeLog('t', 0, 0);
  log.produce(messages('a', 'b', 'c'), { ...life(0), sequence: 0 }, true);
  log.deleteBefore(2);
  expect(log.stableEnd).toBe(2);
  log.endTransaction(life(0), 'commit', 0);
  expect(told(log)).toEqual(['2:c']);
});
