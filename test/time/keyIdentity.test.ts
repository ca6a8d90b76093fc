import { expect, test } from 'vitest';
import { keyIdentity } from '../../src/time/keyIdentity';

const same: readonly (readonly [string, unknown, unknown])[] = [
  ['bytes by content', Uint8Array.of(1, 2), Buffer.from([1, 2])],
  ['tuples by their parts', ['eu', 1], ['eu', 1]],
  ['plain objects whatever the order of their properties', { a: 1, b: [2] }, { b: [2], a: 1 }],
  ['dates by their time', [new Date(5)], [new Date(5)]],
  ['zero whatever its sign', [0], [-0]],
];
test.each(same)('%s', (_, one, other) => {
  expect(keyIdentity(one)).toBe(keyIdentity(other));
});

const different: readonly (readonly [string, unknown, unknown])[] = [
  ['a number and its text', [1], ['1']],
  ['a bigint and a number', [1n], [1]],
  ['a tuple and its parts in one text', ['a', 'b'], ['ab']],
  ['a tuple and a text that reads like it', ['a', 'b'], ['as:b']],
  ['dates of different times', [new Date(1)], [new Date(2)]],
  ['parts that run into each other', ['ab', 'c'], ['a', 'bc']],
  ['a nested tuple and a flat one', [['a'], 'b'], ['a', ['b']]],
  ['bytes and the text of the same bytes', [Uint8Array.of(97)], ['a']],
  ['bytes that look like the part after them', [Uint8Array.of(97), 'b'], [Uint8Array.from('as1:b', (letter) => letter.charCodeAt(0))]],
  ['a tuple and an object with the same parts', ['a', 1], { a: 1 }],
  ['an empty tuple and an empty object', [], {}],
  ['null and undefined', [null], [undefined]],
  ['true and its text', [true], ['true']],
  ['a text that looks like the identity of an object, and that object', keyIdentity(['a']), ['a']],
];
test.each(different)('%s are two keys', (_, one, other) => {
  expect(keyIdentity(one)).not.toBe(keyIdentity(other));
});

test.each(['a', '', 0, 1.5, 2n, true])('%s is its own identity', (key) => {
  expect(keyIdentity(key)).toBe(key);
});

test.each([new Map(), new Set(), new URL('http://a'), /a/, new ArrayBuffer(1)])(
  '%s is refused, since it shows nothing of what it holds',
  (key) => {
    expect(() => keyIdentity(key)).toThrow('cannot be compared by value');
    expect(() => keyIdentity([key])).toThrow('cannot be compared by value');
  },
);
