import { expect, test } from 'vitest';
import { counting } from '../../src/time/counting';

test('a window has a number of records', () => {
  expect(counting(10)).toEqual({ kind: 'counting', size: 10 });
});

test.each([0, -1, 2.5, NaN, Infinity, '10', undefined])('a window of %j records is refused', (size) => {
  expect(() => counting(size as never)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('it must be a whole number, 1 or more') as string }),
  );
});
