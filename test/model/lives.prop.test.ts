import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { live } from './lives';
import { type Case, cases, type Plan, shapes } from './plan';
import { tampers } from './tamper';

const enough = 30_000;

describe('the lives of a process, crashes and all, together give what a batch computation gives', () => {
  test.each(shapes)(
    '%s',
    async (shape) => {
      const lives = fc.asyncProperty(cases(shape), async (one) => {
        expect((await live(one)).problems).toEqual([]);
      });
      await fc.assert(lives, { numRuns: shape === 'no windows' ? 200 : 600 });
    },
    enough,
  );
});

describe('the checks fail when recovery is robbed of something: ', () => {
  const anyCase = fc.oneof(...shapes.map(cases));

  test.each(Object.entries(tampers))(
    '%s',
    async (_, tamper) => {
      const lives = fc.asyncProperty(anyCase, async (one) => {
        expect((await live(one, tamper)).problems).toEqual([]);
      });
      const { failed } = await fc.check(lives, { numRuns: 8_000, endOnFailure: true });
      expect(failed).toBe(true);
    },
    enough,
  );
});

describe('what was wrong once', () => {
  const chain: Plan = {
    shape: 'chained per partition',
    partitions: 1,
    epoch: 0,
    outOfOrderness: 0,
    idleAfter: 20,
    windows: [
      { size: 50, offset: 0, grace: 0 },
      { size: 100, offset: 0, grace: 0 },
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
