import { expect, test } from 'vitest';
import { wholeMillis } from '../../src/time/wholeMillis';

test('a duration is given in milliseconds', () => {
  expect([wholeMillis(20, 'x'), wholeMillis('1.5s', 'x'), wholeMillis('-2h', 'x', -Infinity)]).toEqual([20, 1_500, -7_200_000]);
});

test.each([0.5, '0.5ms', 2 ** 53])('%j is no whole number of milliseconds', (duration) => {
  expect(() => wholeMillis(duration as never, 'the span')).toThrow(
    expect.objectContaining({
      code: 'INVALID_OPTION',
      message: `the span is ${JSON.stringify(duration)}: it must be a whole number of milliseconds`,
    }),
  );
});

test('what is no duration at all is refused as such', () => {
  expect(() => wholeMillis('soon' as never, 'the span')).toThrow('the span is "soon": write a number of milliseconds');
});
