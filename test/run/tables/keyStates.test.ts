import { expect, test } from 'vitest';
import { KeyState, KeyStates } from '../../../src/run/tables/keyStates';
import { Part } from '../../../src/run/tables/part';
import { from } from './origins';

const statesOf = (slots: number): KeyStates<KeyState<Part[]>> =>
  new KeyStates(slots, (identity, key, count) => new KeyState<Part[]>(identity, key, count));

test('a key is known by its value', () => {
  const keys = statesOf(2);
  const state = keys.of({ a: 1, b: 2 });
  expect(keys.of({ b: 2, a: 1 })).toBe(state);
  expect(keys.get(state.identity)).toBe(state);
  expect(keys.of({ a: 1 })).not.toBe(state);
});

test('the key of which something ends first is at hand', () => {
  const keys = statesOf(1);
  const [a, b] = [keys.of('a'), keys.of('b')];
  keys.endsAt(a, 20);
  keys.endsAt(b, 10);
  keys.endsAt(b, 30);
  expect(keys.first).toBe(b);
  keys.putBack(b, 30);
  expect(keys.first).toBe(a);
  keys.dropFirst();
  expect([keys.first, keys.get('a'), keys.isEmpty]).toEqual([b, undefined, false]);
  keys.dropFirst();
  expect(keys.isEmpty).toBe(true);
});

test('what is held follows what comes and what goes', () => {
  const keys = statesOf(2);
  const hold = (): (readonly [number, number])[] => [0, 1].map((slot) => [keys.holds.offsetOf(slot), keys.holds.stampOf(slot)] as const);
  const parts = [from(5, { stamp: 50 }), from(7, { slot: 1, stamp: 70 }), from(6, { stamp: 60 })].map((origin, order) => {
    const part = new Part('state', origin, order);
    (keys.of(order).partitions[origin.slot] ??= []).push(part);
    keys.came(origin);
    return part;
  });
  expect(hold()).toEqual([
    [5, 50],
    [7, 70],
  ]);
  keys.came(from(4, { stamp: 40 }));
  expect(hold()[0]).toEqual([4, 40]);
  const [first] = parts as [Part];
  keys.of(0).partitions[0] = [];
  keys.gone(new Part('state', from(4, { stamp: 40 }), 9));
  keys.gone(first);
  expect(hold()[0]).toEqual([6, 60]);
  expect([0, 1].map((slot) => [keys.holderOf(slot)?.state.key, keys.holderOf(slot)?.part.offset])).toEqual([
    [2, 6],
    [1, 7],
  ]);
  expect([...keys.states()]).toEqual(['state', 'state']);
});
