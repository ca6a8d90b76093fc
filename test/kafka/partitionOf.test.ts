import { expect, test } from 'vitest';
import { partitionOf } from '../../src/kafka/partitionOf';

// The hashes that Kafka's own tests of its murmur2 expect.
test.each([
  ['', 275646681],
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('the key "%s" goes where Kafka puts it', (key, hash) => {
  expect(partitionOf(new TextEncoder().encode(key), 0x7fffffff)).toBe((hash & 0x7fffffff) % 0x7fffffff);
});
