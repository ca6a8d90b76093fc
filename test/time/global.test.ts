import { expect, test } from 'vitest';
import { global } from '../../src/time/global';

test('there is one window over everything', () => {
  expect(global()).toEqual({ kind: 'global' });
});
