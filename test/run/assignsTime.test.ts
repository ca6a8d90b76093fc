import { expect, test } from 'vitest';
import { assignsTime } from '../../src/run/assignsTime';
import { summing } from './pieces';

const assigning = { name: 'assignTimestamps', assignsTime: true };
const windowed = { name: 'sum', stage: summing(10) };
const keyed = { name: 'keyBy', rekeys: true };

test('time may be assigned before windows', () => {
  expect(assignsTime([keyed, assigning, windowed])).toBe(true);
  expect(assignsTime([assigning])).toBe(true);
  expect(assignsTime([keyed, windowed])).toBe(false);
});

test('it may not be assigned twice, nor after windows', () => {
  expect(() => assignsTime([assigning, keyed, assigning])).toThrow('twice');
  for (const windows of [windowed, { name: 'windowByTime', gathers: true }])
    expect(() => assignsTime([windows, keyed, assigning])).toThrow('takes the results of a window');
});
