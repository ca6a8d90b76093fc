import { TestScheduler } from 'rxjs/testing';
import { expect, test } from 'vitest';
import { momentsOf } from '../../../src/testing/marbles/moments';

test('a diagram is read as in run mode, by its letters', () => {
  new TestScheduler(() => undefined).run(() => {
    expect(momentsOf(' -a-(bc) 1s d#')).toEqual([
      { frame: 1, sign: 'a' },
      { frame: 3, sign: 'b' },
      { frame: 3, sign: 'c' },
      { frame: 1_007, sign: 'd' },
      { frame: 1_008, sign: '#' },
    ]);
    expect(momentsOf('--|')).toEqual([{ frame: 2, sign: '|' }]);
  });
});
