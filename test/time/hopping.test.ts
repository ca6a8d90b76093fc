import { expect, test } from 'vitest';
import { hopping, hoppingWindows } from '../../src/time/hopping';

test('durations become milliseconds, and the offset is 0 unless given', () => {
  expect(hopping('1m', { every: '10s' })).toEqual({ kind: 'hopping', size: 60_000, every: 10_000, offset: 0 });
  expect(hopping(10, { every: 10, offset: '-1s' })).toEqual({ kind: 'hopping', size: 10, every: 10, offset: -1_000 });
});

test('a record belongs to every window that covers it, start inclusive and end exclusive', () => {
  const starts = (timestamp: number): number[] => hoppingWindows(hopping(10, { every: 5 }), timestamp).map(({ start }) => start);
  expect([starts(9), starts(9.9), starts(10), starts(-1), starts(-5)]).toEqual([
    [0, 5],
    [0, 5],
    [5, 10],
    [-10, -5],
    [-10, -5],
  ]);
});

test('a size that is no multiple of every gives one window more or less, depending on where the record falls', () => {
  const shape = hopping(10, { every: 4, offset: 1 });
  expect(hoppingWindows(shape, 1)).toEqual([-7, -3, 1].map((start) => ({ start, end: start + 10 })));
  expect(hoppingWindows(shape, 3)).toEqual([-3, 1].map((start) => ({ start, end: start + 10 })));
});

test.each([
  [0, 1, 'the size of a hopping window is 0'],
  [-1, 1, 'the size of a hopping window is -1'],
  [10, 0, 'every of a hopping window is 0'],
  [10, -5, 'every of a hopping window is -5'],
  [10, undefined, 'every of a hopping window is undefined'],
  [10, 0.5, 'it must be a whole number of milliseconds'],
  [10, 11, 'every of a hopping window is 11 ms and its size 10 ms: records between two windows would be in none'],
])('a size of %j every %j is refused', (size, every, message) => {
  expect(() => hopping(size, { every } as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  expect(() => hopping(size, { every } as never)).toThrow(message);
});

test('options that were left out are asked for', () => {
  expect(() => hopping(10, undefined as never)).toThrow('every of a hopping window is undefined');
});
