import { expect, test } from 'vitest';
import { checkOffset, checkPartitions, checkPlace } from '../../../src/testing/client/fakeChecks';

const refused = (message: string): unknown => expect.objectContaining({ name: 'KafkaJSNonRetriableError', message });

test('a place has a topic and a number', () => {
  checkPlace('t', 0);
  expect(() => checkPlace('', 0)).toThrow(refused('Invalid topic '));
  expect(() => checkPlace('t', NaN)).toThrow(refused('Invalid partition, expected a number received NaN'));
});

test('an offset is a whole number that is not too small', () => {
  for (const offset of ['0', '-2', '9007199254740993']) checkOffset(offset, -2);
  for (const offset of ['', '1.5', 'x', '0x1'])
    expect(() => checkOffset(offset, -2)).toThrow(refused(`Invalid offset, expected a long received ${offset}`));
  expect(() => checkOffset('-1', 0)).toThrow(refused('Offset must not be a negative number'));
});

test('all partitions of a topic can be named by leaving them out', () => {
  checkPartitions({ topic: 't' });
  checkPartitions({ topic: 't', partitions: [0, 1] });
  expect(() => checkPartitions({ topic: '' })).toThrow(refused('Invalid topic '));
  const words = 'Array of valid partitions required to pause specific partitions instead of NaN';
  expect(() => checkPartitions({ topic: 't', partitions: [NaN] })).toThrow(refused(words));
});
