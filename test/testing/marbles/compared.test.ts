import { TestScheduler } from 'rxjs/testing';
import { expect, test } from 'vitest';
import {
  comparedSubscriptions,
  comparedToDiagram,
  comparedToEachOther,
  type ExpectedNotifications,
} from '../../../src/testing/marbles/compared';
import type { Received } from '../../../src/testing/marbles/received';

const expectation: ExpectedNotifications = { what: 'they', marbles: '-a#', values: { a: 1 }, unnamed: 'mistake', error: { code: 'X' } };

/** In run mode, where a frame is a character. */
const inRun = <T>(work: () => T): T => new TestScheduler(() => undefined).run(work);
const differs = (received: readonly Received[], changes: Partial<ExpectedNotifications> = {}) =>
  inRun(() => comparedToDiagram(received, { ...expectation, ...changes })());

const a: Received = { frame: 1, kind: 'N', value: 1 };
const broken: Received = { frame: 2, kind: 'E', value: { code: 'X', more: 1 } };

test('a value is compared with that of its letter, an error by the fields that are expected', () => {
  expect(differs([a, broken])).toBeUndefined();
  expect(differs([{ ...a, value: 2 }, broken])).toContain('at 1 ms: expected a = 1, received A = 2');
  expect(differs([a, { ...broken, value: { code: 'Y' } }])).toContain("at 2 ms: expected # = { code: 'X' }, received # = { code: 'Y' }");
  expect(differs([a, { frame: 2, kind: 'C' }])).toContain('received completion');
});

test('a letter without a value is itself, or a mistake', () => {
  expect(differs([{ ...a, value: 'a' }], { marbles: '-a', values: {}, unnamed: 'itself' })).toBeUndefined();
  expect(() => differs([], { values: {} })).toThrow('there is no value for the marble a of they: the values have none');
});

test('how values are compared can be told', () => {
  expect(differs([{ ...a, value: 1.4 }, broken], { same: (one, other) => Math.round(other as number) === one })).toBeUndefined();
});

test('what two Observables gave is compared one by one', () => {
  expect(comparedToEachOther([a, broken], [a, broken])).toBeUndefined();
  expect(comparedToEachOther([a], [{ ...a, value: 2 }])).toContain('expected A = 2, received B = 1');
});

test('subscriptions are compared by both frames, and by how many there are', () => {
  const log = (subscribedFrame: number, unsubscribedFrame = Infinity) => ({ subscribedFrame, unsubscribedFrame });
  const compare = (diagrams: readonly string[], ...logs: ReturnType<typeof log>[]) => inRun(() => comparedSubscriptions(diagrams, logs));
  expect(compare(['^', '-^-!', '---'], log(0), log(1, 3))).toBeUndefined();
  expect(compare(['^', '-^-!'], log(0), log(1, 4))).toContain('the subscriptions (number 2) differ');
  expect(compare(['^'], log(0), log(1))).toContain('at 1 ms: expected nothing, received ^');
  expect(compare(['^'])).toContain('expected ^, received nothing');
});
