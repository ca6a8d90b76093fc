import { expect, test } from 'vitest';
import { Part, SliceQueue } from '../../src/time/sliceQueue';

let arrivals = 0;
const part = (start: number, state: string) => new Part({ start }, 'key', arrivals++, state);
const joining = () => new SliceQueue<string>((a, b) => a + b);

test('slices are merged in order of time', () => {
  const queue = joining();
  queue.add(part(0, 'a'));
  queue.add(part(10, 'b'));
  expect(queue.merged()).toBe('ab');
  queue.add(part(20, 'c'));
  expect(queue.merged()).toBe('abc');
  expect(queue.length).toBe(3);
});

test('slices leave in order of time, and are handed to who wants them', () => {
  const queue = joining();
  for (const [index, state] of ['a', 'b', 'c', 'd'].entries()) queue.add(part(index * 10, state));
  expect(queue.leave(10)).toBe(1);
  expect(queue.merged()).toBe('bcd');
  queue.add(part(40, 'e'));
  expect(queue.merged()).toBe('bcde');
  const gone: Part<string>[] = [];
  expect(queue.leave(30, gone)).toBe(2);
  expect(gone.map(({ state }) => state)).toEqual(['b', 'c']);
  expect(queue.merged()).toBe('de');
  expect(queue.leave(30)).toBe(0);
});

test('a part may enter in the middle, behind those of the same slice', () => {
  const queue = joining();
  for (const [index, state] of ['a', 'b', 'c', 'd'].entries()) queue.add(part(index * 10, state));
  queue.leave(10); // now all are in front
  expect(queue.add(part(40, 'e'))).toBe(true);
  expect(queue.merged()).toBe('bcde');
  expect(queue.add(part(10, 'B'))).toBe(false);
  expect(queue.merged()).toBe('bBcde');
  queue.add(part(30, 'D'));
  queue.add(part(40, 'E'));
  expect(queue.merged()).toBe('bBcdDeE');
  queue.leave(30);
  expect(queue.merged()).toBe('dDeE');
});

test('the part that came first is known before anything is merged', () => {
  const queue = new SliceQueue<string>(() => {
    throw new Error('not asked for');
  });
  const [second, first, third] = [part(0, 'b'), part(10, 'a'), part(20, 'c')];
  const at = (of: Part<string>, arrival: number) => new Part(of.slice, of.key, arrival, of.state);
  const parts = [at(second, 2), at(first, 1), at(third, 3)];
  for (const each of parts) queue.add(each);
  expect(queue.earliest).toBe(parts[1]);
  queue.leave(10);
  expect(queue.earliest).toBe(parts[1]);
  queue.add(at(third, 0));
  expect(queue.earliest?.arrival).toBe(0);
  queue.leave(Infinity);
  expect(queue.earliest).toBeUndefined();
});

test('newest is the start of the newest slice, wherever it lies', () => {
  const queue = joining();
  expect(queue.newest).toBe(-Infinity);
  for (const start of [0, 10, 20]) queue.add(part(start, 'a'));
  queue.add(part(5, 'a'));
  expect(queue.newest).toBe(20);
  queue.leave(10);
  expect(queue.newest).toBe(20);
});

test('a whole that has not changed is not merged again', () => {
  let merges = 0;
  const queue = new SliceQueue<number>((a, b) => (merges++, a + b));
  for (const start of [0, 10, 20]) queue.add(new Part({ start }, 'key', start, 1));
  expect(queue.merged()).toBe(3);
  expect(queue.merged()).toBe(3);
  expect(merges).toBe(2);
});

test('a throw of merge leaves nothing half done', () => {
  let fails = true;
  const queue = new SliceQueue<string>((a, b) => {
    if (fails && b === 'c') throw new Error('not now');
    return a + b;
  });
  for (const [index, state] of ['a', 'b', 'c', 'd'].entries()) queue.add(part(index * 10, state));
  expect(() => queue.merged()).toThrow('not now');
  fails = false;
  expect(queue.merged()).toBe('abcd');
});

test('an empty queue comes to nothing', () => {
  expect(() => joining().merged()).toThrow('an empty queue of slices comes to nothing');
});
