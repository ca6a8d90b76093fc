import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Case, casesOf, kinds, windowsOfKind } from '../oracle/arbitraries';
import { batch, type Result } from '../oracle/batch';
import { isWired, mergesStates, piped } from '../oracle/piped';
import { inOrder } from '../oracle/streamed';

const wired = kinds.filter((kind) => fc.sample(windowsOfKind(kind), 1).every(isWired));
const maxInFlight = fc.constantFrom(1, 2, 1_024);

/** Where partitions have windows of their own, none has a key of another. */
function keysApart({ log, question }: Case): Case {
  if (question.merged !== false || question.keyed === false) return { log, question: { ...question, merged: true } };
  return { log: log.map((records, partition) => records.map((record) => ({ ...record, key: `${partition}${record.key}` }))), question };
}

function ordered(results: readonly Result[], { question }: Case): readonly Result[] {
  return mergesStates(question.window) ? results.map((result) => ({ ...result, ids: inOrder(result.ids) })) : results;
}

describe.each(wired)('L5: of %s windows', (kind) => {
  test('a pipeline gives the results of a batch in their order, and says which records are late', async () => {
    let late = 0;
    await fc.assert(
      fc.asyncProperty(casesOf(kind, { earliest: 0 }).map(keysApart), maxInFlight, async (given, credit) => {
        const { log, question } = given;
        const right = batch(log, question);
        const got = await piped(log, question, { maxInFlight: credit });
        const expectedLate = right.records.filter(({ verdict }) => verdict === 'late').map(({ id }) => id);
        expect(inOrder(got.late)).toEqual(expectedLate);
        if (question.merged) expect(ordered(got.results, given)).toEqual(right.results);
        else expect(new Set(ordered(got.results, given))).toEqual(new Set(right.results));
        late += expectedLate.length;
      }),
      { numRuns: 100 },
    );
    if (kind !== 'global') expect(late).toBeGreaterThan(0);
  });
});
