import { expect, test } from 'vitest';
import { WindowContents } from '../../src/time/windowContents';
import { reducing } from './reducing';

const join = reducing((a, b) => `${String(a)}${String(b)}`);

test('the values of a key are combined in the order they came', () => {
  const contents = new WindowContents();
  for (const value of ['a', 'b', 'c']) contents.add(0, 'key', value, join);
  expect([...contents.results(join)]).toEqual([{ key: 'key', value: 'abc' }]);
});

test('partials are merged in the order of partitions, whichever was read first', () => {
  const contents = new WindowContents();
  contents.add(2, 'key', '2', join);
  contents.add(0, 'key', '0', join);
  contents.add(1, 'key', '1', join);
  expect([...contents.results(join)]).toEqual([{ key: 'key', value: '012' }]);
});

test('results come in the order of the first record of each key, by partition and offset', () => {
  const contents = new WindowContents();
  contents.add(1, 'late', 1, join);
  contents.add(1, 'both', 1, join);
  contents.add(0, 'first', 0, join);
  contents.add(0, 'both', 0, join);
  expect([...contents.results(join)].map(({ key }) => key)).toEqual(['first', 'both', 'late']);
});

test('keys compare by value, and the result has the key that came first', () => {
  const contents = new WindowContents();
  const key = ['eu', 1];
  contents.add(0, key, 'a', join);
  contents.add(0, ['eu', 1], 'b', join);
  const [result] = contents.results(join);
  expect(result).toEqual({ key: ['eu', 1], value: 'ab' });
  expect(result?.key).toBe(key);
});

test('a value that happens to be undefined is a value', () => {
  const contents = new WindowContents();
  contents.add(0, 'key', undefined, join);
  contents.add(0, 'key', 'b', join);
  expect([...contents.results(join)]).toEqual([{ key: 'key', value: 'undefinedb' }]);
});

test('a window without records gives nothing', () => {
  expect([...new WindowContents().results(join)]).toEqual([]);
});

test('keys are told with what they are compared by, and found by it', () => {
  const contents = new WindowContents();
  for (const key of ['a', ['b', 1], 'c']) contents.add(0, key, 1, join);
  const [, [identity, key] = []] = contents.keys();
  expect(key).toEqual(['b', 1]);
  expect([contents.has(identity), contents.has('b')]).toEqual([true, false]);
});

test('what a key came to so far is merged over partitions, and leaves the partials as they are', () => {
  const contents = new WindowContents();
  const identity = contents.add(1, 'key', '1', join);
  contents.add(0, 'key', '0', join);
  expect(contents.current(identity, join)).toEqual({ key: 'key', value: '01' });
  contents.add(0, 'key', '2', join);
  expect(contents.current(identity, join)).toEqual({ key: 'key', value: '021' });
  expect(contents.current('other', join)).toBeUndefined();
  expect([...contents.states()]).toEqual(['02', '1']);
  expect(contents.size).toBe(2);
});
