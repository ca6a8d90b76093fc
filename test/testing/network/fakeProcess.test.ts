import { expect, test } from 'vitest';
import { FakeProcess } from '../../../src/testing/network/fakeProcess';

const observed = () => {
  const process = new FakeProcess('worker');
  const noticed: string[] = [];
  return { process, noticed, happen: (name: string) => process.notice(() => noticed.push(name)) };
};

test('a process notices what happens at once', () => {
  const { noticed, happen } = observed();
  happen('a');
  expect(noticed).toEqual(['a']);
});

test('a frozen process notices nothing until it is thawed, and then everything in order', () => {
  const { process, noticed, happen } = observed();
  const thaw = process.freeze();
  happen('a');
  happen('b');
  expect(noticed).toEqual([]);
  thaw();
  expect(noticed).toEqual(['a', 'b']);
  happen('c');
  expect(noticed).toEqual(['a', 'b', 'c']);
});

test('a process that was frozen twice is thawed by both, each once', () => {
  const { process, noticed, happen } = observed();
  const [first, second] = [process.freeze(), process.freeze()];
  happen('a');
  first();
  first();
  expect(noticed).toEqual([]);
  second();
  expect(noticed).toEqual(['a']);
});

test('a dead process notices nothing, whether it was frozen or not', () => {
  const { process, noticed, happen } = observed();
  const thaw = process.freeze();
  happen('a');
  process.kill();
  thaw();
  happen('b');
  expect(noticed).toEqual([]);
  expect(process.killed).toBe(true);
});
