import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { live } from './lives';
import { type Case, cases, type Plan, shapes } from './plan';
import { tampers } from './tamper';
import { windowKinds } from './windowKinds';

const enough = 60_000;

const windowed = shapes.filter((shape) => shape !== 'no windows');

describe('the lives of a process, crashes and all, together give what a batch computation gives', () => {
  const give = async (given: fc.Arbitrary<Case>, numRuns: number): Promise<void> => {
    const lives = fc.asyncProperty(given, async (one) => {
      expect((await live(one)).problems).toEqual([]);
    });
    await fc.assert(lives, { numRuns, endOnFailure: true });
  };

  test('no windows', () => give(cases('no windows'), 200), enough);

  test.each(windowKinds)('%s windows', (kind) => give(fc.oneof(...windowed.map((shape) => cases(shape, [kind]))), 200), enough);
});

describe('the checks fail when recovery is robbed of something: ', () => {
  test.each(Object.entries(tampers))(
    '%s',
    async (_, tamper) => {
      const lives = fc.asyncProperty(fc.oneof(...shapes.map((shape) => cases(shape, tamper.kinds))), async (one) => {
        expect((await live(one, tamper)).problems).toEqual([]);
      });
      const { failed } = await fc.check(lives, { numRuns: 8_000, endOnFailure: true });
      expect(failed).toBe(true);
    },
    enough,
  );
});

describe('what was wrong once', () => {
  const tumbling = { kind: 'tumbling', every: 0, offset: 0, grace: 0, updates: undefined, keepsLate: false } as const;
  const chain: Plan = {
    shape: 'chained per partition',
    partitions: 1,
    epoch: 0,
    outOfOrderness: 0,
    idleAfter: 20,
    windows: [
      { ...tumbling, size: 50 },
      { ...tumbling, size: 100 },
    ],
    maxInFlight: 1_024,
    maxResults: 1_024,
    delays: false,
    assigned: 'no',
    acksAtOnce: false,
    calm: false,
    crowded: false,
  };
  const line = { partition: 0, lag: 0, gap: 0, words: ['a'] };
  const problemsIn = async (one: Case): Promise<readonly string[]> => (await live(one)).problems;

  test('a result that has arrived at the next window makes room for another one', async () => {
    const lines = [
      { ...line, after: 10 },
      { ...line, after: 10 },
      { ...line, after: 30 },
    ];
    expect(await problemsIn({ plan: { ...chain, delays: true, maxResults: 1 }, lines, actions: [] })).toEqual([]);
  });

  test('a chain of windows drains while the last of them is open', async () => {
    const lines = [
      { ...line, after: 20 },
      { ...line, after: 30 },
    ];
    const actions: Case['actions'] = [
      ['append', 1],
      ['answer', 0x1000],
      ['fetch', 0xff],
      ['stop', 0],
    ];
    expect(await problemsIn({ plan: { ...chain, calm: true }, lines, actions })).toEqual([]);
  });

  test('the first window without a record is given, though the windows with it are out when the process is gone', async () => {
    const plan: Plan = { ...chain, shape: 'merged windows', windows: [{ ...tumbling, kind: 'sliding', size: 50 }] };
    const lines = [
      { ...line, after: 0 },
      { ...line, after: 10, words: ['a', 'c'] },
      { ...line, after: 20 },
    ];
    const actions: Case['actions'] = [
      ['append', 3],
      ['quiet', 3188],
      ['append', 0],
      ['ack', 12299],
      ['crashMidway', 0],
      ['fetch', 0],
    ];
    expect(await problemsIn({ plan, lines, actions })).toEqual([]);
  });

  test('a bounded read fails when its end does not fit into the metadata, instead of waiting for ever', async () => {
    const lines = [
      { ...line, after: 0 },
      { ...line, after: 0, words: [] },
    ];
    const actions: Case['actions'] = [
      ['append', 0],
      ['answer', 0x1000],
      ['fetch', 0],
      ['wait', 3],
      ['answer', 0x1000],
      ['append', 0],
      ['fetch', 0],
      ['end', 0],
    ];
    const { problems, full } = await live({ plan: { ...chain, crowded: true }, lines, actions });
    expect(problems).toEqual([]);
    expect(full).toBe(1);
  });
});
