import { expect, test } from 'vitest';
import { countForSoLong } from '../../bench/virtualWordCount';

test('a word count that runs in virtual time counts every word, closes every window and commits every record', async () => {
  expect(await countForSoLong(1_000_000)).toEqual({ fed: 13_332, counted: 13_332, windows: 100, committed: [2_500, 2_500, 2_500, 2_499] });
});
