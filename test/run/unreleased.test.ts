import { expect, test } from 'vitest';
import { Delivered } from '../../src/run/partitionEpoch';
import { Unreleased } from '../../src/run/unreleased';
import { partition } from './pieces';

/** Records at these offsets. */
function queue(...offsets: readonly number[]) {
  const records = new Map(offsets.map((offset) => [offset, new Delivered(partition(), offset, 0, 1)]));
  const unreleased = new Unreleased();
  for (const record of records.values()) unreleased.push(record);
  const release = (...released: readonly number[]) => {
    for (const offset of released) Object.assign(records.get(offset) ?? {}, { released: true });
    unreleased.trim();
  };
  const time = (offset: number) => Object.assign(records.get(offset) ?? {}, { timed: true });
  return { unreleased, release, time };
}

test('the oldest is the first that is not released', () => {
  const { unreleased, release } = queue(2, 5, 6);
  release(5);
  expect(unreleased.oldest?.offset).toBe(2);
  release(2);
  expect(unreleased.oldest?.offset).toBe(6);
  release(6);
  expect(unreleased.oldest).toBeUndefined();
});

test('the first behind an offset is one that is not released', () => {
  const { unreleased, release } = queue(2, 5, 6, 9);
  release(6);
  expect([1, 2, 5, 9].map((offset) => unreleased.firstBehind(offset)?.offset)).toEqual([2, 5, 9, undefined]);
});

test('the first that has its time may be released, as long as the oldest is before it', () => {
  const { unreleased, release, time } = queue(2, 5, 6);
  expect(unreleased.firstTimed).toBeUndefined();
  time(5);
  time(6);
  release(5);
  expect(unreleased.firstTimed?.offset).toBe(5);
  release(2);
  expect(unreleased.firstTimed?.offset).toBe(6);
});
