import { expect, test } from 'vitest';
import { nearNames } from '../../../src/testing/network/fakeNearNames';

test('names that look like the one that was meant come first', () => {
  const names = ['fetch', 'heartbeat', 'produce', 'offsetCommit', 'offsetFetch'];
  expect(nearNames('offsetComit', names)).toEqual(['offsetCommit', 'offsetFetch', expect.any(String)]);
  expect(nearNames('FETCH', names, 1)).toEqual(['fetch']);
  expect(nearNames('offset', names, 2)).toEqual(['offsetCommit', 'offsetFetch']);
});
