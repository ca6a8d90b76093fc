import { expect, test } from 'vitest';
import { Holds } from '../../../src/run/holds';
import { Part } from '../../../src/run/tables/part';
import { Source } from './drivenTable';
import { from } from './origins';

test('a part holds the smallest of its offsets, with the stamp of that record', () => {
  const part = new Part('state', from(5, { slot: 1, stamp: 50 }), 0);
  part.take(from(3, { slot: 1, stamp: 30 }));
  part.take(from(4, { slot: 1, stamp: 40 }));
  const holds = new Holds(2);
  part.giveOffset(holds);
  expect([holds.offsetOf(0), holds.offsetOf(1), holds.stampOf(1)]).toEqual([Infinity, 3, 30]);
});

test('of two parts that become one the smaller offset is held, and the results that went into both', () => {
  const [one, other] = [new Source(), new Source()];
  const part = new Part('state', one, 4);
  part.take(other);
  const former = new Part('state', one, 2);
  part.join(former);
  expect([part.order, part.hasSources]).toEqual([2, true]);
  const holds = new Holds(1);
  part.giveSources(holds);
  expect([...holds.sources]).toEqual([
    [one, 2],
    [other, 1],
  ]);
  expect([one.absorbed, other.absorbed]).toEqual([2, 1]);

  const later = new Part('state', from(9, { stamp: 90 }), 0);
  later.join(new Part('state', from(8, { stamp: 80 }), 1));
  expect([later.offset, later.stamp, later.hasSources]).toEqual([8, 80, false]);
});

test('parts are ordered by partition, then offset, then by which came first', () => {
  const parts = [new Part('d', from(1, { slot: 1 }), 0), new Part('c', from(2), 3), new Part('b', from(1), 2), new Part('a', from(1), 1)];
  expect(parts.sort((a, b) => (a.isBefore(b) ? -1 : 1)).map(({ state }) => state)).toEqual(['a', 'b', 'c', 'd']);
});
