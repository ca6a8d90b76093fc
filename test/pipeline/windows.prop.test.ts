import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Case, casesOf, type Kind, kinds } from '../oracle/arbitraries';
import { batch, type Result } from '../oracle/batch';
import { mergesStates, piped } from '../oracle/piped';
import { inOrder } from '../oracle/streamed';
import { type Update, updates } from '../oracle/updates';

const maxInFlight = fc.constantFrom(1, 2, 1_024);

/** Where partitions have windows of their own, none has a key of another. */
function cases(kind: Kind, partitions?: number): fc.Arbitrary<Case> {
  const extents = fc.constantFrom(0, -200).map((earliest) => ({ earliest, ...(partitions && { partitions }) }));
  return extents
    .chain((extent) => casesOf(kind, extent))
    .map(({ log, question }) => {
      if (question.merged !== false || question.keyed === false) return { log, question: { ...question, merged: true } };
      return { log: log.map((records, partition) => records.map((record) => ({ ...record, key: `${partition}${record.key}` }))), question };
    });
}

function ordered<R extends Result>(results: readonly R[], { question }: Case): readonly R[] {
  return mergesStates(question.window) ? results.map((result) => ({ ...result, ids: inOrder(result.ids) })) : results;
}

const sorted = (values: readonly unknown[]): string[] => values.map((value) => JSON.stringify(value)).sort();

describe.each(kinds)('L5: of %s windows', (kind) => {
  test('a pipeline gives the results of a batch in their order, and says which records are late', async () => {
    let late = 0;
    await fc.assert(
      fc.asyncProperty(cases(kind), maxInFlight, fc.boolean(), async (given, credit, inverse) => {
        const { log, question } = given;
        const right = batch(log, question);
        const { results, late: found } = await piped(log, question, { maxInFlight: credit, inverse });
        const expected = right.results.map((result) => ({ ...result, final: true }));
        if (question.merged) expect(ordered(results, given)).toEqual(expected);
        else expect(sorted(ordered(results, given))).toEqual(sorted(expected));
        const tooLate = right.records.filter(({ verdict }) => verdict === 'late').map(({ id }) => id);
        expect(inOrder(found)).toEqual(tooLate);
        late += tooLate.length;
      }),
      { numRuns: 100 },
    );
    if (kind !== 'global') expect(late).toBeGreaterThan(0);
  });

  test('late records say which window they have missed last, and by how much, down the pipe or to the side', async () => {
    await fc.assert(
      fc.asyncProperty(cases(kind), maxInFlight, fc.constantFrom('emit', 'side'), async ({ log, question }, credit, late) => {
        const tooLate = batch(log, question).records.filter(({ verdict }) => verdict === 'late');
        const { givenLate } = await piped(log, question, { maxInFlight: credit, late });
        expect(sorted(givenLate)).toEqual(sorted(tooLate.map(({ id, closed, by }) => ({ id, closed, by }))));
      }),
      { numRuns: 50 },
    );
  });

  if (kind === 'sliding') return; // its windows are not known before they close
  test('updates of one partition are what each record has changed', async () => {
    await fc.assert(
      fc.asyncProperty(cases(kind, 1), async (given) => {
        const { log, question } = given;
        const { changes, finals } = updates(log[0] ?? [], question);
        const { results } = await piped(log, question, { emit: 'onUpdate' });
        const byFinal = (last: boolean): Update[] => ordered(results, given).filter(({ final }) => final === last);
        expect(sorted(byFinal(false))).toEqual(sorted(changes.flat()));
        expect(byFinal(true)).toEqual(finals);
      }),
      { numRuns: 50 },
    );
  });
});
