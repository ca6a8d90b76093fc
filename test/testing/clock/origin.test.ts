import { expect, test } from 'vitest';
import { callersIn, originOf } from '../../../src/testing/clock/origin';

function called() {
  return originOf(called);
}

function someCaller() {
  return called();
}

test('the callers are named, the nearest first, with where they are', () => {
  expect(callersIn(someCaller() ?? {})).toMatch(/^someCaller \(origin\.test\.ts:\d+\), origin\.test\.ts:\d+$/);
});

test('RxJS and the engine are passed over; classes and what they are called as are left out', () => {
  const stack = [
    'Error',
    '    at Observable._subscribe (/x/node_modules/rxjs/src/internal/observable/timer.ts:170:22)',
    '    at new Promise (<anonymous>)',
    '    at Object.interval [as every] (C:\\y\\beat.ts:3:4)',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    '    at async FakeRunner.#fetchFrom (file:///x/src/testing/fakeRunner.ts:141:5)',
    '    at async third (file:///x/src/third.ts:1:1)',
  ].join('\n');
  expect(callersIn({ stack })).toBe('interval (beat.ts:3), #fetchFrom (fakeRunner.ts:141)');
});

test('an engine that cannot tell is no failure', () => {
  const { captureStackTrace } = Error;
  try {
    Object.assign(Error, { captureStackTrace: undefined });
    expect(called()).toBeUndefined();
  } finally {
    Object.assign(Error, { captureStackTrace });
  }
  expect(callersIn({})).toBe('');
});
