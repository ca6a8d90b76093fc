import { expect, test } from 'vitest';
import { FakeFaults, type FakeRequest, type Fault } from '../../../src/testing/network/fakeFaults';

const arranged = (...list: Fault[]) => {
  const faults = new FakeFaults();
  const takeBack = list.map((fault) => faults.inject(fault));
  const hit = (kind: FakeRequest, nodeId = 0, names = ['worker']) => faults.hit({ kind, nodeId, isFrom: (name) => names.includes(name) });
  return { hit, takeBack };
};

test('a fault hits the first of its requests, once', () => {
  const { hit } = arranged({ on: 'fetch', then: { error: 'NOT_LEADER_FOR_PARTITION' } });
  expect(hit('produce')).toBeUndefined();
  expect(hit('fetch')).toEqual({ error: 'NOT_LEADER_FOR_PARTITION' });
  expect(hit('fetch')).toBeUndefined();
});

test('a fault hits as many as it says, from the one that it says', () => {
  const { hit } = arranged({ on: ['offsetCommit', 'heartbeat'], nth: 2, times: 2, then: 'loseAnswer' });
  const hits = [hit('heartbeat'), hit('offsetCommit'), hit('heartbeat'), hit('heartbeat')];
  expect(hits.map((effect) => effect !== undefined)).toEqual([false, true, true, false]);
});

test('a fault hits only the requests of its client and to its broker', () => {
  const { hit } = arranged({ on: 'fetch', client: 'member-1', broker: 1, times: Infinity, then: 'hang' });
  expect(hit('fetch', 0, ['worker', 'member-1'])).toBeUndefined();
  expect(hit('fetch', 1, ['worker', 'member-2'])).toBeUndefined();
  expect(hit('fetch', 1, ['worker', 'member-1'])).toEqual({ hang: true });
});

test('a fault that is taken back hits no more', () => {
  const { hit, takeBack } = arranged({ on: 'fetch', times: Infinity, then: { delay: '2s' } });
  expect(hit('fetch')).toEqual({ delay: 2_000 });
  takeBack[0]?.();
  expect(hit('fetch')).toBeUndefined();
});

test('of two faults on one request the first happens, and both have counted it', () => {
  const { hit } = arranged({ on: 'fetch', then: { error: 'ECONNREFUSED' } }, { on: 'fetch', nth: 2, then: 'loseAnswer' });
  expect([hit('fetch'), hit('fetch'), hit('fetch')]).toEqual([{ broken: 'ECONNREFUSED' }, { loseAnswer: true }, undefined]);
});

test.for([
  [{ on: 'fetsh' as FakeRequest, then: 'hang' }, 'is it fetch,'],
  [{ on: ['fetch', 'comit'], then: 'hang' }, 'on is "comit"'],
  [{ on: 'fetch', then: { error: 'NOT_LEADER' } }, 'NOT_LEADER_FOR_PARTITION'],
  [{ on: 'fetch', then: { error: 'ECONREFUSED' } }, 'is it ECONNREFUSED,'],
  [{ on: 'fetch', nth: 0, then: 'hang' }, 'nth is 0'],
  [{ on: 'fetch', nth: Infinity, then: 'hang' }, 'nth is Infinity'],
  [{ on: 'fetch', times: 1.5, then: 'hang' }, 'times is 1.5'],
  [{ on: 'fetch', then: { delay: -1 } }, 'delay is -1'],
] as [Fault, string][])('what is no fault is refused: %o', ([fault, words]) => {
  expect(() => new FakeFaults().inject(fault)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(words) as string }),
  );
});
