import { from, merge, NEVER } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { commitOffsets } from '../../src/operators/commitOffsets';
import { settled } from '../run/clock';
import { type Found, outcome, read, Topic } from './source';

test('what arrives is released, and goes on as it is', () => {
  const topic = new Topic();
  const records = topic.records('a', 'b');
  const { values } = outcome(from(records).pipe(commitOffsets()));
  expect(values).toEqual(records);
  expect(topic.committable()).toBe(2);
});

test.each([
  [undefined, { every: 5_000, count: Infinity }],
  [
    { every: '1s', count: 500 },
    { every: 1_000, count: 500 },
  ],
  [
    { every: undefined, count: undefined },
    { every: 5_000, count: Infinity },
  ],
] as const)('with %j the source knows how often to commit', (options, cadence) => {
  const found: Found = {};
  outcome(read([], found).pipe(commitOffsets(options)));
  expect(found.participants).toMatchObject([{ name: 'commitOffsets', cadence }]);
});

test.each([{ every: 0 }, { every: '-1s' }, { every: 'soon' }, { count: 0 }, { count: -1 }, { count: NaN }])(
  '%j is refused at the call',
  (options) => {
    expect(() => commitOffsets(options as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('of commitOffsets is') as string }),
    );
  },
);

describe('it completes', () => {
  test('after the last commit is done, and not when its source does', async () => {
    let done: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (done = resolve));
    const result = outcome(read([], { finished }).pipe(commitOffsets()));
    await settled();
    expect(result.completed).toBe(false);
    done();
    await settled();
    expect(result.completed).toBe(true);
  });

  test('after the last commits of all runs that feed it', async () => {
    let done: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (done = resolve));
    const result = outcome(merge(read([]), read([], { finished })).pipe(commitOffsets()));
    await settled();
    expect(result.completed).toBe(false);
    done();
    await settled();
    expect(result.completed).toBe(true);
  });

  test('with an error if the last commit failed', async () => {
    const error = new Error('no coordinator');
    const result = outcome(read([], { finished: Promise.reject(error) }).pipe(commitOffsets()));
    await settled();
    expect(result).toMatchObject({ completed: false, error });
  });

  test('at once behind a source that no run feeds', async () => {
    const result = outcome(from([]).pipe(commitOffsets()));
    await settled();
    expect(result.completed).toBe(true);
  });
});

test('L10: an error of the source passes through', () => {
  const error = new Error('no');
  expect(
    outcome(merge(from(new Topic().records('a')), NEVER, new Promise<never>(() => undefined)).pipe(commitOffsets())).error,
  ).toBeUndefined();
  const topic = new Topic();
  const failing = from(
    (function* () {
      yield topic.records('a')[0] as never;
      throw error;
    })(),
  );
  expect(outcome(failing.pipe(commitOffsets())).error).toBe(error);
});

test('L3: what was acked before is an error', () => {
  const [record] = new Topic().records('a');
  const { error } = outcome(from([record, record] as never[]).pipe(commitOffsets()));
  expect(error).toMatchObject({ code: 'ACKED_TWICE' });
});

test('what did not come from fromTopic is an error', () => {
  expect(outcome(from([{ value: 1 }] as never[]).pipe(commitOffsets())).error).toMatchObject({
    code: 'NO_SOURCE',
    message: expect.stringContaining('commitOffsets got an element') as string,
  });
});
