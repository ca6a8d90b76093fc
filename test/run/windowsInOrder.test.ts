import { expect, test } from 'vitest';
import type { Participant } from '../../src/run/scope';
import { windowsInOrder } from '../../src/run/windowsInOrder';
import { summing } from './pieces';

const keyed: Participant = { name: 'keyBy', rekeys: true };
const event: Participant = { name: 'countByKey', stage: summing(10) };
const free: Participant = { name: 'reduceByKey', gathers: true };

test('free windows may take the results of windows of event time, and of free ones', () => {
  for (const order of [[], [keyed], [event, event], [event, free], [keyed, free, free]]) expect(() => windowsInOrder(order)).not.toThrow();
});

test('windows of event time may not take those of free windows, whatever is between them', () => {
  expect(() => windowsInOrder([free, keyed, event])).toThrow(
    'countByKey closes its windows by event time, but takes the results of reduceByKey',
  );
});
