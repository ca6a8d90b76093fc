import { expect, test } from 'vitest';
import { SlidingSets } from '../../src/time/slidingSets';

const texts = {
  first: (value: string) => value,
  fold: (state: string, value: string) => state + value,
  merge: (a: string, b: string) => `${a}|${b}`,
};

test('records of the same millisecond are folded into one state, in their order', () => {
  const sets = new SlidingSets(10, texts);
  sets.add(5, 'a');
  sets.add(3, 'b');
  sets.add(5.9, 'c');
  expect(sets.entries).toEqual([
    { at: 3, from: 3, state: 'b' },
    { at: 5, from: 5, state: 'ac' },
  ]);
});

test('a record that is late for its own window counts in those that are open, and is kept apart', () => {
  const sets = new SlidingSets(10, texts);
  expect(sets.add(5, 'a', 5)).toBe('all');
  expect(sets.add(5, 'b', 6)).toBe('some'); // the window that ends with 5 has closed
  expect(sets.add(5, 'c', 15.5)).toBe('some');
  expect(sets.add(5, 'd', 16)).toBe('none');
  expect(sets.add(5, 'e', 5.5)).toBe('all');
  expect(sets.entries).toEqual([
    { at: 5, from: 5, state: 'ae' },
    { at: 5, from: 6, state: 'b' },
    { at: 5, from: 15, state: 'c' },
  ]);
});

test('a record is let go when the window that starts just after it has closed', () => {
  const sets = new SlidingSets(10, texts);
  sets.add(-1, 'a');
  sets.add(0, 'b');
  sets.forget(10.9);
  expect(sets.entries).toHaveLength(2);
  sets.forget(11);
  expect(sets.entries).toEqual([{ at: 0, from: 0, state: 'b' }]);
});
