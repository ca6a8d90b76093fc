import { describe, expect, test } from 'vitest';
import { Lane } from '../../src/run/lane';
import { messages, partition, take, taskOf } from './pieces';

function laneOf(offset = 0, { until = Infinity, credit = 2 } = {}): Lane {
  const epoch = partition({ offset });
  return new Lane(taskOf([epoch], []), epoch, until, credit, 0);
}

test('messages come out in the order they were fetched, over batches', () => {
  const lane = laneOf(5);
  lane.push(messages(5, 3), 8);
  lane.push([], 10);
  lane.push(messages(11, 1), 12);
  expect([lane.waiting, lane.through]).toEqual([4, 12]);
  expect(take(lane)).toEqual(['5', '6', '7', '11']);
  expect(lane.waiting).toBe(0);
});

test('a batch without messages moves where the lane has read through, never back', () => {
  const lane = laneOf(5);
  lane.push([], 9);
  lane.push([], 7);
  expect([lane.through, lane.waiting, lane.peek()]).toEqual([9, 0, undefined]);
});

test('what is cleared is gone, and reading goes on', () => {
  const lane = laneOf();
  lane.push(messages(0, 3), 3);
  lane.shift();
  lane.clear();
  expect([lane.waiting, lane.peek()]).toEqual([0, undefined]);
  lane.push(messages(3, 1), 4);
  expect(take(lane)).toEqual(['3']);
});

describe('the mark', () => {
  test('is half of the last batch', () => {
    const lane = laneOf(0, { credit: 2 });
    lane.push(messages(0, 11), 11);
    expect(lane.mark).toBe(5);
  });

  test('is the credit if that is more', () => {
    const lane = laneOf(0, { credit: 100 });
    lane.push(messages(0, 11), 11);
    expect(lane.mark).toBe(100);
  });
});

test('a bounded read is at its end when everything before it has been delivered', () => {
  const lane = laneOf(4, { until: 6 });
  lane.epoch.deliver(4, 0, 1);
  expect(lane.atEnd).toBe(false);
  lane.epoch.skipTo(6);
  expect(lane.atEnd).toBe(true);
});
